"""離校與離職: access ends by itself (`identity.usable`); what else stands in their name is ended here, and records stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app import audit
from admin_app.services.account_life.creating import AT_SCHOOL
from models.people import Account, Appointment, Delegation, Staff, Student
from models.vocabulary import Division


@dataclass
class Departed:
    """Somebody who has left, with what still stands in their name."""

    key: str
    name: str
    why: str
    left_on: dt.date
    division: Division
    account: Account | None = None
    appointments: list[Appointment] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether anything still stands."""
        return bool(self.appointments or self.delegations) or (self.account is not None and self.account.enabled)


def departed(session: Session, divisions: Sequence[Division], *, on: dt.date) -> list[Departed]:
    """Those of these divisions who have left and still hold something, the latest first; five statements."""
    staff = session.scalars(select(Staff).where(Staff.division.in_(divisions), Staff.left_on < on)).all()
    gone = and_(Student.division.in_(divisions), Student.status.not_in(AT_SCHOOL))
    students = session.execute(
        select(Student.id, Student.name, Student.student_no, Student.status, Student.status_changed_on, Student.division).where(
            gone
        )
    ).all()
    found = {f"staff-{each.id}": _staff(each, on) for each in staff}
    found |= {
        f"student-{number}": Departed(f"student-{number}", f"{name}（{no}）", status.zh, changed or on, division)
        for number, name, no, status, changed, division in students
    }
    _accounts(session, found)
    _posts(session, found, on)
    _delegations(session, found, on)
    return sorted((each for each in found.values() if each.open), key=lambda each: each.left_on, reverse=True)


def _staff(person: Staff, on: dt.date) -> Departed:
    return Departed(f"staff-{person.id}", str(person), "離職", person.left_on or on, person.division)


def _numbers(found: dict[str, Departed], kind: str) -> list[int]:
    return [int(key.removeprefix(f"{kind}-")) for key in found if key.startswith(f"{kind}-")]


def _theirs(found: dict[str, Departed], model: type[Account] | type[Appointment]) -> ColumnElement[bool]:
    return or_(model.staff_id.in_(_numbers(found, "staff")), model.student_id.in_(_numbers(found, "student")))


def _owner(row: Account | Appointment) -> str:
    return f"staff-{row.staff_id}" if row.staff_id else f"student-{row.student_id}"


def _accounts(session: Session, found: dict[str, Departed]) -> None:
    for account in session.scalars(select(Account).where(_theirs(found, Account))):
        found[_owner(account)].account = account


def _posts(session: Session, found: dict[str, Departed], on: dt.date) -> None:
    lasting = or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on)
    loaded = (joinedload(Appointment.school_class), joinedload(Appointment.department))
    for row in session.scalars(select(Appointment).options(*loaded).where(_theirs(found, Appointment), lasting)):
        found[_owner(row)].appointments.append(row)


def _delegations(session: Session, found: dict[str, Departed], on: dt.date) -> None:
    staff = _numbers(found, "staff")
    stmt = (
        select(Delegation)
        .join(Delegation.appointment)
        .options(joinedload(Delegation.appointment).joinedload(Appointment.staff), joinedload(Delegation.delegate))
        .where(Delegation.revoked_on.is_(None), Delegation.ended_on >= on)
        .where(or_(Appointment.staff_id.in_(staff), Delegation.delegate_id.in_(staff)))
    )
    for row in session.scalars(stmt):
        for number in {row.appointment.staff_id, row.delegate_id}:
            if f"staff-{number}" in found:
                found[f"staff-{number}"].delegations.append(row)


def close(session: Session, person: Departed, *, now: dt.datetime) -> None:
    """End the posts on the day of leaving, revoke what was lent, disable the account. Nothing is deleted."""
    for row in person.appointments:
        row.ended_on = max(person.left_on, row.began_on)
    for lent in person.delegations:
        lent.revoked_on = now.date()
    if person.account is not None:
        person.account.enabled = False
        audit.track(session, "close_departed", "account", record=person.account, note=person.why)
