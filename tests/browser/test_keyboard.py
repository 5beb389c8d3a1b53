"""A clerk without a mouse: signs in, skips to the content, opens a grid from the menu, records and searches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.databases import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")]

PICKER_SETTLES = 600
"""Milliseconds within which a picker that was left would have taken the focus back."""


def tab_to(page: Page, goal: Locator, most: int = 200) -> None:
    """Press Tab until the focus is there; wherever it is on the way, it can be seen."""
    expect(goal).to_be_attached()
    for _ in range(most):
        page.keyboard.press("Tab")
        if goal.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"Tab 到不了 {goal}")


def back_to(page: Page, goal: Locator, most: int = 200) -> None:
    for _ in range(most):
        page.keyboard.press("Shift+Tab")
        if goal.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"Shift+Tab 到不了 {goal}")


def sign_in(page: Page, username: str) -> None:
    page.goto("/login")
    tab_to(page, page.locator("#username"))
    page.keyboard.type(username)
    tab_to(page, page.locator("#password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def pick(page: Page, field: str, typed: str) -> None:
    """Type into a picker and take the first offer with Enter."""
    tab_to(page, page.locator(f"#{field}-ts-control"))
    page.keyboard.type(typed, delay=20)
    expect(page.locator(f"#{field}-ts-dropdown [role=option]").first).to_contain_text(typed)
    page.keyboard.press("Enter")
    expect(page.locator(f"#{field} option:checked")).not_to_have_attribute("value", "")


def test_a_club_office_is_recorded_without_a_mouse(page_for: Callable[..., Page]) -> None:
    page = page_for()
    sign_in(page, "activities_section")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    menu = page.locator("#side-nav")
    link = menu.get_by_role("link", name="社團幹部", exact=True).first
    group = menu.locator("[data-nav-group]", has=page.get_by_role("link", name="社團幹部", exact=True))
    if group.count() and group.first.get_attribute("open") is None:
        tab_to(page, group.first.locator("summary"))
        page.keyboard.press("Enter")
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/club_office/**")
    club = page.locator("[data-grid] tbody tr").first.locator("td").nth(3)
    expect(club).to_be_visible()
    tab_to(page, page.locator("[data-create]"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/club_office/new/**")
    pick(page, "student", "機二甲")
    pick(page, "club", "社")
    tab_to(page, page.locator("[name=title]"))
    page.wait_for_timeout(PICKER_SETTLES)
    expect(page.locator("[name=title]")).to_be_focused()
    page.keyboard.type("鍵盤組組長")
    tab_to(page, page.locator("[name=began_on]"))
    page.keyboard.type("1150901")
    tab_to(page, page.locator("button[name=_save]"))
    page.keyboard.press("Enter")
    expect(page.locator(".note-success")).to_contain_text("已新增")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("鍵盤組組長")
    page.keyboard.press("Enter")
    expect(page.locator("[data-grid] tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/admin/club_office/edit/**")
    expect(page.locator("[name=title]")).to_have_value("鍵盤組組長")
