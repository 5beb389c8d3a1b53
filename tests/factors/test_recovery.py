"""備用碼: ten, each good once, void when new ones are made."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin_app.services.factors import recovery
from models.event import Event
from models.people import Account
from tests.factors.conftest import NOON, hire


def test_there_are_ten_different_codes_a_person_can_read(session: Session, teacher: Account) -> None:
    codes = recovery.make(session, teacher, now=NOON)
    assert len(set(codes)) == 10
    assert all(len(code) == 14 and not set(code) & set("01OIL") for code in codes)


def test_a_code_is_good_once(session: Session, teacher: Account) -> None:
    code = recovery.make(session, teacher, now=NOON)[3]
    assert recovery.verify(session, teacher, code, now=NOON)
    assert not recovery.verify(session, teacher, code, now=NOON)
    assert recovery.left(session, teacher) == 9


def test_small_letters_spaces_and_full_width_are_read(session: Session, teacher: Account) -> None:
    code = recovery.make(session, teacher, now=NOON)[0].lower().replace("-", " ")
    assert recovery.verify(session, teacher, f" {chr(ord(code[0]) + 0xFEE0)}{code[1:]}", now=NOON)


def test_new_codes_void_the_old(session: Session, teacher: Account) -> None:
    old = recovery.make(session, teacher, now=NOON)
    new = recovery.make(session, teacher, now=NOON)
    assert not recovery.verify(session, teacher, old[0], now=NOON)
    assert recovery.verify(session, teacher, new[0], now=NOON)


def test_nobody_elses_code_is_taken(session: Session, teacher: Account) -> None:
    code = recovery.make(session, teacher, now=NOON)[0]
    other = hire(session, "T102", "黃淑芬")
    recovery.make(session, other, now=NOON)
    assert not recovery.verify(session, other, code, now=NOON)


def test_nothing_typed_is_no_code(session: Session, teacher: Account) -> None:
    recovery.make(session, teacher, now=NOON)
    assert not recovery.verify(session, teacher, "", now=NOON)
    assert not recovery.verify(session, teacher, "------", now=NOON)


def test_no_code_can_be_read_from_the_database_or_the_events(session: Session, teacher: Account) -> None:
    codes = recovery.make(session, teacher, now=NOON)
    session.flush()
    kept = "".join(f"{hint}{hashed}" for hint, hashed in session.execute(text("SELECT hint, hashed FROM recovery_code")))
    told = "".join(event.changes for event in session.scalars(select(Event)))
    assert not any(code in kept or code.replace("-", "") in kept + told for code in codes)
