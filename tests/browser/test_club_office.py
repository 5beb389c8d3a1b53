"""活動組 records a club office in the browser; 訓育組 is refused, and told why."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def choose(page: Page, field: str, typed: str) -> None:
    """Pick the first row offered for what is typed."""
    box = page.locator(f"#{field}-ts-control")
    box.click()
    box.press_sequentially(typed, delay=20)
    option = page.locator(f"#{field}-ts-dropdown [role=option]").first
    expect(option).to_contain_text(typed)
    option.click()
    expect(page.locator(f"#{field}-ts-dropdown")).to_be_hidden()
    page.keyboard.press("Tab")


def write(page: Page, name: str, text: str) -> None:
    """Type into a field, and again if the picker took the focus back meanwhile."""
    box = page.locator(f"[name={name}]")
    for _ in range(3):
        box.fill(text)
        if box.input_value() == text:
            return
    raise AssertionError(f"{name} 填不進去")


def test_activities_section_records_a_club_office(page_for: Callable[..., Page]) -> None:
    page = page_for("activities_section")
    page.goto("/admin/club/")
    club = page.locator("[data-grid] tbody tr td.stick").first.inner_text()
    page.goto("/admin/club_office/")
    expect(page.locator(".reason-yes")).to_contain_text("D12")
    page.click("[data-create]")
    choose(page, "student", "機二甲")
    choose(page, "club", club)
    write(page, "title", "攝影組組長")
    write(page, "began_on", "1150901")
    page.click("button[name=_save]")
    expect(page.locator(".note-success")).to_contain_text("已新增")
    page.goto("/admin/club_office/?search=攝影組組長")
    expect(page.locator("[data-grid] tbody tr")).to_have_count(1)


def test_discipline_section_is_refused_and_told_who_may(page_for: Callable[..., Page]) -> None:
    page = page_for("discipline_section")
    answer = page.goto("/admin/club_office/new/")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("分工表未將「社團幹部」登錄列給訓育組")
    expect(page.locator("main")).to_contain_text("活動組")


def test_the_wrong_date_is_explained_and_nothing_typed_is_lost(page_for: Callable[..., Page]) -> None:
    page = page_for("activities_section")
    page.goto("/admin/club_office/new/")
    page.fill("[name=title]", "副社長")
    page.fill("[name=began_on]", "115/02/30")
    page.click("button[name=_save]")
    expect(page.locator("[data-error-summary]")).to_contain_text("115/02/30")
    expect(page.locator("[name=title]")).to_have_value("副社長")
    expect(page.locator("[name=began_on]")).to_have_value("115/02/30")
