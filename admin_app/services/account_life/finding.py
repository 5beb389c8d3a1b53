"""What the keepers look after: accounts counted by state, each count with the address of its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from admin_app.services.account_life.creating import AT_SCHOOL
from models.people import Account, Guardian, Guardianship, Staff, Student
from models.values.roc import format_roc
from models.vocabulary import Division


@dataclass(frozen=True, slots=True)
class Count:
    """A state of accounts: how many, what it means, and the filters of the accounts' grid that show them."""

    name: str
    zh: str
    number: int
    help: str
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SharedMail:
    """One mail address in the rosters of several people: their accounts cannot all have it."""

    email: str
    people: tuple[str, ...]


def counts(session: Session, divisions: Sequence[Division], *, on: dt.date, idle_days: int) -> list[Count]:
    """The accounts of these divisions by state; one statement."""
    since = on - dt.timedelta(days=idle_days)
    states = _states(on, since)
    row = session.execute(
        select(*(func.count().filter(condition) for _, _, condition, _, _ in states)).where(Account.division.in_(divisions))
    ).one()
    return [Count(name, zh, number, help, filters) for (name, zh, _, help, filters), number in zip(states, row, strict=True)]


def _states(on: dt.date, since: dt.date) -> list[tuple[str, str, ColumnElement[bool], str, dict[str, str]]]:
    yesterday, before = format_roc(on - dt.timedelta(days=1)), format_roc(since)
    days = (on - since).days
    in_time = or_(Account.expires_on.is_(None), Account.expires_on >= on)
    usable = and_(Account.enabled, in_time)
    on_flag, off_flag = {"flt.enabled.is": "1"}, {"flt.enabled.is": "0"}
    return [
        ("usable", "啟用中", usable, "未停用也未到期", on_flag),
        ("disabled", "停用", Account.enabled.is_(False), "由管理者停用或閒置停用", off_flag),
        (
            "expired",
            "已到期",
            and_(Account.enabled, Account.expires_on < on),
            "過了到期日",
            {**on_flag, "flt.expires_on.to": yesterday},
        ),
        (
            "idle",
            f"逾 {days} 日未登入",
            and_(usable, Account.signed_in_at < dt.datetime.combine(since, dt.time())),
            "曾經登入，之後很久沒有",
            {**on_flag, "flt.signed_in_at.to": before},
        ),
        (
            "never",
            "從未登入",
            and_(usable, Account.signed_in_at.is_(None)),
            "建立後還沒有登入過",
            {**on_flag, "flt.signed_in_at.empty": "1"},
        ),
        (
            "first_password",
            "首次密碼未改",
            and_(usable, Account.must_change_password, Account.password_hash != ""),
            "拿到密碼單，還沒換成自己的密碼",
            {**on_flag, "flt.must_change_password.is": "1", "flt.first_password_until.empty": "0"},
        ),
    ]


def unused_since(before: dt.datetime) -> ColumnElement[bool]:
    """Last used before a moment, or made before it and never used."""
    never = and_(Account.signed_in_at.is_(None), Account.created_on < before.date())
    return or_(Account.signed_in_at < before, never)


def departed(on: dt.date) -> ColumnElement[bool]:
    """Accounts of people who no longer belong to the school: left, graduated, transferred, or without a child at school."""
    gone_student = exists().where(Student.id == Account.student_id, Student.status.not_in(AT_SCHOOL))
    gone_staff = exists().where(Staff.id == Account.staff_id, Staff.left_on < on)
    child = exists().where(
        Guardianship.guardian_id == Account.guardian_id, Student.id == Guardianship.student_id, Student.status.in_(AT_SCHOOL)
    )
    return or_(gone_student, gone_staff, and_(Account.guardian_id.is_not(None), ~child))


def shared_mails(session: Session, divisions: Sequence[Division], *, most: int = 50) -> list[SharedMail]:
    """Mail addresses that stand in the rosters of more than one person."""
    everybody = union_all(
        *(
            select(func.lower(model.email).label("email"), model.name, model.code).where(
                model.email != "", model.division.in_(divisions)
            )
            for model in (Staff, Guardian)
        )
    ).subquery()
    twice = select(everybody.c.email).group_by(everybody.c.email).having(func.count() > 1).order_by(everybody.c.email).limit(most)
    found: dict[str, list[str]] = {}
    rows = select(everybody).where(everybody.c.email.in_(twice)).order_by(everybody.c.email, everybody.c.code)
    for email, name, code in session.execute(rows):
        found.setdefault(email, []).append(f"{name}（{code}）")
    return [SharedMail(email, tuple(people)) for email, people in found.items()]
