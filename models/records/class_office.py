"""班級幹部, recorded by 訓育組 (五-(四)-1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field
from models.people import Student
from models.records.office import Office
from models.vocabulary import Subject


class ClassOffice(Office):
    """An office in the student's class."""

    __tablename__ = "class_office"
    __zh__ = "班級幹部"
    __subject__ = Subject.class_office
    __natural_key__ = ("student", "semester", "title", "began_on")

    unit_name: Mapped[str] = field("單位名稱", String(40), default="", help="班級名稱；留白時帶入學生現在的班級", example="機一甲")
    level: Mapped[str] = field("幹部等級", String(2), default="2", codes="school_office_level", example="2")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), UniqueConstraint("student_id", "semester_id", "title", "began_on"))

    @validates("student")
    def _keep_division(self, key: str, value: Student) -> Student:
        self.unit_name = self.unit_name or _class_name(value)
        return super()._keep_division(key, value)

    @validates("unit_name")
    def _unit(self, key: str, value: str | None) -> str:
        return value or _class_name(self.student)

    def __str__(self) -> str:
        return f"{self.student.name} {self.unit_name} {self.title}"


def _class_name(student: Student | None) -> str:
    return student.school_class.name if student and student.school_class else ""
