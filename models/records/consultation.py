"""課程諮詢紀錄: when, where, what was asked and what was advised, with a group or one student (五-(二)-2).

Stays in the school. A group's list says how many took part, never who: each student is named to themselves only.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    Time,
    UniqueConstraint,
    and_,
    case,
    cast,
    event,
    exists,
    func,
    not_,
    select,
)
from sqlalchemy.orm import Mapped, relationship, validates

from models.base import field, link
from models.people import Staff, Student
from models.records.base import SemesterRecord, StudentRecord
from models.records.computed import computed
from models.records.rules import at_least_one, closes_after_it_opens, fits
from models.values.roc import format_roc
from models.vocabulary import Subject, Term

CONTENT_LENGTH = 150
"""諮詢內容 as school platforms limit it."""

MEETING = "日期、時間、地點"
TALK = "諮詢內容及意見"


class ConsultationMode(Term):
    """諮詢類別."""

    group = "團體"
    individual = "個別"


class Consultation(SemesterRecord):
    """One consultation by a 課程諮詢教師, with the students who took part."""

    __tablename__ = "consultation"
    __zh__ = "課程諮詢紀錄"
    __subject__ = Subject.consultation
    __natural_key__ = ("semester", "counselor", "held_on", "began_at", "topic")

    counselor_id: Mapped[int] = field("諮詢教師", ForeignKey("staff.id"), example="T001", group=MEETING)
    mode: Mapped[ConsultationMode] = field("諮詢類別", index=True, example="團體", group=MEETING)
    held_on: Mapped[dt.date] = field("日期", Date, index=True, example="1150915", group=MEETING)
    began_at: Mapped[dt.time] = field("開始時間", Time, example="12:30", group=MEETING)
    ended_at: Mapped[dt.time | None] = field("結束時間", Time, example="13:10", group=MEETING)
    place: Mapped[str] = field("地點", String(40), example="輔導室團諮教室", group=MEETING)
    topic: Mapped[str] = field("諮詢主題", String(60), example="二年級選課說明", group=TALK)
    content: Mapped[str] = field(
        "諮詢內容",
        String(CONTENT_LENGTH),
        group=TALK,
        help="談了什麼、給了哪些說明，最多 150 字",
        example="說明二年級加深加廣選修與繁星推薦的關係。",
    )
    opinion: Mapped[str] = field("諮詢意見", Text, default="", help="課程諮詢教師的建議", group=TALK)

    counselor: Mapped[Staff] = link("諮詢教師")
    participants: Mapped[list[ConsultationStudent]] = link(
        "諮詢對象名單", back_populates="consultation", cascade="all, delete-orphan"
    )
    students: Mapped[list[Student]] = relationship(
        secondary="consultation_student", viewonly=True, order_by="Student.student_no", info={"zh": "諮詢對象", "required": True}
    )
    """Who took part. Putting a student here or taking one away does the same to `participants`, which are what is stored."""

    if TYPE_CHECKING:
        attendees: Mapped[str]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("semester_id", "counselor_id", "held_on", "began_at", "topic"),
            Index(None, "counselor_id", "semester_id"),
            closes_after_it_opens(),
            at_least_one("content"),
            fits("content", CONTENT_LENGTH),
        )

    @classmethod
    def among(cls, students: Select[Any], *, every: bool) -> ColumnElement[bool]:
        """Consultations in which one of `students` took part; `every`: and nobody else did."""
        mine = exists().where(ConsultationStudent.consultation_id == cls.id, ConsultationStudent.student_id.in_(students))
        other = exists().where(ConsultationStudent.consultation_id == cls.id, ConsultationStudent.student_id.not_in(students))
        return and_(mine, not_(other)) if every else mine

    @validates("students", include_removes=True)
    def _enrol(self, key: str, student: Student, is_remove: bool) -> Student:
        present = next((each for each in self.participants if each.student is student), None)
        if is_remove and present:
            self.participants.remove(present)
        elif not is_remove and not present:
            self.participants.append(ConsultationStudent(student=student))
            self.division = student.division
        return student

    def __str__(self) -> str:
        return f"{format_roc(self.held_on)} {self.topic}"


class ConsultationStudent(StudentRecord):
    """諮詢對象: one student in a consultation; always in the consultation's semester."""

    __tablename__ = "consultation_student"
    __zh__ = "課程諮詢對象"
    __subject__ = Subject.consultation
    __natural_key__ = ("consultation", "student")

    consultation_id: Mapped[int] = field("課程諮詢紀錄", ForeignKey("consultation.id"))

    consultation: Mapped[Consultation] = link("課程諮詢紀錄", back_populates="participants")

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (UniqueConstraint("consultation_id", "student_id"),)

    @validates("consultation")
    def _same_semester(self, key: str, value: Consultation | None) -> Consultation | None:
        if value is not None and value.semester is not None:
            self.semester = value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.consultation.topic}"


@event.listens_for(ConsultationStudent, "before_insert")
def keep_semester(mapper: Any, connection: Any, row: ConsultationStudent) -> None:
    """A student added before the consultation had its semester gets it now."""
    if row.consultation is not None:
        row.semester_id = row.consultation.semester_id


Consultation.attendees = computed(
    "諮詢對象",
    select(case((func.count() == 1, func.max(Student.name)), else_=cast(func.count(), String(10)) + " 人"))
    .select_from(ConsultationStudent)
    .join(Student, Student.id == ConsultationStudent.student_id)
    .where(ConsultationStudent.consultation_id == Consultation.id)
    .correlate(Consultation)
    .scalar_subquery(),
    help="一人時為姓名，多人時為人數",
)
