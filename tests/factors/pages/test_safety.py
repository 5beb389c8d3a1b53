"""登入安全: adding and removing, what is never shown again, and who may not be without."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from tests.factors.pages.conftest import events, notices
from tests.factors.pages.visitor import Visitor, later

SAFETY = "/account/safety"


def first_passkey(page: str) -> str:
    return re.search(r"/account/safety/passkeys/(\d+)/remove", page)[1]  # type: ignore[index]


def test_the_page_says_what_is_set_up_and_when_it_was_used(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    assert "目前只憑密碼登入" in person.get(SAFETY).text
    person.enrol_passkey(f"{SAFETY}/passkey", SAFETY, name="林老師的手機")
    page = person.get(SAFETY).text
    assert "林老師的手機" in page
    assert "還沒用過" in page
    assert "還有 10 組沒用過" in page


def test_each_change_is_an_event_and_a_notice(app: Flask, visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_passkey(f"{SAFETY}/passkey", SAFETY)
    number = first_passkey(person.get(SAFETY).text)
    person.post(f"{SAFETY}/passkeys/{number}/rename", {"name": "舊手機"}, token_from=SAFETY)
    person.post(f"{SAFETY}/passkeys/{number}/remove", token_from=SAFETY)
    assert events(app, person.username)[-4:] == ["factor_enrol", "recovery_make", "factor_rename", "factor_remove"]
    assert any("已移除一把通行密鑰" in text for text in notices(app, person.username))


def test_with_the_last_factor_go_the_recovery_codes(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    person.post(f"{SAFETY}/totp/remove", token_from=SAFETY)
    person.sign_out()
    person.password()
    assert person.is_in()


def test_who_must_have_one_keeps_the_last(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("equipment_section")
    person.password()
    person.enrol_totp("/login/enrol/totp", "/login/enrol")
    answer = person.post(f"{SAFETY}/totp/remove", token_from=SAFETY)
    assert answer.status_code == 409
    assert "不能移除最後一個" in answer.text
    person.enrol_passkey(f"{SAFETY}/passkey", SAFETY)
    assert person.post(f"{SAFETY}/totp/remove", token_from=SAFETY).status_code == 200


def test_new_codes_void_the_old(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    old = person.codes[0]
    person.shown(person.post(f"{SAFETY}/codes", token_from=SAFETY))
    person.sign_out()
    person.password()
    assert person.post("/login/second", {"way": "recovery", "recovery": old}).status_code == 422
    person.post("/login/second", {"way": "recovery", "recovery": person.codes[0]})
    assert person.is_in()


def test_nobody_touches_anothers_passkey(visitor: Callable[[str], Visitor], with_passkey: Visitor) -> None:
    with_passkey.show_passkey("/login/passkey", "/login/passkey/options", "/login")
    number = first_passkey(with_passkey.get(SAFETY).text)
    other = visitor("registration_section")
    other.password()
    assert other.post(f"{SAFETY}/passkeys/{number}/remove", token_from=SAFETY).status_code == 404
    assert other.post(f"{SAFETY}/passkeys/{number}/rename", {"name": "我的"}, token_from=SAFETY).status_code == 404


def test_a_new_phone_needs_its_own_code(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    old = person.secret
    with later(60):
        person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    assert person.secret != old


def test_long_after_signing_in_a_change_asks_who_it_is(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    with later(15 * 60):
        asked = person.post(f"{SAFETY}/totp/remove", token_from=SAFETY)
        assert "須先確認身分" in asked.text
        assert "改用驗證器或通行密鑰確認" in asked.text
        assert "已設定" in person.get(SAFETY).text


def test_the_app_confirms_instead_of_the_password(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_totp(f"{SAFETY}/totp", SAFETY)
    with later(15 * 60):
        carried = hidden(person.post(f"{SAFETY}/totp/remove", token_from=SAFETY).text, "carried")
        wrong = person.post("/confirm/factor", {"way": "totp", "code": "000000", "carried": carried}, token_from=SAFETY)
        assert wrong.status_code == 422
        right = person.post("/confirm/factor", {"way": "totp", "code": person.code(), "carried": carried}, token_from=SAFETY)
        assert "繼續辦理" in right.text
        assert person.post(f"{SAFETY}/totp/remove", token_from=SAFETY).status_code == 200
        assert "設定驗證器" in person.get(SAFETY).text


def test_a_passkey_confirms_too(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.password()
    person.enrol_passkey(f"{SAFETY}/passkey", SAFETY)
    with later(15 * 60):
        right = person.show_passkey("/confirm/factor", "/confirm/factor/options", SAFETY, way="passkey", carried="")
        assert right.status_code == 200
        assert person.post(f"{SAFETY}/codes", token_from=SAFETY).text.count("<li><code>") == 10


def test_unconfirmed_the_device_is_not_even_asked(visitor: Callable[[str], Visitor]) -> None:
    person = visitor("activities_section")
    person.post("/login", {"persona": person.username})
    assert 'data-passkey="create"' not in person.get(SAFETY).text
    assert "須先確認身分" in person.post(f"{SAFETY}/passkey", {"name": "手機"}, token_from=SAFETY).text


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
