"""Five failures and a wait: for the one who guesses, never for the one who is needed on deadline night."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services import attempts
from admin_app.services.attempts import Door, Kind
from admin_app.services.passwords import hashing
from models.sign_in import SignInCounter
from tests.conftest import sample
from tests.databases import PASSWORD
from tests.signing_in.conftest import Clients, Clock, account_of, events_of, is_inside

SCHOOL, HOME = "192.0.2.1", "198.51.100.7"
TEACHER = "library_director"


@pytest.fixture(autouse=True)
def _nothing_counted(records: Session) -> None:
    for row in records.scalars(select(SignInCounter)):
        records.delete(row)
    records.commit()


def guess(with_password: Clients, name: str, times: int, *, source: str = SCHOOL, client: Any = None) -> list[int]:
    answers = []
    for number in range(times):
        client = with_password(name, f"猜一猜第 {number} 次的密碼", client=client, source=source)
        answers.append(client.answer.status_code)
    return answers


def test_five_wrong_then_right_is_locked(with_password: Clients) -> None:
    assert guess(with_password, TEACHER, 5) == [403, 403, 403, 403, 429]
    answer = with_password(TEACHER, source=SCHOOL).answer
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "分鐘）再試" in answer.text


def test_the_lock_ends_by_itself_after_a_quarter_of_an_hour(with_password: Clients, hands: Clock) -> None:
    guess(with_password, TEACHER, 5)
    hands.turn(minutes=14, seconds=59)
    assert with_password(TEACHER, source=SCHOOL).answer.status_code == 429
    hands.turn(seconds=2)
    assert with_password(TEACHER, source=SCHOOL).answer.status_code == 302


def test_trying_while_locked_does_not_lengthen_the_lock(with_password: Clients, hands: Clock) -> None:
    guess(with_password, TEACHER, 5)
    hands.turn(minutes=10)
    guess(with_password, TEACHER, 5)
    hands.turn(minutes=5, seconds=1)
    assert with_password(TEACHER, source=SCHOOL).answer.status_code == 302


def test_the_right_password_forgets_the_wrong_ones(with_password: Clients) -> None:
    guess(with_password, TEACHER, 4)
    assert with_password(TEACHER, source=SCHOOL).answer.status_code == 302
    assert guess(with_password, TEACHER, 4) == [403] * 4


def test_a_student_behind_the_schools_address_cannot_lock_a_teacher_out(with_password: Clients) -> None:
    teacher = with_password(TEACHER, source=SCHOOL)
    teacher.post("/logout")
    guess(with_password, TEACHER, 30)
    assert with_password(TEACHER, source=SCHOOL).answer.status_code == 429
    assert with_password(TEACHER, client=teacher).answer.status_code == 302
    assert is_inside(teacher)


def test_a_student_at_school_does_not_lock_the_teacher_at_home(with_password: Clients) -> None:
    guess(with_password, TEACHER, 30)
    assert with_password(TEACHER, source=HOME).answer.status_code == 302


def test_a_known_browser_has_five_attempts_too(with_password: Clients) -> None:
    known = with_password(TEACHER, source=SCHOOL)
    known.post("/logout")
    assert guess(with_password, TEACHER, 5, client=known)[-1] == 429
    assert with_password(TEACHER, source=HOME).answer.status_code == 302


def test_a_device_cookie_is_worth_nothing_for_another_account(with_password: Clients) -> None:
    student = with_password("student", source=SCHOOL)
    student.post("/logout")
    assert guess(with_password, TEACHER, 6, client=student)[-2:] == [429, 429]


def test_a_forged_device_cookie_is_worth_nothing(with_password: Clients, browser_of: Clients) -> None:
    client = browser_of(source=SCHOOL)
    client.set_cookie("portfolio-device", '["x",["y"]].aaaa')
    assert guess(with_password, TEACHER, 6, client=client)[-2:] == [429, 429]


def test_a_hundred_sources_together_are_stopped_and_a_known_browser_is_not(
    with_password: Clients, records: Session, app: Flask
) -> None:
    known = with_password(TEACHER, source=HOME)
    known.post("/logout")
    door = Door(Kind.account, (TEACHER,))
    records.add(SignInCounter(key=door.key(app.config["SECRET_KEY"]), failures=99, counted_at=clock.now()))
    records.commit()
    assert guess(with_password, TEACHER, 1, source="203.0.113.9") == [403]
    assert with_password(TEACHER, source="203.0.113.10").answer.status_code == 429
    assert with_password(TEACHER, client=known).answer.status_code == 302


@pytest.mark.parametrize("many", [200])
def test_one_password_tried_on_many_accounts_is_throttled(many: int, with_password: Clients, records: Session) -> None:
    known = with_password(TEACHER, source=SCHOOL)
    known.post("/logout")
    names = sample([f"1151{number:04}" for number in range(many)], 70)
    client, answers = None, []
    for name in names:
        client = with_password(name, "Longtan115!", client=client, source=SCHOOL)
        answers.append(client.answer)
    statuses = [answer.status_code for answer in answers]
    assert statuses[:60] == [403] * 60
    assert set(statuses[60:]) == {429}
    assert answers[-1].headers["Retry-After"]
    assert with_password(TEACHER, client=known).answer.status_code == 302
    assert with_password("student", source=HOME).answer.status_code == 302


def test_an_account_that_does_not_exist_is_answered_alike(with_password: Clients) -> None:
    known, unknown = (with_password(name, "x", source=SCHOOL).answer for name in (TEACHER, "nobody-of-this-name"))
    assert known.status_code == unknown.status_code
    assert known.text.replace(TEACHER, "?").split("<main")[1][:900].count("帳號或密碼不對") == 1
    assert unknown.text.count("帳號或密碼不對") == known.text.count("帳號或密碼不對")


def test_an_account_that_does_not_exist_is_locked_alike(with_password: Clients) -> None:
    assert guess(with_password, "nobody-of-this-name", 6) == guess(with_password, TEACHER, 6)


@pytest.mark.parametrize("name", [TEACHER, "nobody-of-this-name", ""])
def test_one_hash_is_made_whoever_is_asked_for(name: str, with_password: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    hasher = hashing._hasher(hashing._chosen)
    real = hasher.verify

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            made.append(hashed)
            return real(hashed, password)

    monkeypatch.setattr(hashing, "_hasher", lambda cost: Counting())
    hashing._decoy(hashing._chosen)
    with_password(name, "不是這個", source=HOME)
    assert len(made) == 1


def test_a_failure_says_where_it_came_from_and_never_a_name_nobody_has(with_password: Clients, records: Session) -> None:
    with_password("Tr0ub4dor&3-typed-as-a-name", "x", source=HOME)
    with_password(TEACHER, "x", source=HOME)
    known, unknown = events_of(records, "sign_in_failed")[:2]
    assert known.record_id == account_of(records, TEACHER).id
    assert (unknown.record_id, unknown.account_id) == (None, None)
    assert HOME in unknown.changes
    assert "Tr0ub4dor" not in unknown.changes + unknown.note + unknown.actor


def test_a_lock_is_an_event(with_password: Clients, records: Session) -> None:
    guess(with_password, TEACHER, 5, source=HOME)
    assert events_of(records, "locked")[0].record_id == account_of(records, TEACHER).id


def test_a_disabled_account_with_the_right_password_is_told_why(with_password: Clients, records: Session) -> None:
    account = account_of(records, "evening_student")
    account.enabled = False
    records.commit()
    answer = with_password("evening_student", source=HOME).answer
    assert answer.status_code == 403
    assert "帳號已停用" in answer.text
    assert "帳號已停用" not in with_password("evening_student", "x", source=HOME).answer.text
    account.enabled = True
    records.commit()


def test_changing_the_password_is_no_way_to_guess_it(with_password: Clients) -> None:
    client = with_password("sports_section", source=HOME)
    body = {"password": "一句夠長又好記的話 115", "again": "一句夠長又好記的話 115"}
    answers = [client.post("/account/password", data={**body, "old_password": f"猜 {n}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post("/account/password", data={**body, "old_password": PASSWORD}).status_code == 429


def test_counters_that_say_nothing_any_more_are_swept(session: Session) -> None:
    now = dt.datetime(2026, 11, 24, 8)
    attempts.count(session, "s", Door(Kind.source, ("a",)), now=now - dt.timedelta(days=2))
    attempts.count(session, "s", Door(Kind.source, ("b",)), now=now)
    assert attempts.sweep(session, now=now) == 1
    assert attempts.sweep(session, now=now) == 0


def test_a_hundred_tried_at_once_are_five(session: Session) -> None:
    now, door = dt.datetime(2026, 11, 24, 8), Door(Kind.account_source, ("t", "s"))
    counted = [attempts.count(session, "s", door, now=now) for _ in range(100)]
    assert counted == [1, 2, 3, 4, 5] + [None] * 95
