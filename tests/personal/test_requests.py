"""個資申請: by when they are due, and that nobody forgets one."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.services.personal import requests
from models.notice import Notice
from models.people import Account
from models.personal_data import PersonalRequest, PersonalRight, RequestOutcome
from models.vocabulary import Division

RECEIVED = dt.date(2026, 11, 2)
DUE = [
    (PersonalRight.inspect, None, dt.date(2026, 11, 17)),
    (PersonalRight.copy, None, dt.date(2026, 11, 17)),
    (PersonalRight.copy, RECEIVED, dt.date(2026, 12, 2)),
    (PersonalRight.correct, None, dt.date(2026, 12, 2)),
    (PersonalRight.stop, None, dt.date(2026, 12, 2)),
    (PersonalRight.erase, RECEIVED, dt.date(2027, 1, 1)),
]


def request(**values: object) -> PersonalRequest:
    filled = {"applicant": "詹文彬", "right": PersonalRight.inspect, "division": Division.day, "received_on": RECEIVED}
    return PersonalRequest(**{**filled, **values})


@pytest.mark.parametrize(("right", "extended_on", "due_on"), DUE)
def test_by_law_it_is_due_on(right: PersonalRight, extended_on: dt.date | None, due_on: dt.date, session: Session) -> None:
    row = request(right=right, extended_on=extended_on, extension_reason="資料量大" if extended_on else "")
    session.add(row)
    session.flush()
    assert row.due_on == due_on


REFUSED = [
    {"answered_on": RECEIVED},
    {"outcome": RequestOutcome.granted},
    {"answered_on": RECEIVED - dt.timedelta(days=1), "outcome": RequestOutcome.granted},
    {"extended_on": RECEIVED},
    {"answered_on": RECEIVED, "outcome": RequestOutcome.refused},
]


@pytest.mark.parametrize("values", REFUSED)
def test_what_the_database_refuses(values: dict[str, object], session: Session) -> None:
    session.add(request(**values))
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_answers_is_told_before_it_is_too_late_and_after(school: Session) -> None:
    clerk = school.scalars(select(Account).where(Account.username == "registration_section")).one()
    late = school.scalars(
        select(PersonalRequest).where(PersonalRequest.answered_on.is_(None), PersonalRequest.division == Division.day)
    ).one()
    with time_machine.travel(dt.datetime.combine(late.due_on, dt.time(8)) - dt.timedelta(days=10)):
        requests.remind(SimpleNamespace(session=school))  # type: ignore[arg-type]
    assert not [each for each in school.scalars(select(Notice).where(Notice.account_id == clerk.id)) if "個資申請" in each.text]
    with time_machine.travel(dt.datetime.combine(late.due_on, dt.time(8)) + dt.timedelta(days=2)):
        requests.remind(SimpleNamespace(session=school))  # type: ignore[arg-type]
    told = [each.text for each in school.scalars(select(Notice).where(Notice.account_id == clerk.id)) if "個資申請" in each.text]
    assert len(told) == 1
    assert "逾期 2 日" in told[0]
    assert late.applicant not in told[0]
