"""「本學期不上傳」: stated and taken back by the student. What was uploaded speaks against it, and ends it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import judge, may, require
from models.catalogue import ACHIEVEMENTS
from models.nothing_to_upload import NoAchievement, Nothing, NoUpload
from models.people import Student
from models.records.base import StudentRecord
from models.records.learning_outcome import LearningOutcome
from models.vocabulary import Act, Subject

STATEMENTS: dict[Subject, type[Nothing]] = {Subject.outcome: NoUpload, Subject.achievement: NoAchievement}


class Spoken(Exception):
    """Something of this semester speaks against the statement."""


def find(session: Session, subject: Subject, student: Student, semester_id: int) -> Nothing | None:
    """What the student stated about a semester."""
    model = STATEMENTS[subject]
    return session.scalar(select(model).where(model.student_id == student.id, model.semester_id == semester_id))


def state(session: Session, subject: Subject, student: Student, semester_id: int, *, by: Actor, reason: str = "") -> Nothing:
    """State it; a second time changes the reason only. Raises Spoken when something was uploaded already."""
    verdict = require(may(by, Act.record, subject, student.division))
    if _has_something(session, subject, student, semester_id):
        raise Spoken(f"本學期已有{subject.zh}，不能表示不上傳。要收回請先刪除草稿或撤回。")
    row = find(session, subject, student, semester_id)
    audit.acting(session, verdict)
    if row is None:
        row = STATEMENTS[subject](student=student, semester_id=semester_id)
        session.add(row)
    row.reason = reason
    session.flush()
    require(judge(session, by, Act.record, row))
    return row


def withdraw(session: Session, subject: Subject, student: Student, semester_id: int, *, by: Actor) -> bool:
    """Take it back; whether there was one."""
    row = find(session, subject, student, semester_id)
    if row is None:
        return False
    audit.acting(session, require(judge(session, by, Act.record, row)))
    session.delete(row)
    session.flush()
    return True


def _has_something(session: Session, subject: Subject, student: Student, semester_id: int) -> bool:
    kinds: tuple[type[StudentRecord], ...] = (LearningOutcome,) if subject is Subject.outcome else ACHIEVEMENTS
    found = (
        session.scalar(select(kind.id).where(kind.student_id == student.id, kind.semester_id == semester_id).limit(1))
        for kind in kinds
    )
    return any(each is not None for each in found)
