"""A lost phone: whoever keeps the account takes the factors away, with a reason; never their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.policy import Denied
from admin_app.services.factors import recovery, status, totp
from models.event import Event
from models.people import Account
from models.vocabulary import Division
from tests.factors.conftest import NOON, hire
from tests.factors.test_passkeys import new_device, register
from tests.factors.test_requirement import TODAY, actor
from tests.factors.test_totp import enrol


def test_a_reset_takes_everything_away(session: Session, teacher: Account, clerk: Account) -> None:
    enrol(session, teacher)
    register(session, teacher, new_device())
    recovery.make(session, teacher, now=NOON)
    assert status.ways(session, teacher.id) == status.Ways(totp=True, passkeys=1, codes=10)
    status.reset(session, teacher, by=actor(session, clerk), reason="手機遺失，已核對身分", on=TODAY)
    assert status.ways(session, teacher.id) == status.Ways(totp=False, passkeys=0, codes=0)


def test_a_reset_is_an_event_with_its_reason(session: Session, teacher: Account, clerk: Account) -> None:
    enrol(session, teacher)
    status.reset(session, teacher, by=actor(session, clerk), reason=" 手機遺失 ", on=TODAY)
    event = session.scalars(select(Event).where(Event.verb == "factor_reset")).one()
    assert (event.note, event.record_id) == ("手機遺失", teacher.id)
    assert "D01" in event.via
    assert "驗證器" in event.changes


def test_a_reset_needs_a_reason(session: Session, teacher: Account, clerk: Account) -> None:
    enrol(session, teacher)
    with pytest.raises(ValueError, match="請填寫重設的事由"):
        status.reset(session, teacher, by=actor(session, clerk), reason="　", on=TODAY)
    assert totp.enrolled(session, teacher) is not None


def test_nobody_resets_their_own(session: Session, clerk: Account) -> None:
    enrol(session, clerk)
    with pytest.raises(Denied, match="不能由自己重設"):
        status.reset(session, clerk, by=actor(session, clerk), reason="手機遺失", on=TODAY)


def test_a_teacher_resets_nobodys(session: Session, teacher: Account, clerk: Account) -> None:
    with pytest.raises(Denied):
        status.reset(session, clerk, by=actor(session, teacher), reason="手機遺失", on=TODAY)


def test_the_wall_stands(session: Session, clerk: Account) -> None:
    evening = hire(session, "E101", "吳秀英", division=Division.evening)
    with pytest.raises(Denied):
        status.reset(session, evening, by=actor(session, clerk), reason="手機遺失", on=TODAY)
