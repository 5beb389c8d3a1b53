"""密碼單: a password is on one page once, works once, lapses, and nobody's own password is taken without a tick."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app import clock
from admin_app.services import accounts as passwords
from admin_app.services import first_passwords
from admin_app.services.account_life import slips
from admin_app.services.passwords.profiles import PROFILES, Rules
from models.event import Event
from models.people import Account, Appointment
from models.vocabulary import Division
from tests.permissions.school import School

Clients = Callable[[str], Any]
PASSWORD = re.compile(r'slip-password">([^<]+)<')


@pytest.fixture
def pupils(place: School) -> list[int]:
    """Three accounts of 日校 students as they are when just made."""
    with place.session() as session:
        found = session.scalars(
            select(Account)
            .where(Account.student_id.is_not(None), Account.division == Division.day)
            .order_by(Account.id.desc())
            .limit(3)
        ).all()
        for each in found:
            each.password_hash, each.must_change_password, each.first_password_until = "", True, None
        return [each.id for each in found]


def load(place: School, number: int) -> Account:
    with place.session() as session:
        account = session.get_one(Account, number)
        session.expunge(account)
        return account


def printed(client: Any, numbers: list[int], **more: Any) -> Any:
    return client.post("/accounts/slips", data={"account": [str(number) for number in numbers], "title": "機二甲", **more})


def test_each_slip_has_its_own_password_and_only_its_hash_is_kept(place: School, client_for: Clients, pupils: list[int]) -> None:
    page = printed(client_for("equipment_section"), pupils)
    found = PASSWORD.findall(page.text)
    assert (page.status_code, len(set(found))) == (200, 3)
    assert page.headers["Cache-Control"] == "no-store"
    hashes = [load(place, number).password_hash for number in pupils]
    assert sum(passwords.verify(load(place, number), password) for number in pupils for password in found) == 3
    assert not any(password in each for each in hashes for password in found)


def test_it_must_be_changed_and_lapses(place: School, client_for: Clients, pupils: list[int]) -> None:
    printed(client_for("equipment_section"), pupils[:1])
    account = load(place, pupils[0])
    until = clock.today() + dt.timedelta(days=30)
    assert (account.must_change_password, account.first_password_until) == (True, until)
    days = (until, until + dt.timedelta(days=1))
    assert [first_passwords.lapsed(account, on=day) for day in days] == [False, True]


def test_it_opens_the_door_once_and_then_only_to_be_changed(
    place: School, app: Flask, client_for: Clients, pupils: list[int]
) -> None:
    (password,) = PASSWORD.findall(printed(client_for("equipment_section"), pupils[:1]).text)
    username = load(place, pupils[0]).username
    assert signs_in(app, username, password.replace("-", "").upper())
    with place.session() as session:
        account = session.get_one(Account, pupils[0])
        passwords.set_password(session, account, "一句只有自己才記得住的話", Rules(PROFILES["asvs"]), now=clock.now())
    assert not signs_in(app, username, password)
    account = load(place, pupils[0])
    assert (account.must_change_password, account.first_password_until) == (False, None)


def test_once_lapsed_it_opens_nothing(place: School, app: Flask, client_for: Clients, pupils: list[int]) -> None:
    (password,) = PASSWORD.findall(printed(client_for("equipment_section"), pupils[:1]).text)
    with place.session() as session:
        session.get_one(Account, pupils[0]).first_password_until = clock.today() - dt.timedelta(days=1)
    assert not signs_in(app, load(place, pupils[0]).username, password)


def signs_in(app: Flask, username: str, password: str) -> bool:
    """Whether a new browser gets past the sign-in page with this."""
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    return bool(client.post("/login", data={"username": username, "password": password}).status_code == 302)


def test_the_event_says_how_many_and_for_whom_and_no_password(place: School, client_for: Clients, pupils: list[int]) -> None:
    found = PASSWORD.findall(printed(client_for("equipment_section"), pupils).text)
    with place.session() as session:
        last = session.scalars(select(Event).where(Event.verb == "print_slips").order_by(Event.id.desc()).limit(1)).one()
        recent = session.scalars(select(Event).order_by(Event.id.desc()).limit(8)).all()
        assert (last.note, '"count": [null, 3]' in last.changes) == ("機二甲", True)
        assert not any(password in f"{each.changes}{each.note}" for each in recent for password in found)


def test_who_chose_a_password_is_not_ticked_beforehand(place: School, client_for: Clients, pupils: list[int]) -> None:
    with place.session() as session:
        own = session.get_one(Account, pupils[0])
        own.password_hash, own.must_change_password = passwords.hash_password("一句自己記得的話"), False
        group = own.student.school_class_id if own.student else 0
    page = client_for("equipment_section").get(f"/accounts/slips/student?group={group}").text
    assert re.search(rf'value="{pupils[0]}" aria-label', page)
    assert re.search(rf'value="{pupils[1]}" checked', page)
    assert "已自設密碼" in page


@pytest.mark.parametrize("layout", ["cut", "sealed"])
def test_a_slip_says_where_to_go_and_until_when(layout: str, client_for: Clients, pupils: list[int]) -> None:
    text = printed(client_for("equipment_section"), pupils[:1], layout=layout).text
    assert "http://localhost/login" in text
    assert "<svg" in text
    assert "改成自己的密碼" in text
    assert "slips-" + layout in text


def test_a_slip_names_the_address_the_school_has_set(
    app: Flask, client_for: Clients, pupils: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = dataclasses.replace(app.extensions["settings"], base_url="https://portfolio.example.edu.tw")
    monkeypatch.setitem(app.extensions, "settings", named)
    text = printed(client_for("equipment_section"), pupils[:1]).text
    assert "https://portfolio.example.edu.tw/login" in text
    assert "http://localhost" not in text


def test_the_other_side_prints_nothing(place: School, client_for: Clients, pupils: list[int]) -> None:
    before = load(place, pupils[0]).password_hash
    assert printed(client_for("evening_division"), pupils).status_code == 404
    assert load(place, pupils[0]).password_hash == before


def test_nobody_ticked_is_said(client_for: Clients) -> None:
    answer = printed(client_for("equipment_section"), [])
    assert (answer.status_code, "還沒有勾選" in answer.text) == (400, True)


def test_who_keeps_the_other_side_is_reset_by_that_side_only(place: School, client_for: Clients) -> None:
    """A day teacher who also keeps 進修部's accounts: 設備組 could otherwise become 進修部 with one slip."""
    with place.session() as session:
        both = session.scalars(select(Account).where(Account.username == "library_director")).one()
        made = Appointment(post="evening_division", division=Division.evening, staff_id=both.staff_id, began_on=clock.today())
        session.add(made)
        session.flush()
        account, appointment, before = both.id, made.id, both.password_hash
    client = client_for("equipment_section")
    assert printed(client, [account]).status_code == 400
    linked = client.post("/admin/account/action/", data={"action": "link", "rowid": account, "confirmed": "1"})
    assert linked.status_code == 403
    assert load(place, account).password_hash == before
    with place.session() as session:
        session.delete(session.get_one(Appointment, appointment))


@given(st.integers())
def test_a_password_is_readable_and_long(seed: int) -> None:
    made = slips.new_password()
    assert re.fullmatch(r"[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){2}", made)
    assert not set("0o1li") & set(made)


@pytest.mark.parametrize("typed", ["abcd-efgh-jkmn", "ABCD-EFGH-JKMN", " abcdefghjkmn ", "abcd efgh jkmn"])
def test_a_slips_password_may_be_typed_as_people_type(typed: str) -> None:
    assert first_passwords.as_printed(typed) == "abcd-efgh-jkmn"


def test_a_password_of_ones_own_is_left_as_typed() -> None:
    assert first_passwords.as_printed("一句自己記得的話") == "一句自己記得的話"
