"""Sign-ins are the server's: a new token each time, over when they are over, and nobody else's."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.services import accounts, sessions
from models.people import Appointment, Delegation
from models.sign_in import SignInSession
from models.vocabulary import Division, EndReason, EnrolmentStatus
from tests.conftest import settings_for
from tests.databases import PASSWORD
from tests.signing_in.conftest import Clients, Clock, account_of, events_of, is_inside, newest_session

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


def cookie_of(client: Any) -> str:
    return str(client.get_cookie("portfolio").value)


def test_signing_in_gives_a_new_token_whatever_the_cookie_held(browser_of: Clients) -> None:
    client = browser_of("library_director")
    with client.session_transaction() as before:
        token, csrf = before["_user_id"], before["csrf_token"]
    assert client.post("/login", data={"persona": "activities_section"}).status_code == 302
    with client.session_transaction() as after:
        assert after["_user_id"] != token
        assert after.get("csrf_token") != csrf


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(app: Flask, browser_of: Clients) -> None:
    victim, planted = browser_of(), browser_of()
    victim.set_cookie("portfolio", cookie_of(planted))
    victim.token = victim.read_token("/login")
    victim.post("/login", data={"persona": "library_director"})
    assert is_inside(victim)
    assert not is_inside(planted)


def test_a_made_up_token_opens_nothing(browser_of: Clients) -> None:
    client = browser_of()
    for token in ("1", "1:0", "x" * 43, "", "'; --"):
        with client.session_transaction() as kept:
            kept["_user_id"] = token
        assert not is_inside(client)


def test_the_database_holds_no_token(browser_of: Clients, records: Session) -> None:
    client = browser_of("library_director")
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    assert len(token) >= 43
    row = newest_session(records, "library_director")
    assert row.digest == sessions.digest(token) != token


def test_the_cookie_says_nothing_of_the_person(browser_of: Clients) -> None:
    client = browser_of("library_director")
    with client.session_transaction() as kept:
        assert set(kept) <= {"_user_id", "_fresh", "_id", "csrf_token"}


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(browser_of: Clients) -> None:
    client = browser_of()
    answer = client.post("/login", data={"persona": "library_director"})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("portfolio="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain=" not in cookie
    assert "Expires=" not in cookie


def test_behind_tls_the_cookie_is_bound_to_the_host(app: Flask, tmp_path: Any) -> None:
    secure = create_app(replace(settings_for(app.extensions["settings"].database_url, tmp_path), behind_tls=True))
    client = secure.test_client()
    cookie = client.get("/login", base_url="https://portfolio.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-portfolio=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain=" not in cookie
    with secure.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_cookie_kept_from_before_signing_out_opens_nothing(browser_of: Clients) -> None:
    client, thief = browser_of("library_director"), browser_of()
    stolen = cookie_of(client)
    assert client.post("/logout").status_code == 302
    thief.set_cookie("portfolio", stolen)
    assert not is_inside(thief)
    assert not is_inside(client)


def test_a_new_password_ends_the_other_sign_ins_and_keeps_this_one(with_password: Clients, records: Session) -> None:
    here, there = with_password("library_director"), with_password("library_director")
    body = {"old_password": PASSWORD, "password": "一句夠長又好記的話 115", "again": "一句夠長又好記的話 115"}
    assert here.post("/account/password", data=body).status_code == 302
    assert is_inside(here)
    assert not is_inside(there)
    account = account_of(records, "library_director")
    account.password_hash = accounts.hash_password(PASSWORD)
    records.commit()


def test_a_disabled_account_is_out_within_one_request_and_stays_out(browser_of: Clients, records: Session) -> None:
    client = browser_of("library_director")
    account = account_of(records, "library_director")
    account.enabled = False
    records.commit()
    assert not is_inside(client)
    account.enabled = True
    records.commit()
    assert not is_inside(client)
    assert newest_session(records, "library_director").end_reason is EndReason.disabled


def test_an_account_past_its_day_is_out(browser_of: Clients, records: Session, hands: Clock) -> None:
    client = browser_of("library_director")
    account = account_of(records, "library_director")
    account.expires_on = hands.now.date() - dt.timedelta(days=1)
    records.commit()
    assert not is_inside(client)
    account.expires_on = None
    records.commit()


@pytest.mark.parametrize(
    "status", [EnrolmentStatus.graduated, EnrolmentStatus.transferred, EnrolmentStatus.withdrawn, EnrolmentStatus.completed]
)
def test_a_student_who_has_left_is_out(status: EnrolmentStatus, browser_of: Clients, records: Session) -> None:
    client = browser_of("student")
    student = account_of(records, "student").student
    assert student is not None
    student.status = status
    records.commit()
    assert not is_inside(client)
    assert "離校" in client.get("/login").text or newest_session(records, "student").end_reason is EndReason.departed
    student.status = EnrolmentStatus.enrolled
    records.commit()


def test_a_teacher_who_has_left_is_out_the_day_after(browser_of: Clients, records: Session, hands: Clock) -> None:
    client = browser_of("library_director")
    staff = account_of(records, "library_director").staff
    assert staff is not None
    staff.left_on = hands.now.date()
    records.commit()
    assert is_inside(client)
    staff.left_on = hands.now.date() - dt.timedelta(days=1)
    records.commit()
    assert not is_inside(client)
    staff.left_on = None
    records.commit()


def test_a_post_that_has_ended_ends_the_sign_in(browser_of: Clients, records: Session, hands: Clock) -> None:
    client = browser_of("activities_section")
    staff = account_of(records, "activities_section").staff
    held = records.scalars(select(Appointment).where(Appointment.staff == staff, Appointment.post == "activities_section")).one()
    held.ended_on = hands.now.date() - dt.timedelta(days=1)
    records.commit()
    answer = client.get("/admin/", follow_redirects=True)
    assert answer.request.path == "/login"
    assert "登入時的職務已結束，請重新登入。" in answer.text
    assert events_of(records, "sessions_ended")[0].note == EndReason.post_ended.zh
    held.ended_on = None
    records.commit()


def test_a_revoked_delegation_ends_the_sign_in(browser_of: Clients, records: Session, hands: Clock) -> None:
    today = hands.now.date()
    lent = records.scalars(select(Appointment).where(Appointment.post == "activities_section")).first()
    staff = account_of(records, "library_director").staff
    delegation = Delegation(appointment=lent, delegate=staff, division=Division.day, began_on=today, ended_on=today, reason="公假")
    records.add(delegation)
    records.commit()
    client = browser_of("library_director")
    assert is_inside(client)
    delegation.revoked_on = today
    records.commit()
    assert not is_inside(client)


def test_a_post_given_during_a_sign_in_ends_nothing(browser_of: Clients, records: Session, hands: Clock) -> None:
    client = browser_of("library_director")
    staff = account_of(records, "library_director").staff
    given = Appointment(post="activities_section", staff=staff, division=Division.day, began_on=hands.now.date())
    records.add(given)
    records.commit()
    assert is_inside(client)
    records.delete(given)
    records.commit()


def test_without_use_a_sign_in_ends_after_thirty_minutes(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("library_director")
    hands.turn(minutes=29, seconds=59)
    assert is_inside(client)
    hands.turn(minutes=30)
    answer = client.get("/admin/club/?search=x")
    assert answer.headers["Location"].startswith("/login?next=/admin/club/")
    assert "自動登出" in client.get("/login").text


def test_use_keeps_a_sign_in_up_to_its_limit_and_no_longer(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("library_director")
    for _ in range(12 * 3 - 1):
        hands.turn(minutes=20)
        assert is_inside(client)
    hands.turn(minutes=20)
    assert not is_inside(client)


def test_a_students_day_is_shorter(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("student")
    for _ in range(8 * 3 - 1):
        hands.turn(minutes=20)
        assert is_inside(client)
    hands.turn(minutes=20)
    assert not is_inside(client)


def test_asking_how_long_is_left_is_no_use(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("library_director")
    for _ in range(3):
        hands.turn(minutes=9)
        assert client.get("/session").get_json()["seconds"] > 0
    hands.turn(minutes=4)
    assert client.get("/session").status_code == 401


def test_carrying_on_is_use(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("library_director")
    hands.turn(minutes=26)
    assert client.post("/session").get_json()["seconds"] <= 30 * 60
    hands.turn(minutes=26)
    assert is_inside(client)


def test_the_time_of_last_use_is_written_once_a_minute(browser_of: Clients, hands: Clock, records: Session) -> None:
    client = browser_of("library_director")
    first = newest_session(records, "library_director").seen_at
    hands.turn(seconds=59)
    client.get("/admin/")
    assert newest_session(records, "library_director").seen_at == first
    hands.turn(seconds=1)
    client.get("/admin/")
    assert newest_session(records, "library_director").seen_at == hands.now


def test_what_was_being_sent_when_a_sign_in_ran_out_is_not_lost(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("activities_section")
    hands.turn(minutes=31)
    answer = client.post("/admin/club/new/", data={"name": "天文觀測社", "code": "A99"})
    assert answer.status_code == 401
    assert "還在這一頁" in answer.text
    carried = answer.text.split('name="carried" value="')[1].split('"')[0]
    client.token = answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    again = client.post("/login", data={"persona": "activities_section", "carried": carried})
    assert again.status_code == 200
    assert 'action="/admin/club/new/"' in again.text
    assert 'name="name" value="天文觀測社"' in again.text


def test_what_one_person_was_sending_is_not_shown_to_another(browser_of: Clients, hands: Clock) -> None:
    client = browser_of("activities_section")
    hands.turn(minutes=31)
    answer = client.post("/admin/club/new/", data={"name": "天文觀測社"})
    carried = answer.text.split('name="carried" value="')[1].split('"')[0]
    client.token = answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    again = client.post("/login", data={"persona": "library_director", "carried": carried})
    assert again.status_code == 302


def test_ones_own_page_lists_where_one_is_signed_in(browser_of: Clients) -> None:
    browser_of("library_director", agent=IPHONE, source="203.0.113.77")
    page = browser_of("library_director").get("/account").text
    assert "iPhone 上的 Safari" in page
    assert "203.0.113.*" in page
    assert "203.0.113.77" not in page


def test_one_can_end_another_device(browser_of: Clients, records: Session) -> None:
    there, here = browser_of("library_director"), browser_of("library_director")
    row = records.scalars(select(func.max(SignInSession.id) - 1)).one()
    assert here.post("/account/sign-ins/end", data={"id": row}).status_code == 302
    assert not is_inside(there)
    assert is_inside(here)


def test_one_can_end_all_the_others(browser_of: Clients) -> None:
    others = [browser_of("library_director") for _ in range(2)]
    here = browser_of("library_director")
    assert here.post("/account/sign-ins/end", data={"all": "1"}).status_code == 302
    assert [is_inside(other) for other in others] == [False, False]
    assert is_inside(here)


def test_nobody_ends_anybody_elses_sign_in(browser_of: Clients, records: Session) -> None:
    victim = browser_of("student")
    row = newest_session(records, "student").id
    assert browser_of("library_director").post("/account/sign-ins/end", data={"id": row}).status_code == 404
    assert is_inside(victim)


def test_finding_who_asks_is_one_statement(school: Session) -> None:
    sent: list[str] = []
    account = account_of(school, "student")
    now = account.signed_in_at or dt.datetime(2026, 11, 24, 8)
    _, token = sessions.begin(school, account, sessions.SignInMethod.password, now=now, posts=("x",), source="::1", device="Linux")
    school.flush()
    school.expire_all()
    sql_event.listen(school.get_bind(), "before_cursor_execute", lambda c, k, statement, *rest: sent.append(statement))
    row = sessions.find(school, token)
    assert row is not None
    assert row.account.person.name
    assert sessions.why_closed(row.account, on=now.date()) is None
    assert len(sent) == 1
