"""What went wrong on the way: errors of scripts, reports of the CSP, and what axe objects to on the pages that were visited."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Frame, Page

from tests.pages.looking import EVERYTHING, OBJECTIONS, SCRIPT

NUMBER = re.compile(r"\d+")
REFUSED = re.compile(r"Failed to load resource: (the server responded with a status of (4|503)|net::)")
ABORTED = "Failed to load resource: net::ERR_FAILED"
"""What a test itself has kept from loading."""
"""What a journey asks for on purpose: a page that says no, or a server that is away. A file of ours is never among it."""


class Journey:
    """The pages of one test, in however many windows."""

    def __init__(self, address: str, known: set[str]) -> None:
        self.problems: list[str] = []
        self._address, self._known = address, known
        self._visited: dict[Page, dict[str, str]] = {}

    def watch(self, page: Page) -> None:
        self._visited[page] = {}
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        page.on("framenavigated", lambda frame: self._went(page, frame))

    def look_again(self) -> None:
        """The page each window ended on, then those it was on before, each kind once in a whole run: looking changes nothing."""
        for page, visited in self._visited.items():
            if not page.is_closed() and page.url.startswith(self._address):
                self._look(page)
                for kind in [each for each in visited if each not in self._known]:
                    self._visit(page, visited[kind])

    def _visit(self, page: Page, url: str) -> None:
        try:
            page.goto(url)
        except Error:  # a file to be saved, or a server the test has sent away
            return
        self._look(page)

    def _look(self, page: Page) -> None:
        self._known.add(_kind(page.url))
        page.evaluate(SCRIPT)
        self.problems += [f"{page.url}: {line}" for line in page.evaluate(OBJECTIONS, EVERYTHING)]

    def _went(self, page: Page, frame: Frame) -> None:
        if frame.parent_frame is None and frame.url.startswith(self._address):
            self._visited[page].setdefault(_kind(frame.url), frame.url)

    def _heard(self, message: ConsoleMessage) -> None:
        ours = "/static/" in str(message.location.get("url", ""))
        if message.type == "error" and message.text != ABORTED and (ours or not REFUSED.match(message.text)):
            self.problems.append(message.text)


def _kind(url: str) -> str:
    return NUMBER.sub("N", urlsplit(url).path)
