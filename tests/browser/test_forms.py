"""Forms in a real browser: what is typed survives, days are picked, two texts are merged, many are entered in a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from admin_app.extensions import db
from models.sign_in import SignInSession
from models.values.roc import parse_date, parse_moment
from tests.browser.test_club_office import choose
from tests.databases import PASSWORD

Pages = Callable[..., Page]
NEW = "/admin/club_office/new/"
OFFER = ".note-draft"

WRITTEN = (
    "0941231", "941231", "1000506", "1000506.0", "094/12/31", "94.12.31", "98/3/7", "99-11-12", "民國98年3月7日",
    "民國 98 年 3 月 7 日", "98年3月7", "民國98/3/7", "2011-08-10", "2011/8/10", "2011年8月10日", "西元2011年8月10日",
    "20110810", "2011-08-10 00:00:00", "2011-08-10T00:00:00+08:00", "2011/8/10 上午 12:00:00",
    "2011/8/10 12:00:00 AM", "０９４１２３１", "９８／３／７", " 98/3/7 ", "101/2/29", "1900/1/1", "", "　",
    "100/2/29", "98/13/1", "98/0/1", "00980307", "1234/1/1", "民國2011/8/10", "西元98/3/7", "200/1/1", "0000101",
    "2111/1/1", "099/04/31", "1151123", "115/11/23", "2026-11-23", "115/11-23", "下週五", "1", "115/11/23 17:00",
    "1151123 1700", "115/11/23T9:05", "115/11/23 24:00", "115/11/23 9:60", "民國 115 年 11 月 23 日 17:00",
    "115/11/23 1", "17:00", "1899/12/31", "2110/12/31",
)  # fmt: skip
"""Ways to write a day, right and wrong."""
LOADED = "performance.getEntriesByType('resource').map((each) => each.name).find((name) => name.endsWith('js/roc.js'))"


def fresh(page: Page, url: str = NEW) -> None:
    """Open a form, with nothing kept from before."""
    page.goto("/admin/")
    page.evaluate("localStorage.clear()")
    page.goto(url)
    page.wait_for_load_state("networkidle")


def kept(page: Page, text: str) -> None:
    """Wait until the device has the text."""
    page.wait_for_function("text => Object.values(localStorage).some((value) => value.includes(text))", arg=text)


def first_form(page: Page) -> str:
    """The address of the form of a list's first row."""
    return str(page.locator("[data-grid] tbody a[href*='edit/']").first.evaluate("link => link.href"))


def drafts(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('portfolio.draft.')).length"))


def busy(route: Route) -> None:
    """A proxy that answers for the server when something is sent."""
    if route.request.method == "POST":
        route.fulfill(status=503, body="busy")
    else:
        route.continue_()


def fill_office(page: Page, title: str) -> None:
    choose(page, "student", "機二甲")
    choose(page, "club", "社")
    page.fill("[name=title]", title)
    page.fill("[name=began_on]", "1150901")


def sign_in_again(page: Page, username: str) -> None:
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.login-button")


def test_what_was_typed_survives_leaving_an_error_and_the_end_of_the_sign_in(page_for: Pages) -> None:
    page = page_for("activities_section")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    fresh(page)
    page.goto(NEW)
    assert asked == []  # nothing was typed
    fill_office(page, "攝影組長")
    kept(page, "攝影組長")
    page.click(".back")
    page.wait_for_url("**/admin/club_office/**")
    assert asked == ["beforeunload"]

    page.goto(NEW)
    expect(page.locator(OFFER)).to_contain_text("未儲存的內容")
    page.get_by_role("button", name="復原").click()
    expect(page.locator("[name=title]")).to_have_value("攝影組長")
    expect(page.locator("#student + .ts-wrapper .item")).to_contain_text("機二甲")

    page.route(
        f"**{NEW}", lambda route: route.fulfill(status=503, body="busy") if route.request.method == "POST" else route.continue_()
    )
    page.keyboard.press("Control+s")
    expect(page.locator("body")).to_have_text("busy")
    page.unroute(f"**{NEW}")
    page.goto(NEW)
    expect(page.locator(OFFER)).to_contain_text("沒有收到儲存結果")
    page.get_by_role("button", name="復原").click()

    page.context.clear_cookies()
    page.click("button[name=_save]")
    page.get_by_role("link", name="登入並回到表單").click()
    sign_in_again(page, "activities_section")
    page.wait_for_url(f"**{NEW}**")
    page.get_by_role("button", name="復原").click()
    expect(page.locator("[name=title]")).to_have_value("攝影組長")
    page.click("button[name=_save]")
    expect(page.locator(".note-success")).to_contain_text("已新增")
    assert drafts(page) == 0
    assert asked == ["beforeunload"]  # saving never asks


