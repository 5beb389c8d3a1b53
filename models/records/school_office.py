"""校級幹部: offices of the whole school, such as 學生會 and 畢聯會. The rule names no owner; a relation row does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.office import Office
from models.records.rules import only_once
from models.vocabulary import Subject


class SchoolOffice(Office):
    """An office of the whole school."""

    __tablename__ = "school_office"
    __zh__ = "校級幹部"
    __subject__ = Subject.school_office
    __natural_key__ = ("student", "semester", "unit_name", "title", "began_on")

    unit_name: Mapped[str] = field("單位名稱", String(40), index=True, example="學生會")
    title: Mapped[str] = field("擔任職務", String(40), index=True, example="會長")
    level: Mapped[str] = field("幹部等級", String(2), default="1", codes="school_office_level", example="1")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), only_once(cls.__tablename__, "student_id", "semester_id", "unit_name", "title", "began_on"))

    def __str__(self) -> str:
        return f"{self.student.name} {self.unit_name} {self.title}"
