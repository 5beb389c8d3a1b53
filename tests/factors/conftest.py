"""A teacher of the day school, 設備組's clerk, and a moment."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from admin_app.services.accounts import account_for
from models.people import Account, Appointment, Staff
from models.vocabulary import Division

NOON = dt.datetime(2026, 11, 24, 12, 0, 10)


def hire(session: Session, code: str, name: str, post: str = "", division: Division = Division.day) -> Account:
    """A member of staff with an account, and a post if one is named."""
    staff = Staff(code=code, name=name, division=division)
    account = account_for(staff, code)
    session.add_all([staff, account])
    if post:
        session.add(Appointment(staff=staff, post=post, division=division, began_on=dt.date(2026, 8, 1)))
    session.flush()
    return account


@pytest.fixture
def teacher(session: Session) -> Account:
    return hire(session, "T101", "林佳均")


@pytest.fixture
def clerk(session: Session) -> Account:
    return hire(session, "T001", "許志豪", "equipment_section")
