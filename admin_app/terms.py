"""The semesters as one request sees them: which is current, which are closed, which edition each was stamped with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import Session

from models.calendar import SchoolYear, Semester
from models.regulation import Edition
from models.vocabulary import EditionStatus, SemesterTerm


@dataclass(frozen=True, slots=True)
class Term:
    """One semester. `edition_id`: the edition stamped on it, else the one in force when it starts (None: none published)."""

    id: int
    year: int
    number: int
    starts_on: dt.date
    ends_on: dt.date
    closed_on: dt.date | None
    edition_id: int | None

    @property
    def zh(self) -> str:
        return f"{self.year} 學年度第 {self.number} 學期"

    def open_on(self, day: dt.date) -> bool:
        """A row may be recorded from 開學 until the semester is closed."""
        return self.starts_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True)
class Terms:
    """All semesters, the newest first."""

    all: tuple[Term, ...]
    in_force: int | None
    """The edition in force today, for a school without a semester yet."""

    def current(self, on: dt.date) -> Term | None:
        """The newest semester that has started; before the first one starts, the first."""
        return next((term for term in self.all if term.starts_on <= on), self.all[-1] if self.all else None)

    def find(self, term_id: int) -> Term | None:
        return next((term for term in self.all if term.id == term_id), None)

    def edition_id(self, on: dt.date) -> int | None:
        """The edition that decides who may do what today."""
        current = self.current(on)
        return (current.edition_id if current else None) or self.in_force


def load_terms(session: Session, *, on: dt.date) -> Terms:
    """Every semester with its edition, in one statement."""
    session.flush()
    rows = session.connection().execute(_every_term(), {"on": on}).all()
    in_force = rows[0].in_force if rows else session.scalar(select(_in_force()), {"on": on})
    return Terms(tuple(_term(row) for row in rows), in_force)


@cache
def _every_term() -> Any:
    """The statement, put together once: every request asks it."""
    at_start = _newest(Edition.effective_on <= Semester.starts_on).correlate(Semester).scalar_subquery()
    return (
        select(
            Semester.id,
            SchoolYear.year,
            Semester.term,
            Semester.starts_on,
            Semester.ends_on,
            Semester.closed_on,
            func.coalesce(Semester.edition_id, at_start).label("edition_id"),
            _in_force().label("in_force"),
        )
        .join(SchoolYear, SchoolYear.id == Semester.school_year_id)
        .order_by(Semester.starts_on.desc())
    )


def _in_force() -> ScalarSelect[int]:
    return _newest(Edition.effective_on <= bindparam("on", type_=Date)).scalar_subquery()


def _newest(in_time: ColumnElement[bool]) -> Select[int]:
    """The published edition that took effect last."""
    published = select(Edition.id).where(Edition.status == EditionStatus.published, in_time)
    return published.order_by(Edition.effective_on.desc(), Edition.id.desc()).limit(1)


def _term(row: Any) -> Term:
    number = 1 if row.term is SemesterTerm.first else 2
    return Term(row.id, row.year, number, row.starts_on, row.ends_on, row.closed_on, row.edition_id)
