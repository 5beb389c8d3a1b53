"""密碼單: first passwords, made when they are printed, kept only as hashes, and good for some days."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from admin_app import audit
from admin_app.services import accounts as passwords
from admin_app.services import links
from admin_app.services.account_life.ending import end_sessions
from admin_app.services.first_passwords import GROUP, GROUPS
from models.classes import SchoolClass
from models.people import Account, Guardian, Guardianship, Staff, Student
from models.vocabulary import EndReason

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody mistakes for another on paper: no 0 and o, no 1, l and i."""
MOST_AT_ONCE = 120
"""So many are hashed while somebody waits; more are a job."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person, once."""

    name: str
    where: str
    username: str
    password: str
    until: dt.date


def new_password() -> str:
    """Twelve random signs in three groups, about 59 bits, e.g. `kx7m-2hqp-w9ra`."""
    signs = ["".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)]
    return "-".join(signs)


def has_own_password(account: Account) -> bool:
    """Whether the person has chosen a password: a new slip would take it from them."""
    return bool(account.password_hash) and account.first_password_until is None and not account.must_change_password


def of_class(school_class_id: int) -> Select[Account]:
    """The enabled accounts of a class, in seat order."""
    return (
        select(Account)
        .join(Account.student)
        .options(joinedload(Account.student).joinedload(Student.school_class))
        .where(Student.school_class_id == school_class_id, Account.enabled)
        .order_by(Student.seat_no, Student.student_no)
    )


def of_unit(unit: str) -> Select[Account]:
    """The enabled accounts of a unit's staff."""
    return (
        select(Account)
        .join(Account.staff)
        .options(joinedload(Account.staff))
        .where(Staff.unit == unit, Account.enabled)
        .order_by(Staff.code)
    )


def of_guardians(school_class_id: int) -> Select[Account]:
    """The enabled accounts of the guardians of a class, in their children's seat order."""
    children = select(Guardianship.guardian_id).join(Guardianship.student).where(Student.school_class_id == school_class_id)
    return (
        select(Account)
        .join(Account.guardian)
        .options(joinedload(Account.guardian))
        .where(Account.guardian_id.in_(children), Account.enabled)
        .order_by(Guardian.code)
    )


def issue(session: Session, accounts: Sequence[Account], *, now: dt.datetime, days: int, what: str) -> list[Slip]:
    """Give each account a first password and end its sessions; one event says how many and for whom. Shown once, then gone."""
    made = [new_password() for _ in accounts]
    until, where = now.date() + dt.timedelta(days=days), places(session, accounts)
    for account, hashed in zip(accounts, hashed_in_threads(made), strict=True):
        give(session, account, hashed, now=now, until=until)
    audit.track(session, "print_slips", "account", note=what, count=len(accounts), until=until.isoformat())
    return [
        Slip(account.person.name, where[account.id], account.username, password, until)
        for account, password in zip(accounts, made, strict=True)
    ]


def give(session: Session, account: Account, hashed: str, *, now: dt.datetime, until: dt.date) -> None:
    """Set a first password; links made before it no longer work."""
    account.password_hash, account.password_set_at = hashed, now
    account.must_change_password, account.first_password_until = True, until
    links.withdraw(session, account, now=now)
    end_sessions(session, account, now=now, why=EndReason.password)


def hashed_in_threads(made: Iterable[str]) -> list[str]:
    """Argon2 lets other threads run while it works: a class takes as long as half of it."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(passwords.hash_password, made))


def places(session: Session, accounts: Sequence[Account]) -> dict[int, str]:
    """Where each person is found: class and seat, unit and 職務, a guardian by their child; one statement for the guardians."""
    guardians = {account.guardian_id: account.id for account in accounts if account.guardian_id}
    found = {account.id: place_of(account) for account in accounts}
    if not guardians:
        return found
    stmt = (
        select(Guardianship.guardian_id, SchoolClass.name, Student.seat_no, Student.name)
        .join(Student, Student.id == Guardianship.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
        .where(Guardianship.guardian_id.in_(guardians))
        .order_by(Guardianship.id)
    )
    children: dict[int, list[str]] = {}
    for guardian, room, seat, name in session.execute(stmt):
        where = f"{room}{f' {seat} 號' if seat else ''} " if room else ""
        children.setdefault(guardians[guardian], []).append(f"{where}{name}")
    return found | {account: f"{'、'.join(names)} 家長" for account, names in children.items()}


def place_of(account: Account) -> str:
    """Where a student or a member of staff is found."""
    student, staff = account.student, account.staff
    if student is not None:
        seat = f" {student.seat_no} 號" if student.seat_no else ""
        return f"{student.school_class.name}{seat}" if student.school_class else "未編班"
    return " ".join(filter(None, (staff.unit, staff.title))) if staff is not None else "家長"
