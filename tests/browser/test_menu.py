"""The side navigation in a browser: a drawer on a phone, folded as it was left, found by typing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")]


def focus_is_in_the_menu(page: Page) -> bool:
    return bool(page.evaluate("document.getElementById('side-nav').contains(document.activeElement)"))


def test_on_a_phone_the_menu_keeps_the_focus_until_escape(page_for: Callable[..., Page]) -> None:
    page = page_for("executive_secretary", width=390, height=800)
    nav, toggle = page.locator("#side-nav"), page.get_by_role("button", name="選單", exact=True)
    expect(nav).to_be_hidden()
    toggle.focus()
    page.keyboard.press("Enter")
    expect(nav).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    for _ in range(60):
        page.keyboard.press("Tab")
        assert focus_is_in_the_menu(page)
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    page.mouse.click(380, 400)
    expect(nav).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_group_stays_as_it_was_left(page_for: Callable[..., Page]) -> None:
    page = page_for("executive_secretary")
    school = page.locator("[data-nav-group]", has=page.get_by_text("學校資料", exact=True))
    expect(school).not_to_have_attribute("open", "")
    school.locator("summary").click()
    page.get_by_role("navigation", name="主選單").get_by_role("link", name="科別").click()
    page.goto("/admin/")
    expect(school).to_have_attribute("open", "")
    school.locator("summary").click()
    page.reload()
    expect(school).not_to_have_attribute("open", "")


def test_a_page_of_the_menu_is_found_by_typing(page_for: Callable[..., Page]) -> None:
    page = page_for("executive_secretary")
    nav, box = page.locator("#side-nav"), page.get_by_role("searchbox", name="找選單")
    before = nav.locator("[data-nav-group][open]").count()
    box.fill("社團幹")
    expect(nav.get_by_role("link")).to_have_text(["社團幹部"])
    box.fill("沒有這一頁")
    expect(nav.get_by_role("status")).to_have_text("沒有符合的選單")
    box.press("Escape")
    expect(nav.locator("[data-nav-group][open]")).to_have_count(before)
    box.fill("社團幹")
    box.press("Enter")
    page.wait_for_url("**/admin/club_office/")
