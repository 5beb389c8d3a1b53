"""資安事件: by when it has to be reported, and whom it touched, found from the database alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.classes import SchoolClass
from models.event import Event
from models.evidence import StoredFile, UploadedFile
from models.keeping import Incident
from models.people import Student

HOUR = dt.timedelta(hours=1)
MOST_CHANGES = 40


@dataclass(frozen=True)
class Touched:
    """A class and how many of its students, files and files without a verified second copy were touched."""

    division: str
    school_class: str
    students: int
    files: int
    without_copy: int


def deadline(incident: Incident) -> dt.datetime:
    """By when it has to be reported: one hour after it is known."""
    return incident.known_at + HOUR


def standing(incident: Incident, now: dt.datetime) -> tuple[str, str]:
    """(words, tone) of how the report stands."""
    if incident.reported_at is not None:
        late = incident.reported_at - deadline(incident)
        if late > dt.timedelta(0):
            return f"逾時 {_minutes(late)} 分鐘通報", "bad"
        return "已於一小時內通報", "good"
    left = deadline(incident) - now
    if left < dt.timedelta(0):
        return f"尚未通報，已逾時 {_minutes(-left)} 分鐘", "bad"
    return f"尚未通報，剩 {_minutes(left)} 分鐘", "warn"


def touched(session: Session, incident: Incident) -> list[Touched]:
    """By class, the students whose files came within the time of the incident. One statement."""
    without = func.count(UploadedFile.id).filter(StoredFile.copied_at.is_(None))
    stmt = (
        select(
            Student.division,
            SchoolClass.name,
            func.count(func.distinct(Student.id)),
            func.count(UploadedFile.id),
            without,
        )
        .select_from(UploadedFile)
        .join(Student, Student.id == UploadedFile.student_id)
        .join(StoredFile, StoredFile.id == UploadedFile.stored_file_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
        .where(_during(incident))
        .group_by(Student.division, SchoolClass.name)
        .order_by(Student.division, SchoolClass.name)
    )
    return [Touched(division.zh, name or "", *numbers) for division, name, *numbers in session.execute(stmt)]


def lines(incident: Incident) -> Select[str, str, str, str, str, dt.datetime, int, dt.datetime | None]:
    """Each file with its student: 學號, 姓名, 班級, 檔名, 收檔憑證號, 收檔時間, 大小, 異地備份時間."""
    return (
        select(
            Student.student_no,
            Student.name,
            func.coalesce(SchoolClass.name, ""),
            UploadedFile.name,
            UploadedFile.receipt_no,
            UploadedFile.received_at,
            StoredFile.size,
            StoredFile.copied_at,
        )
        .join(Student, Student.id == UploadedFile.student_id)
        .join(StoredFile, StoredFile.id == UploadedFile.stored_file_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
        .where(_during(incident))
        .order_by(Student.division, SchoolClass.name, Student.student_no, UploadedFile.id)
    )


def changes(session: Session, incident: Incident) -> Sequence[tuple[str, str, int]]:
    """(kind, verb, number) of what the audit trail says happened in that time."""
    stmt = (
        select(Event.kind, Event.verb, func.count())
        .where(Event.at >= incident.began_at, Event.at <= incident.ended_at)
        .group_by(Event.kind, Event.verb)
        .order_by(func.count().desc(), Event.kind, Event.verb)
        .limit(MOST_CHANGES)
    )
    return [(kind, verb, number) for kind, verb, number in session.execute(stmt)]


def latest(session: Session, most: int) -> Sequence[Incident]:
    """The newest incidents; those that are open come first."""
    stmt = select(Incident).order_by(Incident.closed_at.isnot(None), Incident.known_at.desc(), Incident.id.desc())
    return session.scalars(stmt.limit(most)).all()


def _during(incident: Incident) -> ColumnElement[bool]:
    return UploadedFile.received_at.between(incident.began_at, incident.ended_at)


def _minutes(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 60)
