"""The sixteen personas of the access matrix: invented people of the demo school, some of them made for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from models.people import Account, Appointment, Delegation, Staff, Student
from models.values.identity import fake_id_number
from models.vocabulary import Division, EnrolmentStatus, Gender
from tests.permissions.school import School

ANONYMOUS = "anonymous"
OTHER_STUDENT, GRADUATE, OTHER_TEACHER = "other_student", "graduate", "other_teacher"
IN_DATE, EXPIRED = "substitute_in_date", "substitute_expired"
REPLACED = "activities_section"
"""The post both substitutes stand in for, one now, the other until last week."""

ACCOUNTS = {
    ANONYMOUS: "",
    "student": "student",
    OTHER_STUDENT: OTHER_STUDENT,
    GRADUATE: GRADUATE,
    "course_teacher": "teacher",
    OTHER_TEACHER: OTHER_TEACHER,
    IN_DATE: IN_DATE,
    EXPIRED: EXPIRED,
    "homeroom_teacher": "homeroom_teacher",
    "counsellor": "course_counselor",
    "unit_clerk": "registration_section",
    "other_unit_clerk": "sports_section",
    "evening_clerk": "evening_clerk",
    "executive_secretary": "executive_secretary",
    "convener": "convener",
    "system_admin": "equipment_section",
}
"""Each persona's user name."""
PERSONAS = tuple(ACCOUNTS)
STUDENTS = {"student", OTHER_STUDENT, GRADUATE}


@dataclass(frozen=True)
class Facts:
    """What the newcomers are made of."""

    school_class_id: int
    today: dt.date


def settle(place: School) -> None:
    """Bring those to the school whom the demo lacks."""
    with place.session() as session:
        student = session.scalars(select(Account).where(Account.username == "student")).one().student
        assert student is not None
        facts = Facts(student.school_class_id or 0, clock.today())
        for number, (username, make) in enumerate(NEWCOMERS.items()):
            session.add(make(session, username, number, facts))
    place.forget()


def _student(session: Session, username: str, number: int, facts: Facts) -> Account:
    status = EnrolmentStatus.graduated if username == GRADUATE else EnrolmentStatus.enrolled
    student = Student(
        student_no=f"77{number:06d}",
        name="溫子晴",
        id_number=fake_id_number(7_000_000 + number, Gender.female),
        gender=Gender.female,
        born_on=dt.date(2010, 2, 3),
        division=Division.day,
        school_class_id=facts.school_class_id,
        status=status,
    )
    return Account(username=username, student=student, division=Division.day, demo=True)


def _teacher(session: Session, username: str, number: int, facts: Facts) -> Account:
    return Account(username=username, staff=_staff(username, number), division=Division.day, demo=True)


def _substitute(session: Session, username: str, number: int, facts: Facts) -> Account:
    staff = _staff(username, number)
    post = session.scalars(select(Appointment).where(Appointment.post == REPLACED, Appointment.ended_on.is_(None)).limit(1)).first()
    post = post or session.scalars(select(Appointment).where(Appointment.post == REPLACED)).first()
    ended = facts.today + dt.timedelta(days=7 if username == IN_DATE else -7)
    began = facts.today - dt.timedelta(days=20)
    session.add(Delegation(appointment=post, delegate=staff, division=Division.day, began_on=began, ended_on=ended, reason="公假"))
    return Account(username=username, staff=staff, division=Division.day, demo=True)


def _staff(username: str, number: int) -> Staff:
    return Staff(code=f"M{number:05d}", name="姚文傑", division=Division.day)


NEWCOMERS: dict[str, Callable[[Session, str, int, Facts], Account]] = {
    OTHER_STUDENT: _student,
    GRADUATE: _student,
    OTHER_TEACHER: _teacher,
    IN_DATE: _substitute,
    EXPIRED: _substitute,
}
