"""How pages look: dark when the system is, whole on paper, within 360 px and at 200 %, focus seen, still where that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")]
PAGES = (
    "/admin/",
    "/admin/student/",
    "/admin/student/new/",
    "/admin/student/details/?id=1",
    "/regulation",
    "/no-such-page",
)
AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
FOCUS = "(({ outlineStyle, outlineWidth }) => outlineStyle + outlineWidth)(getComputedStyle(document.activeElement))"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def luminance(page: Page, expression: str) -> float:
    """0 is black, 1 is white; the browser itself turns whatever way a colour is written into numbers."""
    red, green, blue = page.evaluate(
        """(colour) => { const c = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        c.fillStyle = colour; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3); }""",
        page.evaluate(expression),
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_pages_are_dark_when_the_system_is_and_readable_in_both(page_for: Callable[..., Page]) -> None:
    page = page_for("registration_section")
    for address in PAGES:
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert (luminance(page, BACKGROUND) < 0.2) is (scheme == "dark"), address
            page.evaluate(AXE)
            found: Any = page.evaluate("axe.run(document, { runOnly: ['color-contrast', 'link-in-text-block'] })")
            assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]] == [], (
                address,
                scheme,
            )


def test_nothing_flashes_white_before_the_dark(page_for: Callable[..., Page]) -> None:
    """The colours are the style sheet's alone: no attribute is set by a script, and they are there without any."""
    page = page_for()
    page.emulate_media(color_scheme="dark")
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/login")
    assert luminance(page, BACKGROUND) < 0.2
    assert page.locator("html[data-bs-theme]").count() == 0


def test_paper_is_white_and_holds_the_list_whole(page_for: Callable[..., Page]) -> None:
    page = page_for("registration_section")
    page.emulate_media(color_scheme="dark", media="print")
    for address in ("/admin/student/", "/admin/student/details/?id=1", "/admin/student/history/?id=1"):
        page.goto(address)
        assert "dark" not in page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        head = page.locator(".print-head")
        expect(head).to_contain_text("桃園市立龍潭高級中等學校")
        expect(head).to_contain_text("列印日期 115/")
        for gone in (page.locator(".topbar"), page.locator("#side-nav"), page.locator("main button"), page.locator("main .btn")):
            assert [each for each in gone.all() if each.is_visible()] == []
    page.goto("/admin/student/")
    table = page.locator("table[data-grid]")
    assert table.evaluate("(table) => getComputedStyle(table.parentElement).overflow") == "visible"
    assert table.evaluate("(table) => table.rows.length") == 51


@pytest.mark.parametrize(("width", "height"), [(360, 740), (720, 450)], ids=["360 px", "1440 px at 200 %"])
def test_nothing_scrolls_sideways_but_tables(width: int, height: int, page_for: Callable[..., Page]) -> None:
    page = page_for("registration_section", width=width, height=height)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_focus_can_be_seen_wherever_it_goes(page_for: Callable[..., Page]) -> None:
    page = page_for("registration_section")
    page.goto("/admin/student/")
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate(FOCUS)
        assert outline == "solid2px", page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_who_wants_no_movement_gets_none(page_for: Callable[..., Page]) -> None:
    page = page_for("registration_section", width=390)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/admin/")
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('*')].map((e) => parseFloat(getComputedStyle(e).transitionDuration)))"
    )
    assert longest < 0.001


def test_text_is_set_in_a_font_that_has_the_characters_of_taiwan(page_for: Callable[..., Page]) -> None:
    page = page_for()
    page.goto("/login")
    fonts = page.evaluate("getComputedStyle(document.body).fontFamily")
    for name in ("Noto Sans TC", "PingFang TC", "Microsoft JhengHei"):
        assert name in fonts
    assert page.evaluate("document.documentElement.lang") == "zh-Hant-TW"
