"""Whether something may be done now: the one place that decides, by server time, for a student in a semester.

A window of the student's class goes before one of the grade, of the division, of everybody. Where the school has not set one the
national floor holds. A person's own extension moves the end for that person. A body that had begun to arrive before the end is
taken for `GRACE` longer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calendar import Semester, Window
from models.classes import SchoolClass
from models.extension import Extension
from models.people import Student
from models.values.roc import format_roc
from models.vocabulary import Division, WindowKind
from models.window_rules import AFTER_THE_LAST_DAY, BEFORE_THE_NATIONAL_DAY

GRACE = dt.timedelta(minutes=10)
"""How much longer than the end a body may take that began to arrive before it."""
CERTIFYING_LASTS = dt.timedelta(days=21)
"""休業式 + three weeks, where the school has set nothing: a week to certify what came on the last day."""
EVENING = dt.time(23, 59, 59)
MOST_CLASSES, PART = 6, 3
"""More classes than this with one last day, and more than a third of them all: too many."""
NOT_SET = "學校還沒有訂出這學期的{kind}時段，請洽開設學期的單位。"


@dataclass(frozen=True, slots=True)
class Open:
    """It may be done now, until `closes_at`. `extended`: the person's own, later end."""

    opens_at: dt.datetime
    closes_at: dt.datetime
    extended: bool = False

    def __bool__(self) -> bool:
        return True

    def left(self, now: dt.datetime) -> tuple[int, int]:
        """Whole days and whole hours beside them until the end."""
        seconds = max(0, int((self.closes_at - now).total_seconds()))
        return seconds // 86_400, seconds % 86_400 // 3_600


@dataclass(frozen=True, slots=True)
class Closed:
    """It may not be done now, and why."""

    sentence: str

    def __bool__(self) -> bool:
        return False


Answer = Open | Closed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a student stands: all that a window asks of one."""

    division: Division
    grade: int | None
    school_class_id: int | None


def place_of(student: Student) -> Place:
    """The student's division, grade and class."""
    return Place(student.division, student.school_class.grade if student.school_class else None, student.school_class_id)


@dataclass(frozen=True)
class Windows:
    """What a semester's windows and extensions say; read once for a page, however many students it shows."""

    semester: Semester
    rows: Sequence[Window]
    extensions: dict[tuple[int, WindowKind], dt.datetime] = field(default_factory=dict)

    def of(self, kind: WindowKind, student: Student, *, now: dt.datetime, began_at: dt.datetime | None = None) -> Answer:
        """Whether it may be done `now` by the student, or to their work. `began_at`: when the body began to arrive."""
        if self.semester.closed_on is not None and now.date() >= self.semester.closed_on:
            return Closed(f"{self.semester}已關閉，各項紀錄只能查閱。")
        found = self.times(kind, place_of(student))
        if found is None:
            return Closed(NOT_SET.format(kind=kind.zh))
        opens_at, closes_at = found
        later = self.extensions.get((student.id, kind))
        extended = later is not None and later > closes_at
        closes_at = later if later is not None and extended else closes_at
        if now < opens_at:
            return Closed(f"{kind.zh}尚未開放，{told(opens_at)} 開始。")
        in_time = now <= closes_at or (began_at is not None and began_at <= closes_at and now <= closes_at + GRACE)
        if not in_time:
            return Closed(f"{kind.zh}已於 {told(closes_at)} 截止。有特殊情形請洽教務單位申請延期。")
        return Open(opens_at, closes_at, extended)

    def times(self, kind: WindowKind, place: Place) -> tuple[dt.datetime, dt.datetime] | None:
        """From when to when for everybody there; None when nothing is set."""
        fitting = [each for each in self.rows if each.kind is kind and _fits(each, place)]
        if not fitting:
            return self._usual(kind)
        best = max(fitting, key=lambda each: (_precision(each), each.id))
        return best.opens_at, best.closes_at

    def _usual(self, kind: WindowKind) -> tuple[dt.datetime, dt.datetime] | None:
        """What holds before the school has set anything."""
        term = self.semester
        last = {
            WindowKind.upload: term.ends_on + AFTER_THE_LAST_DAY,
            WindowKind.certification: term.ends_on + CERTIFYING_LASTS,
            WindowKind.achievement: (term.national_due_on - BEFORE_THE_NATIONAL_DAY) if term.national_due_on else dt.date.max,
        }.get(kind)
        return None if last is None else (dt.datetime.combine(term.starts_on, dt.time()), dt.datetime.combine(last, EVENING))


def told(moment: dt.datetime) -> str:
    """A moment as people read it: 民國 date, hour and minute."""
    return f"{format_roc(moment.date())} {moment:%H:%M}"


def load(session: Session, semester: Semester, students: Iterable[int] | None = None) -> Windows:
    """The windows of a semester with the extensions of these students (None: of all): two statements."""
    rows = session.scalars(select(Window).where(Window.semester_id == semester.id)).all()
    stmt = select(Extension.student_id, Extension.kind, Extension.until).where(Extension.semester_id == semester.id)
    if students is not None:
        stmt = stmt.where(Extension.student_id.in_(list(students)))
    return Windows(semester, rows, {(student, kind): until for student, kind, until in session.execute(stmt)})


def window(
    session: Session,
    kind: WindowKind,
    student: Student,
    semester: Semester,
    *,
    now: dt.datetime,
    began_at: dt.datetime | None = None,
) -> Answer:
    """Whether `student` may do `kind` in `semester` `now`."""
    return load(session, semester, [student.id]).of(kind, student, now=now, began_at=began_at)


def crowded(session: Session, semester: Semester) -> list[tuple[dt.date, int]]:
    """Last days of uploading that too many classes share, with how many do: what jammed the platforms in 2021."""
    classes = session.scalars(select(SchoolClass).where(SchoolClass.school_year_id == semester.school_year_id)).all()
    book = load(session, semester, [])
    days: Counter[dt.date] = Counter()
    for each in classes:
        times = book.times(WindowKind.upload, Place(each.division, each.grade, each.id))
        if times is not None:
            days[times[1].date()] += 1
    return sorted((day, count) for day, count in days.items() if count > MOST_CLASSES and count * PART > len(classes))


def _fits(row: Window, place: Place) -> bool:
    return (
        row.division in (None, place.division)
        and row.grade in (None, place.grade)
        and row.school_class_id in (None, place.school_class_id)
    )


def _precision(row: Window) -> tuple[bool, bool, bool]:
    return row.school_class_id is not None, row.grade is not None, row.division is not None
