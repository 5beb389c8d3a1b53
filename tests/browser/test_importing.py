"""註冊組 brings the roster, corrects a column, imports it and takes it back, at a desk and on a phone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app.database import engine_options
from admin_app.services.jobs import registry, runner
from models.job import Job, JobState
from models.people import Student
from tests.importing.help import CLEAN, DAY_ROSTER

PATIENT = 60_000


@pytest.fixture(scope="module")
def worker(app: Flask) -> Iterator[None]:
    """Does what is asked for, as `portfolio work` would."""
    registry.load_all()
    settings: Any = app.extensions["settings"]
    engine = create_engine(**engine_options(settings.database_url))
    done = threading.Event()

    def run() -> None:
        while not done.wait(0.1):
            with Session(engine) as session:
                waiting = session.scalars(select(Job.id).where(Job.state == JobState.queued, Job.kind.startswith("import_"))).all()
            for job_id in waiting:
                runner.run_job(engine, settings, job_id)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    done.set()
    thread.join()
    engine.dispose()


def name_of(app: Flask, number: str) -> str:
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        found = session.scalars(select(Student.name).where(Student.student_no == number)).one()
    engine.dispose()
    return found


def roster(heading: str) -> bytes:
    """The clean roster with 座號 under a heading nobody knows, and the first student under another name."""
    text = (CLEAN / DAY_ROSTER).read_bytes().decode("cp950")
    lines = text.replace("座號", heading, 1).splitlines()
    return "\r\n".join(lines[:40]).encode("cp950")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_roster_from_upload_to_undo(page_for: Callable[..., Page], worker: None, app: Flask, width: int) -> None:
    before = name_of(app, "11510001")
    page = page_for("registration_section", width=width)
    page.goto("/admin/student/")
    page.locator("summary", has_text="匯入").click()
    page.get_by_role("link", name="匯入檔案…").click()
    page.set_input_files("#file", {"name": DAY_ROSTER, "mimeType": "text/csv", "buffer": roster("教室位子")})
    expect(page.locator("[data-drop-name]")).to_have_text(DAY_ROSTER)
    page.get_by_role("button", name="上傳並辨識欄位").click()
    expect(page.locator("main")).to_contain_text("39 列資料")
    unread = page.get_by_label("教室位子")
    expect(unread).to_have_value("")
    unread.select_option(label="座號")
    page.get_by_role("button", name="檢查每一列").click()
    expect(page.locator(".tile", has_text="讀取")).to_contain_text("39", timeout=PATIENT)
    expect(page.locator(".tile", has_text="須修正")).to_contain_text("0")
    page.get_by_role("link", name="逐欄更新").click()
    expect(page.locator(".differences")).to_contain_text(before)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="匯入…").click()
    page.get_by_role("button", name="確定匯入").click()
    expect(page.locator("main")).to_contain_text("匯入完成", timeout=PATIENT)
    assert name_of(app, "11510001") == "詹子君" != before
    page.get_by_role("link", name="撤銷這次匯入…").click()
    expect(page.locator("main")).to_contain_text("筆改回原來的內容")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="確定撤銷").click()
    expect(page.locator("main")).to_contain_text("更新的內容已復原", timeout=PATIENT)
    assert name_of(app, "11510001") == before
