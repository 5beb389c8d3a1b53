"""驗證器: a code is good for one sign-in, within a step of its time, and never again."""

from __future__ import annotations

import datetime as dt

import pyotp
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services.factors import totp
from models.event import Event
from models.people import Account
from models.second_factor import Totp
from tests.factors.conftest import NOON, hire

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_A_MINUTE = dt.timedelta(seconds=30)


def code(secret: str, moment: dt.datetime) -> str:
    """What a phone with the right time shows."""
    return pyotp.TOTP(secret).at(int(clock.timestamp(moment)))


def enrol(session: Session, account: Account, moment: dt.datetime = NOON) -> str:
    handle = totp.propose(session, account, now=moment)
    secret = totp.proposed(session, account, handle, now=moment)
    assert secret is not None
    assert totp.enrol(session, account, handle, code(secret, moment), now=moment)
    return secret


def test_a_phone_is_enrolled_by_a_code_it_shows(session: Session, teacher: Account) -> None:
    secret = enrol(session, teacher)
    later = NOON + HALF_A_MINUTE
    assert totp.verify(session, teacher, code(secret, later), now=later)


def test_a_wrong_code_enrols_nothing_and_the_question_stays(session: Session, teacher: Account) -> None:
    handle = totp.propose(session, teacher, now=NOON)
    assert not totp.enrol(session, teacher, handle, "000000", now=NOON)
    assert totp.enrolled(session, teacher) is None
    assert totp.proposed(session, teacher, handle, now=NOON) is not None


def test_a_secret_proposed_to_one_person_enrols_nobody_else(session: Session, teacher: Account) -> None:
    other = hire(session, "T102", "黃淑芬")
    handle = totp.propose(session, teacher, now=NOON)
    secret = totp.proposed(session, teacher, handle, now=NOON) or ""
    assert not totp.enrol(session, other, handle, code(secret, NOON), now=NOON)


def test_a_proposal_is_forgotten_after_twenty_minutes(session: Session, teacher: Account) -> None:
    handle = totp.propose(session, teacher, now=NOON)
    assert totp.proposed(session, teacher, handle, now=NOON + dt.timedelta(minutes=21)) is None


def test_the_code_that_enrolled_signs_nobody_in(session: Session, teacher: Account) -> None:
    secret = enrol(session, teacher)
    assert not totp.verify(session, teacher, code(secret, NOON), now=NOON)


def test_a_code_is_good_once(session: Session, teacher: Account) -> None:
    secret, later = enrol(session, teacher), NOON + 2 * HALF_A_MINUTE
    assert totp.verify(session, teacher, code(secret, later), now=later)
    assert not totp.verify(session, teacher, code(secret, later), now=later)


def test_full_width_digits_and_spaces_are_read(session: Session, teacher: Account) -> None:
    secret, later = enrol(session, teacher), NOON + HALF_A_MINUTE
    shown = code(secret, later)
    typed = "".join(chr(ord(each) + 0xFEE0) for each in shown[:3]) + " " + shown[3:]
    assert totp.verify(session, teacher, typed, now=later)


def test_a_new_phone_replaces_the_old_one(session: Session, teacher: Account) -> None:
    old, later = enrol(session, teacher), NOON + dt.timedelta(minutes=5)
    new, after = enrol(session, teacher, later), later + HALF_A_MINUTE
    assert not totp.verify(session, teacher, code(old, after), now=after)
    assert totp.verify(session, teacher, code(new, after), now=after)


def test_the_secret_is_not_readable_in_the_database(session: Session, teacher: Account) -> None:
    secret = enrol(session, teacher)
    session.flush()
    assert secret not in str(session.scalar(text("SELECT secret FROM totp")))


def test_enrolling_and_removing_leave_events_without_the_secret(session: Session, teacher: Account) -> None:
    secret = enrol(session, teacher)
    assert totp.remove(session, teacher)
    mine = (Event.record_id == teacher.id, Event.verb.startswith("factor_"))
    events = session.scalars(select(Event).where(*mine).order_by(Event.id)).all()
    assert [event.verb for event in events] == ["factor_enrol", "factor_remove"]
    assert all(secret not in event.changes for event in events)


def test_what_is_removed_signs_nobody_in(session: Session, teacher: Account) -> None:
    secret = enrol(session, teacher)
    totp.remove(session, teacher)
    later = NOON + HALF_A_MINUTE
    assert not totp.verify(session, teacher, code(secret, later), now=later)
    assert session.scalar(select(Totp)) is None


def test_the_picture_has_no_style_of_its_own(session: Session, teacher: Account) -> None:
    svg = totp.picture(SECRET, teacher)
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "<script" not in svg


@settings(max_examples=300)
@given(drift=st.integers(-4, 4), seconds=st.integers(0, 29), last=st.integers(-5, 5))
def test_only_the_steps_around_now_and_after_the_last_count(drift: int, seconds: int, last: int) -> None:
    """A code `drift` steps off is taken exactly when it is at most one step off and later than the last one used."""
    now = dt.datetime(2026, 11, 24, 8, 0) + dt.timedelta(seconds=seconds)
    present = totp.step(now)
    shown = pyotp.TOTP(SECRET).generate_otp(present + drift)
    taken = totp.match(SECRET, shown, now=now, after=present + last)
    assert taken == (present + drift if abs(drift) <= 1 and drift > last else None)


@settings(max_examples=300)
@given(drifts=st.lists(st.integers(-1, 1), max_size=12), gaps=st.lists(st.integers(0, 90), min_size=12, max_size=12))
def test_of_any_sequence_of_codes_no_step_is_taken_twice(drifts: list[int], gaps: list[int]) -> None:
    now, last, taken = dt.datetime(2026, 11, 24, 8, 0), 0, []
    for drift, gap in zip(drifts, gaps, strict=False):
        now += dt.timedelta(seconds=gap)
        found = totp.match(SECRET, pyotp.TOTP(SECRET).generate_otp(totp.step(now) + drift), now=now, after=last)
        if found is not None:
            taken.append(found)
            last = found
    assert taken == sorted(set(taken))


@settings(max_examples=200)
@given(typed=st.text(max_size=30))
def test_no_text_but_the_code_is_taken(typed: str) -> None:
    now = dt.datetime(2026, 11, 24, 8, 0)
    right = {pyotp.TOTP(SECRET).generate_otp(totp.step(now) + drift) for drift in (-1, 0, 1)}
    assert totp.digits(typed) in right or totp.match(SECRET, typed, now=now, after=0) is None
