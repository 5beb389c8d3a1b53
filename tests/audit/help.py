"""Events made and moved in time for the tests."""

from __future__ import annotations

import datetime as dt

import time_machine
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import track
from admin_app.services.audit import checking
from admin_app.services.audit.sealing import seal

LATER = dt.timedelta(minutes=10)


def happen(session: Session, number: int, *, on: dt.date | None = None) -> None:
    """So many events, today or at noon of a day."""
    if on is not None:
        with time_machine.travel(dt.datetime(on.year, on.month, on.day, 4, tzinfo=dt.UTC), tick=False):
            return happen(session, number)
    for each in range(number):
        track(session, "export", "student", note=f"第 {each} 次", 筆數=each)
    return session.commit()


def seal_all(session: Session) -> None:
    seal(session, now=clock.now() + LATER)
    session.commit()


def found(session: Session, anchors: list[checking.Anchor] | None = None) -> list[str]:
    """What a run of verification over everything says."""
    check = checking.start(session, now=clock.now())
    checking.run(session, check, clock=clock.now, anchors=anchors or [], report=lambda check, findings: None)
    session.commit()
    said = check.findings.split("\n") if check.findings else []
    assert check.problems == len(said)
    return said
