"""職務交接: the old appointment ends the day before, the new one begins; undone as long as it has not begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import judge, require
from admin_app.rulebook import Rulebook
from admin_app.services.account_life.ending import end_sessions
from admin_app.services.posts.seats import Seat, school_year_span
from admin_app.services.posts.telling import tell
from admin_app.services.posts.timeline import DAY
from models.calendar import SchoolYear
from models.people import Account, Appointment, Delegation, Guardian, Staff, Student
from models.values.roc import format_roc, school_year_of
from models.vocabulary import Act, Division, EndReason

Person = Staff | Student | Guardian


class CannotHandOver(ValueError):
    """This handover cannot be made; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What was asked for: who takes over, from which day, by what."""

    successor: Person
    day: dt.date
    basis: str
    ended_on: dt.date | None = None


def hand_over(
    session: Session,
    seat: Seat,
    leaving: Sequence[Appointment],
    asked: Handover,
    *,
    by: Actor,
    division: Division,
    now: dt.datetime,
) -> Appointment:
    """End `leaving` the day before, appoint the successor, tell both. Raises `CannotHandOver`; `Denied` across the wall."""
    _must_fit(seat, leaving, asked)
    for old in leaving:
        require(judge(session, by, Act.manage, old))
    first = leaving[0] if leaving else None
    made = _appointment(session, seat, asked, division, first)
    for old in leaving:
        _end(session, old, asked.day, now=now)
    session.add(made)
    session.flush()
    require(judge(session, by, Act.manage, made))
    audit.track(session, "hand_over", "appointment", record=made, note=seat.zh, day=asked.day.isoformat())
    _tell(session, by.rulebook, seat, leaving, made)
    return made


def _must_fit(seat: Seat, leaving: Sequence[Appointment], asked: Handover) -> None:
    if isinstance(asked.successor, Staff) and asked.successor.left_on is not None and asked.successor.left_on < asked.day:
        raise CannotHandOver(f"{asked.successor.name}在交接日前已離職，請改選別人。")
    if asked.ended_on is not None and asked.ended_on < asked.day:
        raise CannotHandOver("迄日不可早於交接日，請修正。")
    if not asked.basis.strip():
        raise CannotHandOver("請填寫依據，例如聘書、派令或主管指派。")
    for old in leaving:
        if old.began_on >= asked.day:
            raise CannotHandOver(
                f"{holder(old)}的任期自 {format_roc(old.began_on)} 起，交接日須晚於這一天；若要改派，請先撤回那一筆交接。"
            )
    if any(is_held_by(old, asked.successor) for old in seat.appointments if old.ended_on is None or old.ended_on >= asked.day):
        raise CannotHandOver(f"{asked.successor.name}在這一天之後已擔任{seat.zh}，不需要交接。")


def is_held_by(row: Appointment, person: Person) -> bool:
    """Whether this appointment is the person's."""
    column = {Staff: row.staff_id, Student: row.student_id, Guardian: row.guardian_id}[type(person)]
    return column == person.id


def holder(row: Appointment) -> str:
    """The name of whoever holds it."""
    person = row.staff or row.student or row.guardian
    return person.name if person is not None else ""


def _appointment(session: Session, seat: Seat, asked: Handover, division: Division, first: Appointment | None) -> Appointment:
    names = {Staff: "staff", Student: "student", Guardian: "guardian"}
    until = asked.ended_on or (first.ended_on if first else None) or school_year_span(asked.day).ended
    if until is not None and until < asked.day:
        until = school_year_span(asked.day).ended
    return Appointment(
        post=seat.post.code,
        division=seat.post.division or (first.division if first else division),
        school_class_id=seat.school_class_id,
        department_id=seat.department_id,
        school_year=session.scalar(select(SchoolYear).where(SchoolYear.year == school_year_of(asked.day))),
        began_on=asked.day,
        ended_on=until,
        basis=asked.basis.strip(),
        succeeds=first.id if first else None,
        succeeded_until=first.ended_on if first else None,
        **{names[type(asked.successor)]: asked.successor},
    )


def _end(session: Session, old: Appointment, day: dt.date, *, now: dt.datetime) -> None:
    """The last day is the one before; what was lent ends with it, and whoever was signed in is out if that day is past."""
    old.ended_on = day - DAY
    for lent in session.scalars(select(Delegation).where(Delegation.appointment_id == old.id, Delegation.ended_on >= day)):
        if lent.began_on < day:
            lent.ended_on = day - DAY
        elif lent.revoked_on is None:
            lent.revoked_on = now.date()
    if day <= now.date():
        for account in accounts_of(session, old):
            end_sessions(session, account, now=now, why=EndReason.post_ended)


def accounts_of(session: Session, row: Appointment) -> Sequence[Account]:
    """The account of whoever holds it, if there is one."""
    column, number = (
        (Account.staff_id, row.staff_id)
        if row.staff_id
        else (Account.student_id, row.student_id)
        if row.student_id
        else (Account.guardian_id, row.guardian_id)
    )
    return session.scalars(select(Account).where(column == number)).all()


def _tell(session: Session, rulebook: Rulebook, seat: Seat, leaving: Sequence[Appointment], made: Appointment) -> None:
    day = format_roc(made.began_on)
    for old in leaving:
        for account in accounts_of(session, old):
            tell(session, account, f"{seat.zh}自 {day} 起由{holder(made)}接任，您的任期到前一日為止。", "/account")
    for account in accounts_of(session, made):
        before = f"接替{'、'.join(holder(old) for old in leaving)}，" if leaving else ""
        tell(session, account, f"您自 {day} 起擔任{seat.zh}，{before}依據：{made.basis}。", "/account")


def undo(session: Session, made: Appointment, *, by: Actor, on: dt.date) -> None:
    """Take back a handover that has not begun: the appointment goes, the one before it lasts as long as it did."""
    require(judge(session, by, Act.manage, made))
    if made.began_on <= on:
        raise CannotHandOver("這一筆任期已經開始，不能撤回；請辦理一次新的交接。")
    old = session.get(Appointment, made.succeeds) if made.succeeds else None
    if old is not None and old.ended_on == made.began_on - DAY:
        require(judge(session, by, Act.manage, old))
        old.ended_on = made.succeeded_until
    audit.track(session, "undo_hand_over", "appointment", record=made)
    session.delete(made)
    session.flush()
