"""A clerk's day in a grid: filter by picking, keep the view, look at rows, all by keyboard too; and the same on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Pages = Callable[..., Page]


def test_filters_are_picked_changed_by_their_chip_and_kept_as_a_view(page_for: Pages) -> None:
    page = page_for("registration_section")
    page.goto("/admin/student/")
    page.get_by_text("新增篩選").click()
    page.locator('[data-filter="school_class.name"]').click()
    page.get_by_role("searchbox", name="在「班級」的選項中搜尋").fill("機一")
    page.get_by_role("checkbox", name="機一甲").check()
    page.get_by_role("button", name="套用篩選").click()
    chip = page.get_by_role("button", name="班級：機一甲")
    expect(chip).to_be_visible()
    chip.click()
    page.get_by_role("searchbox", name="在「班級」的選項中搜尋").fill("機二甲")
    page.get_by_role("checkbox", name="機二甲").check()
    page.get_by_role("button", name="套用篩選").click()
    expect(page.get_by_role("button", name="班級：機一甲、機二甲")).to_be_visible()
    page.locator("[data-lazy] summary").click()
    page.get_by_role("link", name="儲存目前的清單").click()
    page.get_by_label("名稱").fill("機械科一二年級")
    page.get_by_label("釘選在左側選單").check()
    page.get_by_role("button", name="儲存", exact=True).click()
    expect(page.locator("[data-view]")).to_have_text("機械科一二年級")
    page.goto("/admin/")
    page.locator(".nav-views").get_by_text("機械科一二年級").click()
    expect(page.get_by_role("button", name="班級：機一甲、機二甲")).to_be_visible()
    page.get_by_role("link", name="移除篩選：班級").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_date_is_picked_or_typed_and_one_nobody_can_read_is_explained(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.goto("/admin/club_office/")
    page.get_by_text("新增篩選").click()
    page.locator('[data-filter="began_on"]').click()
    page.get_by_label("起日", exact=False).first.fill("115/13/45")
    page.get_by_role("button", name="套用篩選").click()
    expect(page.get_by_role("alert").filter(has_text="看不懂「115/13/45」")).to_be_visible()
    page.get_by_label("起日", exact=False).first.fill("1150802")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="民國 115 年 8 月 2 日")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_label("起日", exact=False).first).to_have_value("115/08/01")
    page.get_by_role("button", name="套用篩選").click()
    expect(page.get_by_role("button", name="115/08/01 起")).to_be_visible()


def test_a_grid_is_read_by_keyboard_and_the_keys_can_be_switched_off(page_for: Pages) -> None:
    page = page_for("registration_section")
    page.goto("/admin/student/")
    rows = page.locator("[data-grid] tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(1).locator("[name=rowid]")).to_be_checked()
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    panel = page.locator("dialog.preview")
    expect(panel.locator("h2")).to_contain_text("號")
    expect(panel).to_contain_text("個資欄位已遮罩")
    first = panel.locator("h2").inner_text()
    page.keyboard.press("j")
    expect(panel.locator("h2")).not_to_have_text(first)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("jjx?")
    expect(page.locator("[data-search]")).to_have_value("jjx?")
    rows.first.focus()
    page.keyboard.press("?")
    page.get_by_role("switch").uncheck()
    page.get_by_role("button", name="關閉").click()
    page.keyboard.press("e")
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.get_by_role("button", name="鍵盤").click()
    page.get_by_role("switch").check()
    page.keyboard.press("Escape")
    rows.first.focus()
    page.keyboard.press("e")
    page.wait_for_url("**/admin/student/edit/?id=*")


def test_columns_are_ordered_by_keyboard_and_density_is_kept_on_the_device(page_for: Pages) -> None:
    page = page_for("registration_section")
    page.goto("/admin/student/")
    page.get_by_text("欄位", exact=True).click()
    page.get_by_role("checkbox", name="學號").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_role("button", name="套用", exact=True).click()
    expect(page.locator("[data-grid] thead th").nth(1)).to_contain_text("學號")
    page.locator("summary").filter(has_text="顯示").click()
    page.get_by_role("link", name="緊密列距").click()
    expect(page.locator("[data-grid].compact")).to_be_visible()
    assert "density=compact" in page.url
    page.goto("/admin/school_class/")
    expect(page.locator("[data-grid].compact")).to_be_visible()


def test_on_a_phone_rows_are_cards_and_a_row_opens_over_the_whole_screen(page_for: Pages) -> None:
    page = page_for("homeroom_teacher", width=390, height=844)
    page.goto("/admin/grade/?semester=all")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("新增篩選").click()
    page.locator("[data-filter]").first.click()
    expect(page.locator("dialog.filter-box")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.locator("[data-grid] tbody tr").first.get_by_role("link", name="檢視").click()
    panel = page.locator("dialog.preview")
    expect(panel.locator("h2")).to_contain_text("國語文")
    box = panel.bounding_box()
    assert box is not None
    assert box["width"] == 390
    panel.get_by_role("button", name="關閉").click()
    expect(panel).to_be_hidden()
