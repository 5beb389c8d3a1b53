"""New passwords, by the profile the school chose."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_app.config import ConfigError, read_settings
from admin_app.services import accounts
from admin_app.services.passwords import common, hashing
from admin_app.services.passwords.hashing import LEAST, Cost
from admin_app.services.passwords.profiles import PROFILES, Rules, words_about
from tests.databases import PASSWORD
from tests.signing_in.conftest import Clients, account_of

ASVS, SCHEDULE = PROFILES["asvs"], PROFILES["schedule10"]
NOW = dt.datetime(2026, 11, 24, 8)
GOOD = "一句夠長又好記的話 115"


@pytest.mark.parametrize(
    "password", ["123456789012", "password1234", "P@ssw0rd12345", "qwertyuiop12", "abcabcabcabc", "iloveyou 2026!", "aaaaaaaaaaaa"]
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert "外洩名單" in Rules(ASVS).problem(password)


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "kx7m-2hqp-w9ra", "阿嬤的紅豆湯要加陳皮喔", " 前後有 空白 也可以算數 "]
)
def test_a_phrase_of_ones_own_is_welcome(password: str) -> None:
    assert Rules(ASVS).problem(password + "！") == ""


def test_twelve_signs_or_fifteen_for_those_who_keep_accounts() -> None:
    assert "至少 12 個字元，目前 11 個" in Rules(ASVS).problem("x7-藍鯨愛吃海帶捲")[:40] or len("x7-藍鯨愛吃海帶捲") < 12
    fourteen = "x7-藍鯨愛吃海帶捲和豆乾"
    assert Rules(ASVS).problem(fourteen) == ""
    assert "至少 15 個字元" in Rules(ASVS, keeper=True).problem(fourteen)


@pytest.mark.parametrize("length", [64, 128])
def test_long_passwords_are_welcome(length: int) -> None:
    assert Rules(ASVS).problem("山高月小水落石出"[:8] + "明" * 0 + "".join(chr(0x4E00 + 7 * n) for n in range(length - 8))) == ""


def test_longer_than_anybody_types_is_refused() -> None:
    assert "最多 128" in Rules(ASVS).problem("".join(chr(0x4E00 + 7 * n) for n in range(129)))


@pytest.mark.parametrize(
    "password",
    [
        "詹子君的學習歷程 2026",
        "my 11510001 secret word",
        "就是20090506那一天出生",
        "0980506 是我的生日啦啦",
        "龍潭的風很大很大很大很大",
    ],
)
def test_what_others_could_guess_of_the_person_is_refused(password: str) -> None:
    about = words_about("11510001", "詹子君", dt.date(2009, 5, 6), "桃園市立龍潭高級中等學校")
    assert "別人猜得到" in Rules(ASVS, about=about).problem(password)


def test_asvs_asks_for_no_mixture_and_never_expires() -> None:
    assert Rules(ASVS).problem("只有中文字也是一句好密碼") == ""
    assert not ASVS.expired(NOW - dt.timedelta(days=4000), now=NOW)


@pytest.mark.parametrize(
    ("password", "right"), [("abcd1234", False), ("Abcd1234", True), ("ABCD-123", True), ("中文字abc123", True), ("Ab1-", False)]
)
def test_schedule_ten_asks_for_three_kinds_of_four(password: str, right: bool) -> None:
    assert (Rules(SCHEDULE).problem(password) == "") is right


def test_schedule_ten_expires_after_ninety_days() -> None:
    assert SCHEDULE.expired(NOW - dt.timedelta(days=90), now=NOW)
    assert not SCHEDULE.expired(NOW - dt.timedelta(days=89), now=NOW)
    assert SCHEDULE.expired(None, now=NOW)


def test_schedule_ten_remembers_three_and_waits_a_day(school: Session) -> None:
    account, rules = account_of(school, "student"), Rules(SCHEDULE)
    for number in range(4):
        accounts.set_password(school, account, f"Word-number-{number}", rules, now=NOW + dt.timedelta(days=2 * number))
    for used in (3, 2, 1):
        with pytest.raises(accounts.WeakPassword, match="用過"):
            accounts.set_password(school, account, f"Word-number-{used}", rules, now=NOW + dt.timedelta(days=20))
    assert accounts.too_young(account, rules, now=NOW + dt.timedelta(days=6, hours=23))
    assert not accounts.too_young(account, rules, now=NOW + dt.timedelta(days=7))
    accounts.set_password(school, account, "Word-number-0", rules, now=NOW + dt.timedelta(days=20))


@given(st.text(max_size=140))
def test_whatever_is_typed_gets_a_sentence_or_is_accepted(password: str) -> None:
    for profile in PROFILES.values():
        problem = Rules(profile, about=("t001",)).problem(password)
        assert problem == "" or problem.endswith("。")
        assert not password or len(password) < 4 or password not in problem


def test_the_breach_list_takes_little_memory_and_asks_nobody() -> None:
    common._list.cache_clear()
    tracemalloc.start()
    assert common.is_common("iloveyou")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(common._list()) > 25_000
    assert kept < 6 * 2**20


@pytest.mark.parametrize("cost", [Cost(19_456, 1, 1), Cost(8, 1, 1), Cost(40_000, 1, 4), Cost(7_000, 9, 1)])
def test_hashes_cannot_be_made_cheaper_than_owasp_allows(cost: Cost) -> None:
    with pytest.raises(hashing.TooCheap):
        hashing.install(cost)


@pytest.mark.parametrize(
    ("name", "value"), [("PORTFOLIO_ARGON2", "8,1,1"), ("PORTFOLIO_ARGON2", "viele"), ("PORTFOLIO_PASSWORD_PROFILE", "none")]
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match=name):
        read_settings({"PORTFOLIO_DATA_DIR": str(tmp_path), name: value}, demo=True)


def test_a_hash_of_other_costs_is_renewed_at_sign_in(with_password: Clients, records: Session) -> None:
    account = account_of(records, "evening_student")
    chosen = hashing._chosen
    hashing.install(Cost(LEAST[1][0], 3, 1))
    account.password_hash = accounts.hash_password(PASSWORD)
    hashing.install(chosen)
    records.commit()
    assert "t=3" in account.password_hash
    assert with_password("evening_student").answer.status_code == 302
    records.refresh(account)
    assert "t=2" in account.password_hash


@pytest.fixture
def real(app: Flask) -> Iterator[None]:
    """Not the demo: first passwords are changed there."""
    app.config["DEMO"] = False
    yield
    app.config["DEMO"] = True


def test_a_first_password_is_changed_before_anything_else(real: None, app: Flask, with_password: Clients, records: Session) -> None:
    account = account_of(records, "evening_student")
    account.must_change_password, account.demo = True, False
    records.commit()
    client = with_password("evening_student")
    for path in ("/admin/", "/account", "/admin/achievement/", "/regulation", "/no-such-page"):
        assert client.get(path).headers["Location"] == "/account/password"
    page = client.get("/account/password").text
    assert "第一次登入" in page
    assert "side-nav" not in page
    client.token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/admin/club/new/", data={"name": "x"}).headers["Location"] == "/account/password"
    body = {"old_password": PASSWORD, "password": GOOD, "again": GOOD}
    assert client.post("/account/password", data=body).status_code == 302
    assert client.get("/admin/").status_code == 200
    account.password_hash, account.demo = accounts.hash_password(PASSWORD), True
    records.commit()


def test_whoever_must_change_may_also_leave(real: None, with_password: Clients, records: Session) -> None:
    account = account_of(records, "evening_student")
    account.must_change_password, account.demo = True, False
    records.commit()
    client = with_password("evening_student")
    client.token = client.read_token("/account/password")
    assert client.post("/logout").headers["Location"] == "/login"
    account.must_change_password, account.demo = False, True
    records.commit()


def test_an_old_password_has_to_be_changed_under_schedule_ten(
    app: Flask, real: None, with_password: Clients, records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_of(records, "evening_student")
    account.demo, account.password_set_at = False, NOW - dt.timedelta(days=100)
    records.commit()
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], passwords=SCHEDULE))
    client = with_password("evening_student")
    assert client.get("/admin/").headers["Location"] == "/account/password"
    records.refresh(account)
    account.demo, account.must_change_password = True, False
    records.commit()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"old_password": "不是這個", "password": GOOD, "again": GOOD}, "目前的密碼不對"),
        ({"old_password": PASSWORD, "password": GOOD, "again": GOOD + "x"}, "兩次輸入的新密碼不同"),
        ({"old_password": PASSWORD, "password": "短", "again": "短"}, "至少 12 個字元"),
        ({"old_password": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "用過"),
    ],
)
def test_a_password_that_cannot_be_says_why(body: dict[str, str], sentence: str, with_password: Clients) -> None:
    answer = with_password("sports_section").post("/account/password", data=body)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_hint_is_given_while_typing(with_password: Clients) -> None:
    client = with_password("sports_section")
    said = client.post("/account/password/strength", data={"password": "password1234"}).get_json()["hint"]
    assert "外洩名單" in said
    assert "可以用" in client.post("/account/password/strength", data={"password": GOOD}).get_json()["hint"]
