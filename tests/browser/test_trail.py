"""What happened and how to take it back, by hand: change, put back, delete, undo, find it in the audit, take it out as a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Pages = Callable[..., Page]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_clerk_changes_puts_back_deletes_and_undoes(width: int, page_for: Pages) -> None:
    page = page_for("activities_section", width=width)
    page.goto("/admin/club/")
    page.locator("a[href^='edit/']").first.click()
    history = page.url.replace("/edit/", "/history/")
    before = page.input_value("#name")
    page.fill("#name", f"{before}改{width}")
    page.click("button[name=_save]")
    page.wait_for_url("**/admin/club/?**")
    page.goto(history.replace("/history/", "/details/"))
    page.click("nav.tabs >> text=異動紀錄")
    expect(page.locator("ins", has_text=f"{before}改{width}").first).to_be_visible()
    page.locator("a.history-revert").first.click()
    page.click("text=復原勾選的欄位")
    expect(page.locator(".note-success")).to_contain_text("已復原")
    expect(page.locator("h1")).to_contain_text(before)


def test_a_deletion_is_undone_by_one_click(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.goto("/admin/club_office/?semester=all")
    page.locator("a[href^='edit/']").first.click()
    page.click("text=刪除…")
    page.click("button.btn-danger")
    page.click(".note-undo button")
    expect(page.locator(".note-success")).to_contain_text("已復原")


def test_several_come_back_from_the_trash(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.goto("/trash")
    expect(page.locator(".trash-list > li").first).to_be_visible()
    before = page.locator(".trash-list > li").count()
    page.check("[data-select-all]")
    expect(page.locator("[data-bulk-count]")).to_contain_text(f"已選 {before} 筆")
    page.click("text=復原勾選的資料")
    expect(page.locator(".note-success")).to_contain_text("已復原")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_audit_is_read_in_words_and_fits(width: int, page_for: Pages) -> None:
    page = page_for("executive_secretary", width=width)
    page.goto("/audit")
    expect(page.locator(".audit-list > li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.select_option("#verb", "reveal")
    page.click(".audit-go button")
    expect(page.locator(".audit-act").first).to_have_text("顯示完整個資")
    page.locator(".audit-more summary").first.click()
    expect(page.locator(".audit-more").first).to_contain_text("身分證號")


def test_a_file_leaves_for_a_purpose(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.goto("/admin/club/?semester=all")
    page.click("text=匯出…")
    page.click("text=Excel 活頁簿")
    expect(page.locator(".error-summary")).to_contain_text("用途")
    page.select_option("#purpose", "checking")
    with page.expect_download() as download:
        page.click("text=Excel 活頁簿")
    assert download.value.suggested_filename.startswith("社團")


def test_the_registrar_asks_to_see_a_number(page_for: Pages) -> None:
    page = page_for("registration_section")
    page.goto("/admin/student/")
    page.locator("a[href^='details/']").first.click()
    expect(page.locator("main")).to_contain_text("*****")
    page.click("text=顯示完整資料")
    expect(page.locator("main .note-warning").last).to_contain_text("留下紀錄")
    expect(page.locator("main dl").first).not_to_contain_text("*****")
