"""People as the paper sees them: who they are, which posts they hold today, whom they teach and whose parents they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_app import clock
from models.calendar import Semester
from models.classes import Enrolment, Teaching
from models.people import Account, Appointment, Delegation, Guardianship
from models.records.club_membership import ClubMembership
from models.vocabulary import Division


@dataclass(frozen=True)
class Holding:
    """A post held today, with the class or 科 it names."""

    post: str
    school_class: int | None = None
    department: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, with what the paper's reaches need to know."""

    username: str
    division: Division
    holdings: tuple[Holding, ...]
    staff: int | None
    student: int | None
    children: frozenset[int]
    teachings: frozenset[int]
    courses: frozenset[int]
    taught: frozenset[tuple[int, int, int]]
    """(student, semester, course) of everybody taught."""
    takes: frozenset[int]
    """Courses the person takes as a student."""
    clubs: frozenset[int]


def load_person(session: Session, username: str) -> Person:
    account = session.scalars(select(Account).where(Account.username == username)).one()
    children = select(Guardianship.student_id).where(Guardianship.guardian_id == account.guardian_id)
    teachings = select(Teaching.id, Teaching.course_id).where(Teaching.staff_id == account.staff_id)
    taught = (
        select(Enrolment.student_id, Teaching.semester_id, Teaching.course_id)
        .join(Teaching, Teaching.id == Enrolment.teaching_id)
        .where(Teaching.staff_id == account.staff_id)
    )
    takes = select(Enrolment.teaching_id).where(Enrolment.student_id == account.student_id)
    clubs = select(ClubMembership.club_id).where(ClubMembership.student_id == account.student_id)
    courses = dict(session.execute(teachings).all())
    return Person(
        username=username,
        division=account.division,
        holdings=tuple(dict.fromkeys(_holdings(session, account))),
        staff=account.staff_id,
        student=account.student_id,
        children=frozenset(session.scalars(children)) if account.guardian_id else frozenset(),
        teachings=frozenset(courses),
        courses=frozenset(courses.values()),
        takes=frozenset(session.scalars(takes)),
        clubs=frozenset(session.scalars(clubs)),
        taught=frozenset((student, semester, course) for student, semester, course in session.execute(taught)),
    )


def _holdings(session: Session, account: Account) -> Iterator[Holding]:
    prefix = "evening_" if account.division is Division.evening else ""
    if account.student_id:
        yield Holding(f"{prefix}student")
    if account.guardian_id:
        yield Holding("guardian")
    today = clock.today()
    held = (Appointment.began_on <= today) & or_(Appointment.ended_on.is_(None), Appointment.ended_on >= today)
    own = or_(
        Appointment.staff_id == (account.staff_id or 0),
        Appointment.student_id == (account.student_id or 0),
        Appointment.guardian_id == (account.guardian_id or 0),
    )
    lent = select(Delegation.appointment_id).where(
        Delegation.delegate_id == (account.staff_id or 0),
        Delegation.began_on <= today,
        Delegation.ended_on >= today,
        Delegation.revoked_on.is_(None),
    )
    for each in session.scalars(select(Appointment).where(held, own | Appointment.id.in_(lent))):
        yield Holding(each.post, each.school_class_id, each.department_id)
    open_terms = select(Semester.id).where(Semester.closed_on.is_(None))
    taught = select(Teaching.division).where(Teaching.staff_id == (account.staff_id or 0), Teaching.semester_id.in_(open_terms))
    for side in set(session.scalars(taught)):
        yield Holding("evening_teacher" if side is Division.evening else "teacher")
