"""`python -m tests.pages.screens`: pictures of the main pages, wide and on a phone, light and dark, into docs/screens.

Always the same school on the same morning, so that a picture changes only when its page does.
"""

from __future__ import annotations

import base64
import datetime as dt
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click
import structlog
import time_machine
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright
from werkzeug.serving import make_server

from admin_app.clock import TAIPEI
from admin_app.factory import create_app
from tests.conftest import CHROMIUM, FLAGS, settings_for
from tests.databases import Servers

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
MORNING = dt.datetime(2026, 11, 24, 9, 30, tzinfo=TAIPEI)
SIZES = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}
SCHEMES = {"light": "淺色", "dark": "深色"}
QUALITIES = (55, 40, 28, 18)
MOST_BYTES = 60 * 1024
"""A picture that is larger is made coarser."""
CODE = """document.querySelectorAll("code").forEach(each => {
  each.textContent = each.textContent.replace(/^[3-9A-Y]{4}-[3-9A-Y]{4}$/, "7K4D-PKNJ");
})"""

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """A picture: whose page, where, and what is done there first."""

    name: str
    zh: str
    who: str
    path: str
    step: Step | None = None


def open_first(screen: str, verb: str) -> Step:
    """On to the form, the record or the history of a grid's first row."""

    def step(page: Page) -> None:
        page.goto(f"/admin/{screen}/?semester=all")
        found = re.search(r"details/\?id=(\d+)", page.content())
        page.goto(f"/admin/{screen}/{verb}/?id={found[1] if found else 1}")

    return step


def click_on(selector: str) -> Step:
    return lambda page: page.locator(selector).first.click()


def save_with_nothing(page: Page) -> None:
    page.locator("form.record-form").evaluate("form => { form.noValidate = true }")
    page.locator("button[name=_save]").first.click()
    page.wait_for_load_state()


def a_colleague_was_quicker(page: Page) -> None:
    open_first("club_office", "edit")(page)
    page.locator("[name=title]").fill("副社長")
    page.locator("[name=version]").evaluate("field => { field.value = '0' }")
    save_with_nothing(page)


def pick_three(page: Page) -> None:
    boxes = page.locator("input[name=rowid]")
    for number in range(min(3, boxes.count())):
        boxes.nth(number).check(force=True)


def first_import(page: Page) -> None:
    found = re.search(r'href="(/imports/\d+)"', page.content())
    page.goto(found[1] if found else "/imports")


SHOTS = (
    Shot("login", "登入", "", "/login"),
    Shot("home-student", "首頁：學生", "student", "/admin/"),
    Shot("home-homeroom", "首頁：導師", "homeroom_teacher", "/admin/"),
    Shot("home-clerk", "首頁：註冊組", "registration_section", "/admin/"),
    Shot("home-admin", "首頁：設備組", "equipment_section", "/admin/"),
    Shot("home-secretary", "首頁：執行秘書", "executive_secretary", "/admin/"),
    Shot("grid", "清單", "registration_section", "/admin/student/"),
    Shot("grid-filter", "新增篩選", "registration_section", "/admin/student/", click_on("[data-filters] > summary")),
    Shot("grid-picked", "批次選取", "activities_section", "/admin/club_office/", pick_three),
    Shot("form", "表單", "activities_section", "/admin/club_office/", open_first("club_office", "edit")),
    Shot("form-errors", "表單有待修正", "activities_section", "/admin/club_office/new/", save_with_nothing),
    Shot("conflict", "同事先儲存了", "activities_section", "/admin/club_office/", a_colleague_was_quicker),
    Shot("details", "檢視一筆", "registration_section", "/admin/student/", open_first("student", "details")),
    Shot("history", "一筆的歷程", "registration_section", "/admin/student/", open_first("student", "history")),
    Shot("audit", "稽核紀錄", "executive_secretary", "/audit"),
    Shot("import", "匯入檢核", "registration_section", "/imports", first_import),
    Shot("permissions", "權限總表", "executive_secretary", "/permissions"),
    Shot("notices", "通知", "registration_section", "/notices"),
    Shot("refused", "不在職務範圍", "discipline_section", "/admin/club_office/new/"),
)


@click.command()
@click.option("--only", default="", help="只重拍名稱含這個字的畫面。")
def main(only: str) -> None:
    """重拍 docs/screens 的畫面，約兩分鐘。"""
    structlog.configure(processors=[_say_nothing])
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, time_machine.travel(MORNING), _school(Path(name)) as address:
        for shot in (shot for shot in SHOTS if only in shot.name):
            for path, picture in _pictures(shot, address):
                path.write_bytes(picture)
                click.echo(f"{path.name}　{len(picture) // 1024} kB")
    (FOLDER / "README.md").write_text(listing(), encoding="utf-8")


def listing() -> str:
    """The page that shows them all."""
    lines = ["# 畫面", "", "示範學校的主要畫面，由 `make screens` 重拍；人物與資料都是虛構的。", ""]
    for shot in SHOTS:
        lines += [f"## {shot.zh}", "", "| 1440 px | 390 px |", "| --- | --- |"]
        lines += [f"| {' | '.join(_image(shot, size, scheme) for size in SIZES)} |" for scheme in SCHEMES]
        lines += [""]
    return "\n".join(lines)


def _image(shot: Shot, size: str, scheme: str) -> str:
    width = {"1440": 640, "390": 200}[size]
    return f'<img src="{shot.name}-{size}-{scheme}.webp" width="{width}" alt="{shot.zh}（{size} px，{SCHEMES[scheme]}）">'


def _pictures(shot: Shot, address: str) -> Iterator[tuple[Path, bytes]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size, viewport in SIZES.items():
            context = browser.new_context(base_url=address, locale="zh-TW", timezone_id="Asia/Taipei", viewport=viewport)  # type: ignore[arg-type]
            page = _arrive(context, shot)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                page.wait_for_timeout(200)
                yield FOLDER / f"{shot.name}-{size}-{scheme}.webp", _picture(context, page)
            context.close()
        browser.close()


def _arrive(context: BrowserContext, shot: Shot) -> Page:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    if shot.who:
        page.goto("/login")
        page.locator(f"button[name=persona][value={shot.who}]").click()
        page.wait_for_url("**/admin/")
    page.goto(shot.path)
    if shot.step is not None:
        shot.step(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(CODE)
    return page


def _picture(context: BrowserContext, page: Page) -> bytes:
    """Chromium's own WebP: small, and nothing more to install."""
    session = context.new_cdp_session(page)
    made = (_taken(session, quality) for quality in QUALITIES)
    picture = next((each for each in made if len(each) <= MOST_BYTES), None) or _taken(session, QUALITIES[-1])
    session.detach()
    return picture


def _taken(session: CDPSession, quality: int) -> bytes:
    said = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
    return base64.b64decode(said["data"])


@contextmanager
def _school(folder: Path) -> Iterator[str]:
    """The demo school of that morning, served."""
    servers = Servers(folder, folder, "", count(os.getpid()))
    app = create_app(settings_for(servers.copy("sqlite", "school"), folder))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _say_nothing(logger: object, method: str, event: object) -> str:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
