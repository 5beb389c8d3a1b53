"""The way in: what is asked after the password, of whom, and what opens before it is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from admin_app.extensions import db
from models.catalogue import METADATA
from models.people import Account
from tests.factors.pages.conftest import events, notices
from tests.factors.pages.visitor import Visitor, later

SECOND, ENROL = "/login/second", "/login/enrol"


@pytest.mark.parametrize("post", ["equipment_section", "executive_secretary", "evening_division", "evening_director"])
def test_who_keeps_accounts_or_reviews_is_led_to_setting_one_up(visitor: Callable[[str], Visitor], post: str) -> None:
    person = visitor(post)
    page = person.password()
    assert person.at == ENROL
    assert "登入須有第二道驗證" in page.text


def test_until_then_nothing_opens_but_that(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("equipment_section")
    person.password()
    for path in ("/admin/", "/account", "/account/safety", "/permissions"):
        assert person.client.get(path).status_code in (302, 404)
        assert not person.is_in()


def test_others_sign_in_by_password_alone(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    assert person.is_in()


def test_setting_up_an_authenticator_shows_the_codes_once_and_signs_in(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("equipment_section")
    person.password()
    page = person.enrol_totp(f"{ENROL}/totp", ENROL)
    assert len(person.codes) == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert person.is_in()
    assert not any(code in person.get("/account/safety").text for code in person.codes)


def test_registering_a_passkey_signs_in_too(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("executive_secretary")
    person.password()
    person.enrol_passkey(f"{ENROL}/passkey", ENROL)
    assert person.is_in()
    assert len(person.codes) == 10


def test_a_wrong_code_sets_nothing_up(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("equipment_section")
    person.password()
    handle = person.begin_totp(f"{ENROL}/totp", ENROL)
    page = person.post(f"{ENROL}/totp", {"code": "000000", "handle": handle}, token_from=ENROL)
    assert page.status_code == 422
    assert "驗證碼不對" in page.text
    assert not person.is_in()


def test_the_password_alone_opens_nothing_once_a_factor_is_set_up(enrolled: Visitor) -> None:
    enrolled.password()
    assert enrolled.at == SECOND
    assert not enrolled.is_in()


def test_the_right_code_opens(enrolled: Visitor) -> None:
    with later(40):
        enrolled.password()
        enrolled.post(SECOND, {"way": "totp", "code": enrolled.code()})
        assert enrolled.is_in()


def test_the_code_of_the_same_moment_does_not_open_twice(enrolled: Visitor) -> None:
    with later(40):
        enrolled.password()
        code = enrolled.code()
        enrolled.post(SECOND, {"way": "totp", "code": code})
        enrolled.sign_out()
        enrolled.password()
        page = enrolled.post(SECOND, {"way": "totp", "code": code})
        assert page.status_code == 422
        assert not enrolled.is_in()


def test_a_recovery_code_opens_once_and_the_owner_hears_of_it(app: Flask, enrolled: Visitor) -> None:
    enrolled.password()
    enrolled.post(SECOND, {"way": "recovery", "recovery": enrolled.codes[0].lower()})
    assert enrolled.is_in()
    assert any("以備用碼登入" in text for text in notices(app, enrolled.username))
    enrolled.sign_out()
    enrolled.password()
    assert enrolled.post(SECOND, {"way": "recovery", "recovery": enrolled.codes[0]}).status_code == 422
    assert "recovery_use" in events(app, enrolled.username)


def test_three_codes_left_is_said(enrolled: Visitor) -> None:
    for code in enrolled.codes[:7]:
        enrolled.password()
        page = enrolled.post(SECOND, {"way": "recovery", "recovery": code})
        enrolled.sign_out()
    assert "備用碼只剩 3 組" in page.text


def test_five_wrong_codes_end_the_attempt(app: Flask, enrolled: Visitor) -> None:
    enrolled.password()
    answers = [enrolled.post(SECOND, {"way": "totp", "code": "000000"}).status_code for _ in range(4)]
    assert answers == [422] * 4
    assert enrolled.post(SECOND, {"way": "totp", "code": "000000"}).status_code == 429
    enrolled.get(SECOND)
    assert enrolled.at == "/login"
    assert events(app, enrolled.username).count("factor_fail") >= 5


def test_who_has_a_factor_cannot_add_one_on_the_way_in(enrolled: Visitor) -> None:
    enrolled.password()
    assert enrolled.post(f"{ENROL}/totp", token_from=SECOND).status_code == 422
    assert enrolled.get(ENROL).status_code == 200
    assert enrolled.at == SECOND


def test_a_sign_in_waits_ten_minutes(enrolled: Visitor) -> None:
    enrolled.password()
    with later(11 * 60):
        page = enrolled.get(SECOND)
        assert enrolled.at == "/login"
        assert "已逾時" in page.text


def test_a_click_on_a_persona_of_the_demo_asks_for_nothing(enrolled: Visitor) -> None:
    enrolled.post("/login", {"persona": enrolled.username})
    assert enrolled.is_in()


def test_a_passkey_alone_opens(app: Flask, with_passkey: Visitor) -> None:
    with_passkey.show_passkey("/login/passkey", "/login/passkey/options", "/login")
    assert with_passkey.is_in()
    assert events(app, with_passkey.username)[-2:] == ["factor_use", "sign_in"]


def test_a_passkey_is_a_second_step_too(with_passkey: Visitor) -> None:
    with_passkey.password()
    with_passkey.show_passkey(SECOND, f"{SECOND}/options", SECOND, way="passkey")
    assert with_passkey.is_in()


def test_a_passkey_of_a_disabled_account_opens_nothing(app: Flask, with_passkey: Visitor) -> None:
    with app.app_context():
        mine = update(METADATA.tables["account"]).where(Account.username == with_passkey.username)
        db.session.connection().execute(mine.values(enabled=False))
        db.session.commit()
    page = with_passkey.show_passkey("/login/passkey", "/login/passkey/options", "/login")
    assert not with_passkey.is_in()
    assert "不能登入" in page.text


def test_a_copied_passkey_opens_nothing_and_the_owner_hears_of_it(app: Flask, with_passkey: Visitor) -> None:
    with app.app_context():
        db.session.connection().execute(update(METADATA.tables["passkey"]).values(sign_count=99))
        db.session.commit()
    page = with_passkey.show_passkey("/login/passkey", "/login/passkey/options", "/login")
    assert "可能遭人複製" in page.text
    assert not with_passkey.is_in()
    assert any("可能遭人複製" in text for text in notices(app, with_passkey.username))


def test_a_passkey_that_was_removed_opens_nothing(app: Flask, with_passkey: Visitor) -> None:
    with app.app_context():
        db.session.connection().exec_driver_sql("DELETE FROM passkey")
        db.session.commit()
    page = with_passkey.show_passkey("/login/passkey", "/login/passkey/options", "/login")
    assert "沒有登記" in page.text


def test_five_wrong_codes_shut_this_place_for_a_quarter_of_an_hour(enrolled: Visitor) -> None:
    enrolled.password()
    for _ in range(5):
        enrolled.post(SECOND, {"way": "totp", "code": "000000"})
    enrolled.password()
    with later(40):
        assert enrolled.post(SECOND, {"way": "totp", "code": enrolled.code()}).status_code == 429
        assert not enrolled.is_in()
    with later(16 * 60):
        enrolled.password()
        enrolled.post(SECOND, {"way": "totp", "code": enrolled.code()})
        assert enrolled.is_in()


def test_a_shut_place_shuts_nobody_else_out(app: Flask, enrolled: Visitor) -> None:
    """A pupil who knows a teacher's password and guesses codes does not lock the teacher out at home."""
    pupil = Visitor(app, enrolled.username)
    pupil.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    pupil.password()
    for _ in range(5):
        pupil.post(SECOND, {"way": "totp", "code": "000000"})
    with later(40):
        enrolled.password()
        enrolled.post(SECOND, {"way": "totp", "code": enrolled.code()})
        assert enrolled.is_in()
