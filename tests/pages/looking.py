"""Pages as they were shown, in a real browser: light and dark, wide and narrow, by the eyes of axe and by the rules of this house.

The browser is given what the walk kept, and the files a page names from the application; it signs in nowhere and asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from tests.conftest import SOAK
from tests.pages.walking import Seen

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SCRIPT = AXE + (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What the dark may change and nothing else can."""
ROWS = 6
"""How many rows of a table are looked at in `make test`."""
OBJECTIONS = "only => house.objections(only)"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
HALF, NARROW = {"width": 720, "height": 450}, {"width": 360, "height": 740}
"""1440 px at 200 %, and the narrowest."""

Static = Callable[[str], tuple[bytes, str]]


class Looker:
    """A tab that shows kept pages."""

    def __init__(self, tab: Page, static_of: Static) -> None:
        self.tab, self._static_of, self._page = tab, static_of, ""
        tab.route("**/*", self._answer)

    def show(self, page: Seen, viewport: Any) -> None:
        self._page = page.html
        self.tab.set_viewport_size(viewport)
        self.tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.tab.goto(f"http://pages.test{urlsplit(page.address).path}")
        self.tab.evaluate(SCRIPT)
        if not SOAK:
            self.tab.evaluate(f"house.shorten({ROWS})")

    def axe(self, viewport: Any, scheme: Any) -> list[str]:
        """What axe objects to at this width, in this light."""
        only = EVERYTHING if scheme == "light" else COLOURS
        self.tab.set_viewport_size(viewport)
        self.tab.emulate_media(color_scheme=scheme)
        return [f"{line} ({viewport['width']} px, {scheme})" for line in self.tab.evaluate(OBJECTIONS, only)]

    def too_wide(self, viewport: Any) -> list[str]:
        """What pushes the page wider than the screen."""
        self.tab.set_viewport_size(viewport)
        found: list[str] = self.tab.evaluate("house.tooWide()")
        return found

    def unseen_focus(self) -> list[str]:
        """What one may be on without seeing it."""
        self.tab.set_viewport_size(WIDE)
        found: list[str] = self.tab.evaluate("house.unseenFocus()")
        return found

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.resource_type == "document":
            route.fulfill(body=self._page, content_type="text/html; charset=utf-8")
        elif "/static/" in path or path.startswith("/words/"):
            body, kind = self._static_of(path)
            route.fulfill(body=body, content_type=kind)
        else:
            route.fulfill(status=204)


@contextmanager
def looking(browser: Browser, static_of: Static) -> Iterator[Looker]:
    """A browser window of one's own."""
    context = browser.new_context(locale="zh-TW", bypass_csp=True)
    yield Looker(context.new_page(), static_of)
    context.close()
