"""The life of an outcome on a telephone: uploaded, returned, put right, certified, selected; its receipt printed and verified."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import select

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from models.calendar import Window
from models.vocabulary import WindowKind
from tests.evidence import files

Pages = Callable[..., Page]
NAME, REASON = "階級桿加工報告", "請改附量測結果的照片。"
REPORT: FilePayload = {"name": "階級桿報告.pdf", "mimeType": "application/pdf", "buffer": files.pdf(seed="階級桿")}
PHOTO: FilePayload = {"name": "IMG_2031.jpg", "mimeType": "image/jpeg", "buffer": files.jpg(gps=True)}
PIECE = re.compile(r"/portfolio/learning_outcome/\d+$")


@pytest.fixture
def selecting_has_begun(app: Flask) -> None:
    """The days in which students select, from now on."""
    with app.app_context():
        sign(db.session, Signature(None, "測試"))
        for each in db.session.scalars(select(Window).where(Window.kind == WindowKind.selection, Window.opens_at > clock.now())):
            each.opens_at = clock.now()
        db.session.commit()


@pytest.mark.usefixtures("selecting_has_begun")
def test_a_work_goes_from_a_telephone_to_the_selection(page_for: Pages) -> None:
    student, teacher = page_for("student", width=390, height=844), page_for("teacher", width=390, height=844)
    receipt = _uploads(student)
    _sends(student)

    waiting = _in_the_queue(teacher)
    waiting.locator("summary", has_text="退回").click()
    waiting.get_by_label("退回原因").fill(REASON)
    waiting.get_by_role("button", name="退回").click()
    expect(teacher.locator(".note-success")).to_contain_text("已退回")

    _puts_right(student)
    _sends(student)
    _in_the_queue(teacher).get_by_role("button", name="認證通過").click()
    expect(teacher.locator(".note-success")).to_contain_text("已認證")

    student.goto("/portfolio/selection")
    student.get_by_role("button", name=f"勾選：{NAME}", exact=True).click()
    expect(student.get_by_role("button", name=f"取消勾選：{NAME}")).to_be_visible()
    expect(student.locator(".sent-list", has_text=PHOTO["name"])).to_be_visible()
    _prints(student, receipt)
    _verifies(page_for(width=390, height=844), receipt)


def _uploads(student: Page) -> str:
    """A report and a photo arrive at once; a work has room for one of them. The number of the photo's receipt."""
    student.goto("/portfolio/")
    student.get_by_role("link", name=re.compile("新增成果：機械加工實習")).click()
    student.set_input_files("#upload", [REPORT, PHOTO])
    arrived = student.locator(".upload-item[data-tone=good]")
    expect(arrived).to_have_count(2)
    receipt = arrived.filter(has_text=PHOTO["name"]).locator("a[href*='/receipts/']").inner_text().split()[-1]
    student.fill("#name", NAME)
    student.fill("#brief", "以車床完成階級桿，記下加工順序。")
    student.select_option("#kind", label="書面報告")
    student.click("[data-save]")
    expect(student.locator(".error-summary")).to_contain_text("最多 1 個文件")
    student.get_by_label(PHOTO["name"]).uncheck()
    student.click("[data-save]")
    expect(student).to_have_url(PIECE)
    return receipt


def _sends(student: Page) -> None:
    student.get_by_role("button", name="送出認證").click()
    expect(student.locator(".piece-kind")).to_contain_text("送出認證")
    expect(student.get_by_role("link", name="修改")).to_have_count(0)


def _in_the_queue(teacher: Page) -> Locator:
    """The work as its teacher sees it, with a preview that is drawn."""
    teacher.goto("/certifying")
    work = teacher.locator("article", has=teacher.get_by_role("heading", name=NAME))
    work.scroll_into_view_if_needed()
    picture = work.locator("img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    assert teacher.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return work


def _puts_right(student: Page) -> None:
    """The notice leads to the work; the photo takes the report's place."""
    student.goto("/notices")
    student.locator(".notice", has_text=REASON).get_by_role("button", name="查看").click()
    expect(student).to_have_url(PIECE)
    expect(student.locator(".note-danger")).to_contain_text(REASON)
    student.get_by_role("link", name="修改").click()
    student.get_by_label(REPORT["name"]).uncheck()
    student.get_by_label(PHOTO["name"]).check()
    student.click("[data-save]")
    expect(student).to_have_url(PIECE)
    expect(student.locator(".piece-files")).to_contain_text(PHOTO["name"])


def _prints(student: Page, receipt: str) -> None:
    """On paper the receipt is alone; on the screen it knows the file again."""
    student.goto(f"/portfolio/receipts/{receipt}")
    expect(student.locator(".receipt-no")).to_have_text(receipt)
    student.emulate_media(media="print")
    expect(student.locator("[data-receipt-check]")).to_be_hidden()
    expect(student.locator(".receipt svg").last).to_be_visible()
    student.emulate_media(media="screen")
    student.set_input_files("#local", PHOTO)
    expect(student.locator("[data-receipt-answer]")).to_contain_text("相同")


def _verifies(anybody: Page, receipt: str) -> None:
    """The square on the paper leads there; the answer names nobody."""
    anybody.goto(f"/receipts#{receipt}")
    expect(anybody.locator("#number")).to_have_value(receipt)
    anybody.get_by_role("button", name="查驗").click()
    expect(anybody.locator(".receipt-no")).to_have_text(receipt)
    expect(anybody.locator("main")).not_to_contain_text(PHOTO["name"])
    anybody.set_input_files("#local", REPORT)
    expect(anybody.locator("[data-receipt-answer]")).to_contain_text("不同")
