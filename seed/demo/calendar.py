"""The demo school's calendar: three semesters worked out from any day so that the day lies in the last one.

The usual dates are those of the national calendar: 開學 about 1 September and 11 February, 休業式 about 20 January and 30 June.
On a day between two semesters the current one is stretched to the edge of its half of the school year; its source says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from models.values.roc import BEFORE_ROC, school_year_of
from models.vocabulary import WindowKind

FIRST, SECOND = 1, 2
UPLOAD_LASTS = dt.timedelta(days=14)
"""The national rule: uploading stays open until two weeks after 休業式."""
CERTIFICATION_LASTS = dt.timedelta(days=21)
SHORTEST_BREAK = dt.timedelta(days=22)
DUE_AFTER = dt.timedelta(days=28)
"""The invented national deadline; two weeks before it 多元表現 has to be complete (五-後段)."""
BEFORE_DUE = dt.timedelta(days=14)
GRADUATES_EARLIER = dt.timedelta(weeks=8)
"""三年級第2學期 has a window of its own, long before 休業式."""
MORNING, NIGHT = dt.time(8, 0), dt.time(23, 59)


@dataclass(frozen=True)
class TermPlan:
    """One semester: ROC school year, 1 or 2, its dates. `shifted`: moved from the usual dates to have a semester under way."""

    year: int
    number: int
    starts_on: dt.date
    ends_on: dt.date
    closed_on: dt.date | None = None
    shifted: bool = False

    @property
    def due_on(self) -> dt.date:
        return self.ends_on + DUE_AFTER


@dataclass(frozen=True)
class WindowPlan:
    """When students or teachers of one grade may do something."""

    kind: WindowKind
    grade: int
    opens_at: dt.datetime
    closes_at: dt.datetime


def school_calendar(today: dt.date) -> tuple[TermPlan, TermPlan, TermPlan]:
    """Two closed semesters and the current one, which holds `today`."""
    current = _around(today)
    previous = _before(current)
    return _before(previous), previous, current


def windows(term: TermPlan) -> list[WindowPlan]:
    """The windows of a semester, grade by grade."""
    return [window for grade in (1, 2, 3) for window in _windows(term, grade)]


def workday(day: dt.date, step: int) -> dt.date:
    """`day`, or the nearest weekday before (-1) or after (1) it."""
    while day.weekday() > 4:
        day += dt.timedelta(days=step)
    return day


def _around(today: dt.date) -> TermPlan:
    year = school_year_of(today)
    number = SECOND if 2 <= today.month <= 7 else FIRST
    usual = _usual(year, number)
    first, last = _half(year, number)
    starts_on = usual.starts_on if usual.starts_on <= today else first
    ends_on = usual.ends_on if today <= usual.ends_on else last
    return replace(usual, starts_on=starts_on, ends_on=ends_on, shifted=(starts_on, ends_on) != (usual.starts_on, usual.ends_on))


def _before(later: TermPlan) -> TermPlan:
    usual = _usual(later.year - (later.number == FIRST), FIRST if later.number == SECOND else SECOND)
    ends_on = min(usual.ends_on, workday(later.starts_on - SHORTEST_BREAK, -1))
    return replace(usual, ends_on=ends_on, closed_on=later.starts_on - dt.timedelta(days=1), shifted=ends_on != usual.ends_on)


def _usual(year: int, number: int) -> TermPlan:
    west = year + BEFORE_ROC
    if number == FIRST:
        starts_on, ends_on = dt.date(west, 9, 1), dt.date(west + 1, 1, 20)
    else:
        starts_on, ends_on = dt.date(west + 1, 2, 11), dt.date(west + 1, 6, 30)
    return TermPlan(year, number, workday(starts_on, -1), workday(ends_on, 1))


def _half(year: int, number: int) -> tuple[dt.date, dt.date]:
    """A school year runs from August to July, its halves from August to January and from February to July."""
    west = year + BEFORE_ROC
    if number == FIRST:
        return dt.date(west, 8, 1), dt.date(west + 1, 1, 31)
    return dt.date(west + 1, 2, 1), dt.date(west + 1, 7, 31)


def _windows(term: TermPlan, grade: int) -> list[WindowPlan]:
    end = term.ends_on - (GRADUATES_EARLIER if grade == 3 and term.number == SECOND else dt.timedelta())
    days = (
        (WindowKind.upload, term.starts_on, end + UPLOAD_LASTS),
        (WindowKind.certification, term.starts_on, end + CERTIFICATION_LASTS),
        (WindowKind.selection, end, end + DUE_AFTER),
        (WindowKind.confirmation, end + dt.timedelta(days=35), end + dt.timedelta(days=41)),
        (WindowKind.achievement, term.starts_on, min(end + UPLOAD_LASTS, term.due_on - BEFORE_DUE)),
    )
    return [
        WindowPlan(kind, grade, dt.datetime.combine(opens, MORNING), dt.datetime.combine(closes, NIGHT))
        for kind, opens, closes in days
    ]
