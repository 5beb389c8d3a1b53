"""Which rows have outlived their time, said once in SQL: by the rules, on a day, never while something that stays refers to them.

A row goes only if `since` (the day its time runs from) is known and lies at least the rule's months back. Whatever refers to it
must go too; a kind without a rule, or with one that keeps, never goes and so keeps what it refers to.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, DateTime, FromClause, Table, and_, case, exists, false, func, not_, select, true
from sqlalchemy.orm import Session

from models.catalogue import METADATA
from models.personal_data import Anchor, RetentionRule
from models.vocabulary import EnrolmentStatus

GONE = (EnrolmentStatus.graduated, EnrolmentStatus.completed, EnrolmentStatus.transferred, EnrolmentStatus.withdrawn)
CREATED = ("created_at", "uploaded_at", "received_on", "opened_on", "created_on", "began_on")
THROUGH = {"guardian": ("guardianship", "guardian_id"), "consultation": ("consultation_student", "consultation_id")}
"""Rows that are about several students, and where those are named: their time runs from the last one's departure."""
PEOPLE = ("student", "staff", "guardian")


@dataclass(frozen=True)
class Limits:
    """The rules in force and the day they are applied on."""

    rules: Mapping[str, tuple[Anchor, int]]
    on: dt.date

    def cutoff(self, kind: str) -> dt.date:
        return months_before(self.on, self.rules[kind][1])


def read_limits(session: Session, *, on: dt.date) -> Limits:
    """Rules that let a kind go at all."""
    rows = session.scalars(select(RetentionRule).where(RetentionRule.months.is_not(None)))
    return Limits({row.kind: (row.anchor, row.months or 0) for row in rows if row.kind in METADATA.tables}, on)


def months_before(day: dt.date, months: int) -> dt.date:
    """The day so many months earlier; the last of a shorter month, so that nothing goes a day too soon."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(max(year, 1), month + 1, min(day.day, monthrange(max(year, 1), month + 1)[1]))


def kinds(limits: Limits) -> list[Table]:
    """Kinds that may go, those that refer to others first."""
    return [table for table in reversed(METADATA.sorted_tables) if table.name in limits.rules]


def since(row: FromClause, kind: str, anchor: Anchor) -> ColumnElement[Any] | None:
    """The day the row's time runs from; NULL where it does not run yet. None: this kind has no such day."""
    if anchor is Anchor.creation:
        return _created(row, kind)
    if anchor is Anchor.semester_end:
        semester = METADATA.tables["semester"].alias()
        ends = select(semester.c.ends_on).where(semester.c.id == row.c.semester_id) if "semester_id" in row.c else None
        return ends.scalar_subquery() if ends is not None else None
    return _departure(row, kind)


def unusable(limits: Limits) -> list[str]:
    """Kinds whose rule counts from a day they do not have: nothing of them ever goes until the rule is put right."""
    tables = {kind: METADATA.tables[kind].alias() for kind in limits.rules}
    return [kind for kind, row in tables.items() if since(row, kind, limits.rules[kind][0]) is None]


def outlived(row: FromClause, kind: str, limits: Limits) -> ColumnElement[bool]:
    """Whether a row's own time is up."""
    found = since(row, kind, limits.rules[kind][0])
    if found is None:
        return false()
    cutoff = limits.cutoff(kind)
    if isinstance(found.type, DateTime):
        return and_(found.is_not(None), found < dt.datetime.combine(cutoff + dt.timedelta(days=1), dt.time()))
    return and_(found.is_not(None), found <= cutoff)


def due(row: FromClause, kind: str, limits: Limits, above: tuple[str, ...] = ()) -> ColumnElement[bool]:
    """Whether a row may go: its time is up, and nothing that stays refers to it."""
    if kind not in limits.rules or kind in above:
        return false()
    kept = (_kept_by(row, kind, child, column, limits, above) for child, column in references(kind))
    return and_(outlived(row, kind, limits), *(not_(each) for each in kept))


def references(kind: str) -> Iterator[tuple[Table, str]]:
    """Kinds of rows that refer to this kind and do not go with it by themselves, and the column they do it by."""
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: str(key.parent.name)):
            if key.column.table.name == kind and not belongs(table):
                yield table, str(key.parent.name)


def belongs(table: Table) -> bool:
    """Whether rows of a table are no records of their own: sign-ins, notices, second factors go with their account."""
    return "version" not in table.columns


def entry_year(row: FromClause, kind: str) -> ColumnElement[Any] | None:
    """The 入學學年度 of the student a row is about."""
    if kind == "student":
        return row.c.entry_year
    if "student_id" not in row.c:
        return None
    student = METADATA.tables["student"].alias()
    return select(student.c.entry_year).where(student.c.id == row.c.student_id).scalar_subquery()


def _kept_by(row: FromClause, kind: str, child: Table, column: str, limits: Limits, above: tuple[str, ...]) -> ColumnElement[bool]:
    other = child.alias()
    stays = not_(due(other, child.name, limits, (*above, kind))) if child.name in limits.rules else true()
    return exists().where(other.c[column] == row.c.id, stays)


def _created(row: FromClause, kind: str) -> ColumnElement[Any] | None:
    """The row's own day, or that of the row it is a part of."""
    own = next((row.c[name] for name in CREATED if name in row.c), None)
    if own is not None:
        return own
    for key in sorted(METADATA.tables[kind].foreign_keys, key=lambda key: str(key.parent.name)):
        whole = key.column.table.alias()
        day = next((whole.c[name] for name in CREATED if name in whole.c), None)
        if day is not None and not key.parent.nullable and key.column.table.name not in (*PEOPLE, "account"):
            return select(day).where(whole.c.id == row.c[key.parent.name]).scalar_subquery()
    return None


def _departure(row: FromClause, kind: str) -> ColumnElement[Any] | None:
    if kind in ("student", "staff"):
        return _left(row, kind)
    if kind in THROUGH:
        return _last_of_several(row, *THROUGH[kind])
    if "student_id" in row.c and not METADATA.tables[kind].c.student_id.nullable:
        return _left_of(row, "student")
    found = [_left_of(row, name) for name in PEOPLE if f"{name}_id" in row.c]
    return None if not found else found[0] if len(found) == 1 else func.coalesce(*found)


def _left(person: FromClause, kind: str) -> ColumnElement[Any]:
    if kind == "staff":
        return person.c.left_on
    return case((person.c.status.in_(GONE), person.c.status_changed_on))


def _left_of(row: FromClause, name: str) -> ColumnElement[Any]:
    person = METADATA.tables[name].alias()
    left = _last_of_several(person, *THROUGH[name]) if name in THROUGH else _left(person, name)
    return select(left).where(person.c.id == row.c[f"{name}_id"]).scalar_subquery()


def _last_of_several(row: FromClause, between: str, column: str) -> ColumnElement[Any]:
    """The last student's departure; NULL while one is still here, or when nobody is named."""
    link, student = METADATA.tables[between].alias(), METADATA.tables["student"].alias()
    left = _left(student, "student")
    last = case((func.count() == func.count(left), func.max(left)))
    found = select(last).select_from(link.join(student, student.c.id == link.c.student_id)).where(link.c[column] == row.c.id)
    return found.scalar_subquery()
