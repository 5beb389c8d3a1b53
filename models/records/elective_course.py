"""選修課程名稱: the electives a student takes, after course selection (五-(二)-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link
from models.classes import Course
from models.records.base import StudentRecord
from models.records.rules import is_not_negative
from models.vocabulary import Subject


class ElectiveCourse(StudentRecord):
    """One elective of one student in one semester."""

    __tablename__ = "elective_course"
    __zh__ = "選修課程名稱"
    __subject__ = Subject.elective_course
    __natural_key__ = ("student", "semester", "course")

    course_id: Mapped[int] = field("課程代碼", ForeignKey("course.id"), index=True, example="114030402V2170101020001")
    course_name: Mapped[str] = field(
        "選修課程名稱", String(80), default="", help="選課時的名稱；留白時帶入課程的科目名稱", example="創意程式設計"
    )
    credits: Mapped[Decimal | None] = field("學分", Numeric(4, 1), example="2", measure="sum")
    chosen_on: Mapped[dt.date | None] = field("選課日期", Date, example="1150905")

    course: Mapped[Course] = link("課程")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("student_id", "semester_id", "course_id"), is_not_negative("credits"))

    @validates("course")
    def _take_name(self, key: str, value: Course) -> Course:
        self.course_name = self.course_name or value.name
        return value

    @validates("course_name")
    def _name(self, key: str, value: str | None) -> str:
        return value or (self.course.name if self.course else "")

    def __str__(self) -> str:
        return f"{self.student.name} {self.course_name}"
