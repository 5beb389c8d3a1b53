"""What holds of every 作業時段, whoever writes it down: the national floors and the order of the steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, event, inspect, select

from models.calendar import Semester, Window
from models.classes import SchoolClass
from models.values.roc import format_roc
from models.vocabulary import SemesterTerm, WindowKind

AFTER_THE_LAST_DAY = dt.timedelta(days=14)
"""The national rule: uploading stays open for two weeks after 休業式, except in 三年級第2學期."""
BEFORE_THE_NATIONAL_DAY = dt.timedelta(days=14)
"""五-(四): 多元表現 is complete two weeks before the national deadline."""
LAST_GRADE = 3


@event.listens_for(Window, "before_insert")
@event.listens_for(Window, "before_update")
def must_be_sound(mapper: Any, connection: Connection, row: Window) -> None:
    """ValueError with what to change when a window closes too early or too late."""
    if not any(inspect(row).attrs[key].history.has_changes() for key in ("kind", "closes_at", "grade", "semester_id")):
        return
    term = connection.execute(select(Semester.__table__).where(Semester.id == row.semester_id)).one()
    grade = row.grade or _grade_of(connection, row.school_class_id)
    if row.kind is WindowKind.upload and not (grade == LAST_GRADE and term.term is SemesterTerm.second):
        floor = term.ends_on + AFTER_THE_LAST_DAY
        if row.closes_at.date() < floor:
            raise ValueError(
                f"學生上傳至少要開放到休業式後兩週（{format_roc(floor)}），請延後截止時間；只有三年級第 2 學期可以較早。"
            )
    if row.kind is WindowKind.achievement and term.national_due_on is not None:
        last = term.national_due_on - BEFORE_THE_NATIONAL_DAY
        if row.closes_at.date() > last:
            raise ValueError(f"多元表現須於國教署期限的二週前完成（補充規定五），截止日不可晚於 {format_roc(last)}。")
    _certify_after_upload(connection, row)


def _grade_of(connection: Connection, school_class_id: int | None) -> int | None:
    return connection.scalar(select(SchoolClass.grade).where(SchoolClass.id == (school_class_id or 0)))


def _certify_after_upload(connection: Connection, row: Window) -> None:
    """Teachers need time after the last upload: what is sent on the last evening is still certified."""
    other = {WindowKind.upload: WindowKind.certification, WindowKind.certification: WindowKind.upload}.get(row.kind)
    if other is None:
        return
    table = Window.__table__.c
    same = (table.semester_id == row.semester_id, table.kind == other, table.id != (row.id or 0))
    whose = tuple(
        column.is_(None) if value is None else column == value
        for column, value in (
            (table.division, row.division),
            (table.grade, row.grade),
            (table.school_class_id, row.school_class_id),
        )
    )
    closes = connection.scalars(select(table.closes_at).where(*same, *whose)).all()
    if any((row.closes_at >= each) if row.kind is WindowKind.upload else (row.closes_at <= each) for each in closes):
        raise ValueError("教師認證須在學生上傳截止之後才截止，請調整其中一個的截止時間。")
