"""What the pages of signing in do in a browser."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import links
from models.people import Account

Pages = Callable[..., Page]


def test_a_link_hands_its_token_in_and_takes_it_out_of_the_address(app: Flask, page_for: Pages) -> None:
    with app.app_context():
        sign(db.session, Signature(None, "測試"))
        account = db.session.scalars(select(Account).where(Account.username == "sports_section")).one()
        token = links.make_link(db.session, account, now=clock.now())
        db.session.commit()
    page = page_for(width=390, height=800)
    page.goto(f"/password#{token}")
    expect(page.get_by_role("heading", name="帳號 sports_section")).to_be_visible()
    assert token not in page.url
    page.go_back()
    assert token not in page.url


def test_a_password_can_be_looked_at_and_is_commented_on_while_typed(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.goto("/account/password")
    page.fill("#password", "password1234")
    expect(page.locator(".password-hint")).to_contain_text("外洩名單")
    page.locator("#password + button").click()
    assert page.get_attribute("#password", "type") == "text"


def test_before_a_sign_in_ends_a_note_offers_to_carry_on(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.clock.install()
    page.goto("/admin/club/new/")
    page.route(
        "**/session", lambda route: route.fulfill(json={"seconds": 120 if route.request.method == "GET" else 1800, "last": False})
    )
    page.clock.fast_forward("26:00")
    expect(page.locator("[data-idle]")).to_contain_text("2 分鐘後會自動登出")
    page.get_by_role("button", name="繼續").click()
    expect(page.locator("[data-idle]")).to_be_hidden()


def test_after_the_end_the_page_keeps_what_was_typed(page_for: Pages) -> None:
    page = page_for("activities_section")
    page.clock.install()
    page.goto("/admin/club/new/")
    page.locator('input[name="name"]').fill("天文觀測社")
    page.route("**/session", lambda route: route.fulfill(status=401, json={"seconds": 0}))
    page.clock.fast_forward("31:00")
    expect(page.locator("[data-idle]")).to_contain_text("登入已結束")
    expect(page.get_by_role("link", name="在新分頁登入")).to_be_visible()
    assert page.locator('input[name="name"]').input_value() == "天文觀測社"
