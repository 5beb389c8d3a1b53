"""A lost phone, over the counter: 設備組 resets with a reason, the owner is told and signs in anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from models.people import Account
from tests.factors.pages.conftest import events, notices
from tests.factors.pages.visitor import Visitor


def address(app: Flask, username: str) -> str:
    with app.app_context():
        number = db.session.scalar(select(Account.id).where(Account.username == username))
    return f"/accounts/{number}/factors"


@pytest.fixture
def clerk(visitor: Callable[[str], Visitor]) -> Visitor:
    person = visitor("equipment_section")
    person.password()
    person.enrol_totp("/login/enrol/totp", "/login/enrol")
    return person


def test_a_reset_lets_the_owner_begin_anew(app: Flask, clerk: Visitor, enrolled: Visitor) -> None:
    page = clerk.get(address(app, enrolled.username))
    assert "已設定" in page.text
    clerk.post(address(app, enrolled.username), {"reason": "手機遺失，已當面核對身分"})
    enrolled.password()
    assert enrolled.is_in()
    assert any("已重設您的第二道驗證" in text for text in notices(app, enrolled.username))


def test_a_reset_ends_every_sign_in(app: Flask, clerk: Visitor, visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp("/account/safety/totp", "/account/safety")
    clerk.post(address(app, person.username), {"reason": "手機遺失"})
    assert not person.is_in()


def test_without_a_reason_nothing_is_reset(app: Flask, clerk: Visitor, enrolled: Visitor) -> None:
    answer = clerk.post(address(app, enrolled.username), {"reason": " "})
    assert answer.status_code == 422
    enrolled.password()
    assert not enrolled.is_in()
    assert "factor_reset" not in events(app, enrolled.username)[-2:]


def test_nobody_resets_their_own(app: Flask, clerk: Visitor) -> None:
    answer = clerk.get(address(app, "equipment_section"))
    assert answer.status_code == 403
    assert "不能由自己重設" in answer.text


def test_the_wall_hides_the_other_side(app: Flask, clerk: Visitor) -> None:
    assert clerk.get(address(app, "evening_academic_section")).status_code in (403, 404)


def test_who_keeps_no_accounts_resets_nothing(app: Flask, visitor: Callable[[str], Visitor]) -> None:
    person = visitor("registration_section")
    person.password()
    assert person.get(address(app, "activities_section")).status_code in (403, 404)
