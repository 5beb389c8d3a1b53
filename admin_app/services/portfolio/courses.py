"""The courses of a student's semester, with what hangs on each: only a course on the student's own roll that counts credit."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.classes import Course, Enrolment, Teaching
from models.people import Student
from models.records.learning_outcome import LearningOutcome, open_courses

NOT_COUNTED = "不採計學分（學時），不能登錄學習成果"


@dataclass(slots=True)
class OwnCourse:
    """A course of the student's, its teachers, and the outcomes in it. `why_not`: why no outcome may hang on it."""

    teaching: Teaching
    why_not: str = ""
    outcomes: list[LearningOutcome] = field(default_factory=list)

    @property
    def zh(self) -> str:
        return self.teaching.course.name


def own_courses(session: Session, student: Student, semester_id: int) -> list[OwnCourse]:
    """Every course of the student's semester, those that take an outcome first. Two statements."""
    stmt = (
        select(Teaching)
        .join(Enrolment, Enrolment.teaching_id == Teaching.id)
        .join(Course, Course.id == Teaching.course_id)
        .where(Enrolment.student_id == student.id, Teaching.semester_id == semester_id)
        .options(joinedload(Teaching.course), joinedload(Teaching.staff))
        .order_by(Course.name, Teaching.id)
    )
    counted = set(session.scalars(open_courses(student.id)))
    found = {each.id: OwnCourse(each, "" if each.id in counted else NOT_COUNTED) for each in session.scalars(stmt)}
    for outcome in outcomes_of(session, student, semester_id):
        own = found.setdefault(outcome.teaching_id, OwnCourse(outcome.teaching, "這門課已不在您的修課名單上"))
        own.outcomes.append(outcome)
    return sorted(found.values(), key=lambda own: (bool(own.why_not), not own.outcomes))


def outcomes_of(session: Session, student: Student, semester_id: int) -> list[LearningOutcome]:
    """The student's outcomes of a semester, as they were made."""
    stmt = (
        select(LearningOutcome)
        .where(LearningOutcome.student_id == student.id, LearningOutcome.semester_id == semester_id)
        .options(
            joinedload(LearningOutcome.teaching).joinedload(Teaching.course),
            joinedload(LearningOutcome.teaching).joinedload(Teaching.staff),
        )
        .order_by(LearningOutcome.id)
    )
    return list(session.scalars(stmt))