def test_a_sign_in_that_ran_out_leads_back_to_the_form(page_for: Pages, app: Flask) -> None:
    page = page_for("activities_section")
    fresh(page)
    fill_office(page, "影片組長")
    with app.app_context(), db.engine.begin() as connection:
        long_ago = dt.datetime(2020, 1, 1)
        connection.execute(update(SignInSession.__table__).values(seen_at=long_ago))  # type: ignore[arg-type]
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("您剛才送出的內容還在這一頁")
    sign_in_again(page, "activities_section")
    expect(page.locator("[name=title]")).to_have_value("影片組長")
    expect(page.locator("#student + .ts-wrapper .item")).to_contain_text("機二甲")
    page.click("button[name=_save]")
    expect(page.locator(".note-success")).to_contain_text("已新增")


def test_a_shared_computer_keeps_nothing_for_the_next_person(page_for: Pages) -> None:
    page = page_for("registration_section")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/student/")
    page.goto(first_form(page))
    page.wait_for_load_state("networkidle")
    page.fill("[name=name]", "歐陽測試")
    page.fill("[name=id_number]", "A123456789")
    kept(page, "歐陽測試")
    assert "A123456789" not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    expect(page.locator(OFFER)).to_contain_text("身分證號")
    page.locator(".person > summary").click()
    page.get_by_role("button", name="登出").click()
    expect(page.locator("#username")).to_be_visible()
    assert drafts(page) == 0
    page.evaluate("localStorage.setItem('portfolio.draft.999999.club/1', JSON.stringify([{at: Date.now(), values: {}}]))")
    sign_in_again(page, "activities_section")
    page.wait_for_url("**/admin/**")
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('portfolio.draft.'))")


@pytest.fixture(scope="module")
def engine_name() -> str:
    """What happens in the browser is the same whatever the database."""
    return "sqlite"


def test_days_are_read_alike_and_picked_by_keyboard(page_for: Pages) -> None:
    page = page_for("activities_section", width=360)
    fresh(page)
    module = page.evaluate(LOADED)
    read = page.evaluate(
        """async ([module, texts]) => {
            const { readDay, readMoment, iso } = await import(module);
            const day = (found) => (found ? iso(found) : found === null ? "" : "?");
            return texts.map((text) => {
                const moment = readMoment(text);
                return [day(readDay(text)), moment ? `${iso(moment[0])} ${moment[1]}` : day(moment)];
            });
        }""",
        [module, list(WRITTEN)],
    )
    assert dict(zip(WRITTEN, map(tuple, read), strict=True)) == {text: (_day(text), _moment(text)) for text in WRITTEN}

    box = page.locator("[name=began_on]")
    box.fill("1150930")
    page.locator(".date-box").first.get_by_role("button").click()
    dialog = page.locator("dialog.calendar")
    expect(dialog.locator("h2")).to_have_text("民國 115 年 9 月（2026）")
    expect(dialog.locator("th").first).to_have_text("日")
    expect(dialog.locator(":focus")).to_have_text("30")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("h2")).to_have_text("民國 115 年 10 月（2026）")
    for key in ("PageDown", "Home", "ArrowDown", "Shift+PageUp"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(box).to_have_value("114/11/08")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.calendar")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def _day(text: str) -> str:
    try:
        found = parse_date(text)
    except ValueError:
        return "?"
    return found.isoformat() if found else ""


def _moment(text: str) -> str:
    try:
        found = parse_moment(text)
    except ValueError:
        return "?"
    return f"{found:%Y-%m-%d %H:%M}" if found else ""


def test_a_clerk_enters_many_in_a_row(page_for: Pages) -> None:
    page = page_for("activities_section")
    fresh(page)
    fill_office(page, "第一位組長")
    page.keyboard.press("Control+Shift+S")
    expect(page.locator(".form-count")).to_contain_text("已連續新增 1 筆")
    expect(page.locator("#club + .ts-wrapper .item")).to_have_count(1)
    expect(page.locator("[name=began_on]")).to_have_value("115/09/01")
    expect(page.locator("#student-ts-control")).to_be_focused()
    expect(page.locator("#student-ts-dropdown [role=option]").first).to_contain_text("最近選過")


def test_two_texts_are_merged_on_a_phone(page_for: Pages) -> None:
    mine, theirs = page_for("activities_section", width=390), page_for("activities_section")
    mine.goto("/admin/club/")
    url = first_form(mine)
    for page, place in ((mine, "物理實驗室"), (theirs, "視聽教室")):
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.fill("[name=place]", place)
    mine.fill("[name=meets]", "週三第 7 節")
    theirs.click("button[name=_save]")
    expect(theirs.locator(".note-success")).to_be_visible()
    mine.click("button[name=_save]")
    expect(mine.locator("#c-place")).to_contain_text("兩人都改了")
    assert mine.evaluate("document.documentElement.scrollWidth") <= 390
    mine.locator('input[name="take.place"]').nth(1).focus()
    mine.keyboard.press("ArrowUp")
    mine.keyboard.press("Control+s")
    expect(mine.locator(".note-success")).to_contain_text("已儲存")
    mine.goto(url)
    expect(mine.locator("[name=place]")).to_have_value("視聽教室")
    expect(mine.locator("[name=meets]")).to_have_value("週三第 7 節")
    assert drafts(mine) == 0
