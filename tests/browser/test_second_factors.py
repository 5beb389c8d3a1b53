"""With Chromium's own virtual authenticator: a teacher enrols a passkey and an authenticator app, and signs in with each."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from admin_app import clock
from admin_app.extensions import db
from admin_app.factory import create_app
from models.second_factor import Required
from tests.conftest import settings_for
from tests.databases import PASSWORD, Servers

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def app(servers: Servers, engine_name: str) -> Iterator[Flask]:
    """The demo school with the requirement switched on."""
    settings = settings_for(servers.copy(engine_name, "school"), servers.folder)
    app = create_app(dataclasses.replace(settings, require_second_factor=Required.posts))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def phone(browser: Browser, live: str) -> Iterator[Callable[..., Page]]:
    """A browser with a virtual authenticator, at the address passkeys need: a name, not a number."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def page(width: int = 390, *, autofill: bool = False) -> Page:
        address = live.replace("127.0.0.1", "localhost")
        context = browser.new_context(base_url=address, locale="zh-TW", viewport={"width": width, "height": 844})
        contexts.append(context)
        if not autofill:  # the virtual authenticator answers autofill at once, which no person does
            context.add_init_script("localStorage.removeItem('passkey')")
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None)
        return page

    yield page
    for context in contexts:
        context.close()
    assert problems == []


def by_password(page: Page, username: str) -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登入", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator(".person summary").click()
    page.get_by_role("button", name="登出").click()
    page.wait_for_url("**/login")


def fits(page: Page) -> bool:
    """Whether the page needs no sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.browser
def test_a_teacher_enrols_a_passkey_and_an_app_and_signs_in_with_each(phone: Callable[..., Page], tmp_path: Path) -> None:
    page = phone()
    by_password(page, "homeroom_teacher")
    page.wait_for_url("**/admin/")
    page.locator(".person summary").click()
    page.get_by_role("link", name="我的帳號").click()
    page.get_by_role("link", name="登入安全").click()

    page.fill("#passkey-name", "我的手機")
    page.get_by_role("button", name="登記通行密鑰").click()
    expect(page.get_by_role("heading", name="備用碼")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    assert fits(page)
    page.get_by_role("link", name="已收好，繼續").click()
    expect(page.get_by_text("我的手機", exact=True)).to_be_visible()

    page.get_by_role("button", name="設定驗證器").click()
    page.get_by_text("無法掃描？").click()
    secret = re.sub(r"\s", "", page.locator(".secret").inner_text())
    assert page.locator("svg.qr").bounding_box()["width"] > 150  # type: ignore[index]
    page.fill("#code", pyotp.TOTP(secret).at(int(clock.timestamp(clock.now()))))
    page.get_by_role("button", name="完成設定").click()
    expect(page.get_by_text("已設定驗證器")).to_be_visible()
    assert fits(page)
    sign_out(page)

    page.get_by_role("button", name="以通行密鑰登入").click()
    page.wait_for_url("**/admin/")
    sign_out(page)

    by_password(page, "homeroom_teacher")
    page.wait_for_url("**/login/second")
    assert fits(page)
    with time_machine.travel(clock.timestamp(clock.now()) + 40, tick=True):  # the code that enrolled is spent
        page.fill("#code", pyotp.TOTP(secret).at(int(clock.timestamp(clock.now()))))
        page.locator("form:has(#code)").get_by_role("button", name="登入", exact=True).click()
        page.wait_for_url("**/admin/")
        sign_out(page)
        by_password(page, "homeroom_teacher")
        page.get_by_role("button", name="使用通行密鑰").click()
        page.wait_for_url("**/admin/")


@pytest.mark.browser
def test_who_keeps_the_accounts_is_led_to_setting_one_up_first(phone: Callable[..., Page]) -> None:
    page = phone(width=1440)
    by_password(page, "equipment_section")
    page.wait_for_url("**/login/enrol")
    expect(page.get_by_text("您擔任設備組，可以管理「帳號權限」")).to_be_visible()
    page.goto("/admin/")
    page.wait_for_url("**/login?**")
    by_password(page, "equipment_section")
    page.get_by_role("button", name="登記通行密鑰").click()
    page.get_by_role("link", name="已收好，繼續").click()
    page.wait_for_url("**/admin/")
    sign_out(page)
    page.get_by_role("button", name="以通行密鑰登入").click()
    page.wait_for_url("**/admin/")


@pytest.mark.browser
def test_a_browser_that_knows_a_passkey_offers_it_under_the_account_field(phone: Callable[..., Page]) -> None:
    page = phone(autofill=True)
    by_password(page, "activities_section")
    page.goto("/account/safety")
    page.get_by_role("button", name="登記通行密鑰").click()
    page.get_by_role("link", name="已收好，繼續").click()
    page.locator(".person summary").click()
    page.get_by_role("button", name="登出").click()
    page.wait_for_url("**/admin/")
