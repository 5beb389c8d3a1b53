"""勾選: what goes to the national database, at most so many of each in a school year. The database holds the places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import judge, require
from admin_app.services.evidence import load_upload_limits
from admin_app.services.outcomes.taking import NotNow, Taken, must_be_possible, take
from models.evidence import LimitKind
from models.records.achievements.base import Achievement
from models.records.learning_outcome import LearningOutcome
from models.selection import SelectionKind, SelectionPlace
from models.vocabulary import Act

Selectable = LearningOutcome | Achievement
LIMITS = {SelectionKind.outcome: LimitKind.selected_outcomes, SelectionKind.achievement: LimitKind.selected_achievements}
AT_ONCE = "剛剛有另一個分頁或裝置也在勾選，請重新整理頁面後再按一次。"


def choose(session: Session, row: Selectable, *, by: Actor, now: dt.datetime) -> None:
    """Put it in one of the student's free places. `NotNow` when there is none."""
    taken = Taken(require(judge(session, by, Act.select, row)), now)
    must_be_possible(session, row, taken, "select")
    place = _free_place(session, row)
    take(session, row, taken, "select")
    try:
        session.add(place)
        session.flush()
    except IntegrityError:
        session.rollback()
        raise NotNow(AT_ONCE) from None


def unselect(session: Session, row: Selectable, *, by: Actor, now: dt.datetime) -> None:
    """Take it out; the place is free again."""
    taken = Taken(require(judge(session, by, Act.select, row)), now)
    must_be_possible(session, row, taken, "unselect")
    for place in session.scalars(select(SelectionPlace).where(*_of(row))):
        session.delete(place)
    take(session, row, taken, "unselect")


def places(session: Session, student_id: int, school_year_id: int, kind: SelectionKind) -> Sequence[SelectionPlace]:
    """The places a student has filled in a school year, in order: exactly what will be sent."""
    stmt = select(SelectionPlace).where(
        SelectionPlace.student_id == student_id, SelectionPlace.school_year_id == school_year_id, SelectionPlace.kind == kind
    )
    return session.scalars(stmt.order_by(SelectionPlace.number)).all()


def kind_of(row: Selectable) -> SelectionKind:
    """Which places count for a row."""
    return SelectionKind.outcome if isinstance(row, LearningOutcome) else SelectionKind.achievement


def most(session: Session, kind: SelectionKind, year: int) -> int:
    """How many places a student has in a school year (ROC)."""
    return load_upload_limits(session, year)[LIMITS[kind]]


def _free_place(session: Session, row: Selectable) -> SelectionPlace:
    """The lowest place nobody has. Should the student's other device take it first, the database refuses the second."""
    year, kind = row.semester.school_year, kind_of(row)
    top = most(session, kind, year.year)
    used = {each.number for each in places(session, row.student_id, year.id, kind)}
    free = next((number for number in range(1, top + 1) if number not in used), None)
    if free is None:
        raise NotNow(f"{year}的{kind.zh}最多勾選 {top} 件，已經勾滿了；要換一件，請先取消勾選別件。")
    return SelectionPlace(
        student_id=row.student_id,
        school_year_id=year.id,
        kind=kind,
        number=free,
        most=top,
        record_kind=row.__tablename__,
        record_id=row.id,
    )


def _of(row: Selectable) -> tuple[ColumnElement[bool], ...]:
    return SelectionPlace.record_kind == row.__tablename__, SelectionPlace.record_id == row.id
