"""設備組 makes accounts of a class and prints slips, a student changes the first password on a phone, a post is handed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.database import engine_options
from models.people import Account, Appointment
from models.values.roc import format_roc
from tests.browser.test_club_office import choose

Pages = Callable[..., Page]
CLASS = "電一甲"
CHOSEN = "走過操場看見一隻橘貓在曬太陽"
PDF_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.fixture
def database(app: Flask) -> Iterator[Session]:
    """The database behind the browser."""
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        yield session
    engine.dispose()


def leave(dialog: Dialog) -> None:
    dialog.accept()


@contextmanager
def no_demo(app: Flask) -> Iterator[None]:
    """A real school: what the demo leaves out is asked."""
    app.config["DEMO"] = False
    try:
        yield
    finally:
        app.config["DEMO"] = True


def test_accounts_of_a_class_their_slips_and_a_first_password_on_a_phone(page_for: Pages, app: Flask, tmp_path: Path) -> None:
    page = page_for("equipment_section")
    page.goto("/accounts/new")
    page.get_by_role("link", name=CLASS, exact=True).first.click()
    expect(page.locator("main")).to_contain_text("將建立")
    page.get_by_role("button", name="個帳號").click()
    expect(page.locator(".note-success")).to_contain_text("已建立")
    page.get_by_role("button", name="產生密碼並列印").click()
    slips = page.locator("article.slip")
    expect(slips.first).to_be_visible()
    count = slips.count()
    assert 25 <= count <= 40
    printed = page.pdf(path=tmp_path / "slips.pdf", prefer_css_page_size=True)
    assert len(PDF_PAGE.findall(printed)) == -(-count // 8)
    username = slips.first.locator("dd").first.inner_text()
    password = slips.first.locator(".slip-password").inner_text()
    page.on("dialog", leave)
    page.goto("/accounts")
    expect(page.locator("main")).not_to_contain_text(password)

    phone = page_for(None, width=390, height=844)
    with no_demo(app):
        sign_in(phone, username, password.replace("-", "").upper())
        expect(phone.locator("main")).to_contain_text("這是第一次登入")
        phone.goto("/admin/learning_outcome/")
        expect(phone).to_have_url(re.compile("/account/password$"))
        phone.fill("#old_password", password)
        phone.fill("#password", CHOSEN)
        phone.fill("#again", CHOSEN)
        phone.get_by_role("button", name="儲存新密碼").click()
        expect(phone.locator(".note-success")).to_contain_text("密碼已更新")
        phone.goto("/admin/learning_outcome/")
        expect(phone).to_have_url(re.compile("/admin/learning_outcome/$"))
        other = page_for(None, width=390, height=844)
        sign_in(other, username, password)
        expect(other.locator("main")).to_contain_text("帳號或密碼不對")
        sign_in(other, username, CHOSEN)
        other.wait_for_url("**/admin/")


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("button.login-button")


def test_a_post_is_handed_over_and_the_old_holder_is_out(page_for: Pages, database: Session) -> None:
    old = page_for("discipline_section")
    old.goto("/admin/class_office/new/")
    expect(old.locator(".reason-yes")).to_contain_text("D11")
    keeper = page_for("equipment_section")
    keeper.goto("/posts")
    row = keeper.locator("tr", has=keeper.get_by_role("cell", name="訓育組", exact=True))
    row.get_by_role("link", name="交接").click()
    successor = database.scalars(select(Account).where(Account.username == "library_director")).one().person
    choose(keeper, "staff", successor.name)
    expect(keeper.locator("#day")).to_have_value(format_roc(clock.today()))
    keeper.get_by_role("button", name="辦理交接").click()
    expect(keeper.locator(".note-success")).to_contain_text(successor.name)
    expect(keeper.locator(".timeline .now")).to_contain_text(successor.name)
    old.goto("/admin/class_office/new/")
    old.wait_for_url("**/login**")
    held = database.scalars(
        select(Appointment).where(Appointment.post == "discipline_section").order_by(Appointment.began_on)
    ).all()
    assert len(held) == 2
