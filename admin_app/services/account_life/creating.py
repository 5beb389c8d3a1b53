"""Accounts made in bulk for the people of the rosters. No password is made here, so 2,300 take seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from models.classes import SchoolClass
from models.people import Account, Guardian, Guardianship, Staff, Student
from models.vocabulary import Division, EnrolmentStatus, Term

AT_SCHOOL = (EnrolmentStatus.enrolled, EnrolmentStatus.suspended)
"""Who may have an account: a student on leave keeps theirs."""
NO_GROUP = "-"
"""The key of those in no class or no unit; an address cannot say nothing."""


class PersonKind(Term):
    """What a person is to the school."""

    student = "學生"
    staff = "教職員"
    guardian = "家長"


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a unit, with how many of its people there are and how many have no account."""

    kind: PersonKind
    key: str
    zh: str
    division: Division
    people: int
    without: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to have an account."""

    kind: PersonKind
    person_id: int
    name: str
    username: str
    division: Division
    where: str
    email: str | None


@dataclass
class Plan:
    """What creating would do: whom it makes accounts for, whom it cannot, and whose mail address it leaves out."""

    ready: list[Newcomer] = field(default_factory=list)
    refused: list[tuple[Newcomer, str]] = field(default_factory=list)
    without_mail: list[tuple[Newcomer, str]] = field(default_factory=list)


def groups(session: Session, divisions: Sequence[Division], *, on: dt.date) -> list[Group]:
    """Every class and unit of these divisions, one statement for each kind of person."""
    return [group for kind in PersonKind for group in _groups(session, kind, divisions, on)]


def _groups(session: Session, kind: PersonKind, divisions: Sequence[Division], on: dt.date) -> Iterator[Group]:
    people = _people(kind, divisions, on).subquery()
    has = select(_owner(kind)).where(_owner(kind).is_not(None))
    stmt = (
        select(
            people.c.group_key,
            people.c.place,
            people.c.division,
            func.count(),
            func.count().filter(people.c.id.not_in(has)),
        )
        .group_by(people.c.group_key, people.c.place, people.c.division)
        .order_by(people.c.division, people.c.group_key)
    )
    for key, place, division, total, without in session.execute(stmt):
        yield Group(kind, str(key or NO_GROUP), place or _nowhere(kind), Division(division), total, without)


def _nowhere(kind: PersonKind) -> str:
    return "未填單位" if kind is PersonKind.staff else "未編班"


def plan(session: Session, kind: PersonKind, divisions: Sequence[Division], *, key: str = "", on: dt.date) -> Plan:
    """Who of a group (of everybody, without `key`) has no account, and what stands in the way; three statements."""
    taken = {name.upper() for name in session.scalars(select(Account.username))}
    mails = {mail.lower() for mail in session.scalars(select(Account.email).where(Account.email.is_not(None))) if mail}
    found = Plan()
    for person in (_newcomer(kind, row) for row in session.execute(_without(kind, divisions, key, on))):
        if person.username.upper() in taken:
            found.refused.append((person, f"帳號「{person.username}」已有別人使用"))
            continue
        taken.add(person.username.upper())
        if person.email and person.email in mails:
            found.without_mail.append((person, f"信箱 {person.email} 已登記在另一個帳號"))
            person = _without_mail(person)
        mails.add(person.email or "")
        found.ready.append(person)
    return found


def create(session: Session, newcomers: Iterable[Newcomer], *, on: dt.date) -> list[Account]:
    """Make the accounts, each with its event. They can be entered once a first password or a link has been given."""
    made = [
        Account(
            username=each.username,
            division=each.division,
            email=each.email,
            created_on=on,
            must_change_password=True,
            **{f"{each.kind.name}_id": each.person_id},
        )
        for each in newcomers
    ]
    session.add_all(made)
    session.flush()
    return made


def _without(kind: PersonKind, divisions: Sequence[Division], key: str, on: dt.date) -> Select[Any]:
    people = _people(kind, divisions, on).subquery()
    has = select(_owner(kind)).where(_owner(kind).is_not(None))
    stmt = select(people).where(people.c.id.not_in(has)).order_by(people.c.group_key, people.c.seat, people.c.username)
    if not key:
        return stmt
    if key == NO_GROUP:
        return stmt.where(people.c.group_key.is_(None) if kind is not PersonKind.staff else people.c.group_key == "")
    return stmt.where(people.c.group_key == (key if kind is PersonKind.staff else int(key)))


def _owner(kind: PersonKind) -> ColumnElement[int | None]:
    columns: dict[PersonKind, Any] = {
        PersonKind.student: Account.student_id,
        PersonKind.staff: Account.staff_id,
        PersonKind.guardian: Account.guardian_id,
    }
    found: ColumnElement[int | None] = columns[kind]
    return found


def _people(kind: PersonKind, divisions: Sequence[Division], on: dt.date) -> Any:
    """(id, name, username, division, group_key, place, seat, email) of those who belong to the school today."""
    match kind:
        case PersonKind.student:
            return _students(divisions)
        case PersonKind.staff:
            return _staff(divisions, on)
    return _guardians(divisions)


def _students(divisions: Sequence[Division]) -> Any:
    return (
        select(
            Student.id,
            Student.name,
            Student.student_no.label("username"),
            Student.division,
            Student.school_class_id.label("group_key"),
            SchoolClass.name.label("place"),
            Student.seat_no.label("seat"),
            _nothing(),
        )
        .outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
        .where(Student.division.in_(divisions), Student.status.in_(AT_SCHOOL))
    )


def _staff(divisions: Sequence[Division], on: dt.date) -> Any:
    return select(
        Staff.id,
        Staff.name,
        Staff.code.label("username"),
        Staff.division,
        Staff.unit.label("group_key"),
        Staff.unit.label("place"),
        Staff.id.label("seat"),
        Staff.email.label("email"),
    ).where(Staff.division.in_(divisions), or_(Staff.left_on.is_(None), Staff.left_on >= on))


def _guardians(divisions: Sequence[Division]) -> Any:
    """With the class of their first child at school; those without a child at school need no account."""
    pupil = aliased(Student)
    at_school = (Guardianship.guardian_id == Guardian.id, Guardianship.student_id == pupil.id, pupil.status.in_(AT_SCHOOL))
    child = select(func.min(pupil.id)).where(*at_school).correlate(Guardian).scalar_subquery()
    has_child = exists().where(*at_school).correlate(Guardian)
    return (
        select(
            Guardian.id,
            Guardian.name,
            Guardian.code.label("username"),
            Guardian.division,
            Student.school_class_id.label("group_key"),
            SchoolClass.name.label("place"),
            Student.seat_no.label("seat"),
            Guardian.email.label("email"),
        )
        .select_from(Guardian)
        .outerjoin(Student, Student.id == child)
        .outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
        .where(Guardian.division.in_(divisions), has_child)
    )


def _nothing() -> ColumnElement[str]:
    return literal("").label("email")


def _newcomer(kind: PersonKind, row: Row[Any]) -> Newcomer:
    email = (row.email or "").strip().lower() or None
    where = f"{row.place or _nowhere(kind)}{f' {row.seat} 號' if kind is PersonKind.student and row.seat else ''}"
    return Newcomer(kind, row.id, row.name, row.username, row.division, where, email)


def _without_mail(person: Newcomer) -> Newcomer:
    return Newcomer(person.kind, person.person_id, person.name, person.username, person.division, person.where, None)
