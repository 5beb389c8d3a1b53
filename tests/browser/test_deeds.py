"""Many rows at once and single cells, by hand: chosen across pages, changed, taken back; typed into a list, overtaken, cut off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from admin_app.extensions import db
from models.records.class_office import ClassOffice
from models.records.club_office import ClubOffice

Pages = Callable[..., Page]
CLERK = "activities_section"
LIST = "/admin/club_office/?page_size=20"


def total_of(page: Page) -> int:
    """How many rows the offer to take all of them speaks of."""
    said = re.search(r"選取全部 ([\d,]+) 筆符合條件的資料", page.locator("[data-bulk-all]").inner_text())
    assert said is not None
    return int(said[1].replace(",", ""))


def test_a_clerk_changes_all_that_match_and_takes_it_back(page_for: Pages) -> None:
    page = page_for(CLERK)
    page.goto(LIST)
    page.check("[data-select-all]")
    number = total_of(page)
    page.check("[data-bulk-all] input")
    expect(page.locator("[data-bulk-count]")).to_have_text("將辦理全部符合條件的資料")
    page.click("[data-bulk-menu]")
    page.click("button[value='change:ended_on']")
    expect(page.locator("h1")).to_contain_text("批次修改")
    page.fill("#ended_on", "下學期")
    page.click("text=下一步：看會改哪些")
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#ended_on", "1160630")
    page.fill("#reason", "依活動組簽辦")
    page.click("text=下一步：看會改哪些")
    expect(page.locator(".confirm-sentence")).to_contain_text(f"將修改 {number:,} 筆")
    expect(page.locator(".deed-changes ins").first).to_contain_text("116/06/30")
    page.click(".form-foot .btn-primary")
    expect(page.locator(".note-success")).to_contain_text("24 小時內可以復原")
    expect(page.locator("tbody tr").first).to_contain_text("116/06/30")
    assert "page_size=20" in page.url
    page.click(".note-undo button")
    expect(page.locator(".note-success")).to_contain_text("恢復原狀")
    expect(page.locator(".deed-list > li").first).to_contain_text("已復原")
    page.goto(LIST)
    expect(page.locator("table[data-grid]")).not_to_contain_text("116/06/30")


@pytest.mark.parametrize("width", [1440, 390])
def test_rows_of_several_pages_are_chosen_together(width: int, page_for: Pages) -> None:
    page = page_for(CLERK, width=width)
    page.goto(LIST)
    for number in (0, 2):
        page.locator('input[name="rowid"]').nth(number).check()
    page.click("a[rel=next]")
    expect(page.locator("[data-bulk-count]")).to_contain_text("已選 2 筆（其他頁 2 筆）")
    page.locator('input[name="rowid"]').nth(1).check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("已選 3 筆")
    page.locator("button[value=delete]").click()
    expect(page.locator(".confirm-sentence")).to_contain_text("將刪除 3 筆")
    expect(page.locator(".confirm-items li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("button.btn-danger")
    expect(page.locator(".note-success")).to_contain_text("已刪除 3 筆")
    expect(page.locator("[data-bulk-count]")).to_have_text("勾選資料後可批次辦理")
    page.click(".note-undo button")
    expect(page.locator(".note-success")).to_contain_text("3 筆恢復原狀")


def cells_of(page: Page, field: str) -> Locator:
    """The cells of a column that may be edited."""
    column = page.evaluate(f"document.querySelector('th a[href*=\"sort={field}\"]').closest('th').cellIndex + 1")
    return page.locator(f"tbody td.can-edit:nth-child({column})")


def test_a_column_is_typed_down_with_the_keyboard(page_for: Pages) -> None:
    page = page_for(CLERK)
    page.goto(LIST)
    titles = cells_of(page, "title")
    titles.nth(0).dblclick()
    field = page.locator("#cell-field")
    expect(field).to_be_focused()
    field.fill("器材長")
    field.press("Enter")
    expect(titles.nth(0)).to_have_text("器材長")
    expect(titles.nth(1).locator("#cell-field")).to_be_focused()
    field.fill("文書長")
    field.press("Tab")
    expect(titles.nth(1)).to_have_text("文書長")
    expect(cells_of(page, "began_on").nth(1).locator("#cell-field")).to_be_focused()
    before = cells_of(page, "began_on").nth(1)
    field.fill("昨天")
    field.press("Enter")
    expect(page.locator("#cell-say")).to_contain_text("不是日期")
    expect(field).to_have_value("昨天")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Escape")
    expect(page.locator("#cell-field")).to_have_count(0)
    expect(before).not_to_have_text("昨天")
    page.reload()
    expect(cells_of(page, "title").nth(0)).to_have_text("器材長")


def test_saved_cells_are_taken_back_one_after_the_other(page_for: Pages) -> None:
    page = page_for(CLERK)
    page.goto(LIST)
    titles, bar = cells_of(page, "title"), page.locator(".undo-bar")
    before = [titles.nth(number).inner_text() for number in (7, 8)]
    titles.nth(7).dblclick()
    for text in ("第一個職稱", "第二個職稱"):
        page.locator("#cell-field").fill(text)
        page.locator("#cell-field").press("Enter")
        expect(bar).to_contain_text(text)
    page.keyboard.press("Escape")
    bar.get_by_role("button", name="復原").click()
    expect(titles.nth(8)).to_have_text(before[1])
    expect(titles.nth(8)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(titles.nth(7)).to_have_text(before[0])
    expect(bar).to_contain_text("已復原")
    expect(bar.get_by_role("button", name="復原")).to_be_hidden()
    page.reload()
    assert [titles.nth(number).inner_text() for number in (7, 8)] == before
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="鍵盤操作")
    for key in ("F2", "Enter", "Tab", "Esc", "Z"):
        expect(sheet.locator("kbd", has_text=key).first).to_be_visible()


def test_the_mode_makes_every_cell_reachable(page_for: Pages) -> None:
    page = page_for(CLERK, width=390)
    page.goto(LIST)
    page.click("[data-cells-mode]")
    expect(page.locator("[data-cells-mode]")).to_have_attribute("aria-pressed", "true")
    cells_of(page, "title").nth(3).click()
    expect(page.locator("#cell-field")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cells_of(page, "title").nth(4).locator("#cell-field")).to_be_focused()
    page.locator("#cell-field").fill("活動長")
    page.locator("h1").click()
    expect(cells_of(page, "title").nth(4)).to_have_text("活動長")


def test_a_colleague_who_saved_first_is_shown_in_the_cell(page_for: Pages, app: Flask) -> None:
    page = page_for(CLERK)
    page.goto(LIST)
    titles = cells_of(page, "title")
    row = page.locator("tbody tr").nth(5).locator("a[href^='edit/']").get_attribute("href") or ""
    titles.nth(5).dblclick()
    page.locator("#cell-field").fill("我改的公關")
    with app.app_context(), db.engine.begin() as other:
        number = int(row.partition("=")[2])
        other.execute(
            update(ClubOffice).where(ClubOffice.id == number).values(title="同事改的總務", version=ClubOffice.version + 1)
        )
    page.locator("#cell-field").press("Enter")
    expect(page.locator("#cell-say")).to_contain_text("同事改的總務")
    expect(page.locator("#cell-say")).to_contain_text("我改的公關")
    page.click("text=用我的內容儲存")
    expect(titles.nth(5)).to_have_text("我改的公關")


def test_without_network_or_sign_in_what_was_typed_stays(page_for: Pages) -> None:
    page = page_for(CLERK)
    page.goto(LIST)
    titles = cells_of(page, "title")
    titles.nth(6).dblclick()
    field = page.locator("#cell-field")
    field.fill("公關長")
    page.context.set_offline(True)
    field.press("Enter")
    expect(page.locator("#cell-say")).to_contain_text("網路中斷")
    expect(field).to_have_value("公關長")
    page.context.set_offline(False)
    kept = page.context.cookies()
    page.context.clear_cookies()
    field.press("Enter")
    expect(page.locator("#cell-say")).to_contain_text("登入已結束")
    expect(page.locator("#cell-say a")).to_have_attribute("target", "_blank")
    expect(field).to_have_value("公關長")
    page.context.add_cookies(kept)  # type: ignore[arg-type]
    field.press("Enter")
    expect(titles.nth(6)).to_have_text("公關長")


def test_who_may_not_edit_has_no_such_cells(page_for: Pages) -> None:
    page = page_for("executive_secretary")
    page.goto("/admin/club_office/")
    expect(page.locator("table[data-grid]")).to_be_visible()
    expect(page.locator("[data-cells-mode], td.can-edit, [data-bulk]")).to_have_count(0)


def test_a_bulk_deed_overtaken_by_a_colleague_is_said(page_for: Pages, app: Flask) -> None:
    page = page_for("discipline_section")
    page.goto("/admin/class_office/?page_size=20")
    for number in (0, 1):
        page.locator('input[name="rowid"]').nth(number).check()
    page.click("[data-bulk-menu]")
    page.click("button[value='change:ended_on']")
    page.fill("#ended_on", "1160615")
    page.click("text=下一步：看會改哪些")
    expect(page.locator(".confirm-sentence")).to_contain_text("將修改 2 筆")
    with app.app_context(), db.engine.begin() as other:
        other.execute(update(ClassOffice).values(version=ClassOffice.version + 1))
    page.click(".form-foot .btn-primary")
    expect(page.locator(".note-danger")).to_contain_text("還沒有辦理")
    page.click(".form-foot .btn-primary")
    expect(page.locator(".note-success")).to_contain_text("已修改")
