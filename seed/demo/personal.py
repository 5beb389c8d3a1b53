"""個資申請 of the demo school: one answered, one in time, one that is overdue; and a clearing that was taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from models.people import Account, Student
from models.personal_data import PersonalRequest, PersonalRight, PurgeRun, PurgeState, RequestOutcome
from models.vocabulary import Division
from seed.demo.school import Room, School

KEEPER = "equipment_section"
"""The user name of a demo persona."""
LATE = 18
"""Days ago the overdue 查閱 came in."""


def build_personal(school: School) -> None:
    """Requests of parents and students of the semester under way."""
    day = school.current.last
    rooms = [room for division in Division for room in school.current.of(division)[:1]]
    school.add(_request(room, day, number) for number, room in enumerate(rooms))
    school.add([_answered(rooms[0].students[5], day)])
    school.add(_withdrawn(school, day))


def _request(room: Room, day: dt.date, number: int) -> PersonalRequest:
    student = room.students[3]
    right = PersonalRight.correct if number else PersonalRight.inspect
    received = day - dt.timedelta(days=6 if number else LATE)
    return PersonalRequest(applicant=student.name, right=right, division=room.division, student=student, received_on=received)


def _answered(student: Student, day: dt.date) -> PersonalRequest:
    return PersonalRequest(
        applicant=student.name,
        right=PersonalRight.copy,
        division=student.division,
        student=student,
        received_on=day - dt.timedelta(days=40),
        answered_on=day - dt.timedelta(days=33),
        outcome=RequestOutcome.granted,
        answered_by="註冊組",
    )


def _withdrawn(school: School, day: dt.date) -> Iterator[PurgeRun]:
    """A clearing somebody proposed before the working group had decided, and took back."""
    keeper = school.session.scalar(select(Account.id).where(Account.username == KEEPER))
    at = dt.datetime.combine(day - dt.timedelta(days=50), dt.time(10, 20))
    if keeper is not None:
        digest = hashlib.sha256(f"{KEEPER}{at}".encode()).hexdigest()
        yield PurgeRun(on=at.date(), state=PurgeState.withdrawn, digest=digest, total=12, proposed_by_id=keeper, proposed_at=at)
