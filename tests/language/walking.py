"""Every page a person can reach by its links, each kind of page once, and what a reader of it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from sqlalchemy import select

from admin_app.translating import catalogue
from models.catalogue import METADATA
from tests.conftest import SchoolClient
from tests.permissions.school import School

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
NUMBERS = re.compile(r"\d+")
FILES = re.compile(r"/(?:template|export/[a-z]+)/?$|\.(?:xlsx|csv|zip|svg)$")
MOST = 220
LEFT_OUT = ("changes", "digest", "payload")
DIGESTS = ("sign_in_session", "gram")
"""Columns and tables nobody reads a sentence in; with them every look-up would take ten times as long."""
READ = ("title", "alt", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext")
HIDDEN = ("script", "style", "textarea", "template")


def pages(client: SchoolClient, start: str = "/admin/") -> Iterator[tuple[str, str]]:
    """(address, HTML) of the pages behind `start`, one of each kind: ids and what a query says do not make another kind."""
    waiting, seen = [start], {_kind(start)}
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        yield address, answer.text
        for found in LINK.findall(answer.text):
            target = urljoin(address, unescape(found))
            if not urlsplit(target).netloc and not FILES.search(urlsplit(target).path) and _kind(target) not in seen:
                seen.add(_kind(target))
                waiting.append(target)


def _kind(address: str) -> str:
    parts = urlsplit(address)
    names = "&".join(sorted({each.partition("=")[0].partition(".")[0] for each in parts.query.split("&")}))
    return f"{NUMBERS.sub('0', parts.path)}?{names}"


class Reader(HTMLParser):
    """The texts a reader of a page meets, but not those that say `translate="no"`: these are data. Of the values under
    `data-say="words"` only the fixed words count."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.lang = ""
        self.words = catalogue.fixed_words()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.lang = said.get("lang") or ""
        mode = "no" if tag in HIDDEN else said.get("translate") or said.get("data-say") or self._mode()
        if mode != "no":
            self.texts += [value for name, value in attrs if value and name in READ]
            if tag == "input" and said.get("type") in ("submit", "button", "reset"):
                self.texts.append(said.get("value") or "")
        if tag not in ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"):
            self.open.append((tag, mode))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and (self._mode() == "yes" or (self._mode() == "words" and text in self.words)):
            self.texts.append(text)

    def _mode(self) -> str:
        return self.open[-1][1] if self.open else "yes"


def read(html: str) -> Reader:
    """A page as it is read."""
    reader = Reader()
    reader.feed(html)
    return reader


def data_of(place: School) -> set[str]:
    """Every text the school has written down."""
    found: set[str] = set()
    with place.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            read = [each for each in table.columns if each.key not in LEFT_OUT and table.name not in DIGESTS]
            for row in connection.execute(select(*read)) if read else ():
                found.update(_texts(tuple(row)))
    return found


def _texts(values: tuple[Any, ...]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple | list):
            yield from _texts(tuple(value))
        elif isinstance(value, dict):
            yield from _texts(tuple(value.values()))
