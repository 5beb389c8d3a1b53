"""「本學期不上傳」 and 「本學期無多元表現」: what a student states, so that nobody waits for it or chases it (D09, D15)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, validates

from models.base import Entity, field, link
from models.calendar import Semester
from models.people import Student
from models.records.rules import fits
from models.vocabulary import Division, Subject

REASON_LENGTH = 100


class Nothing(Entity):
    """A statement of one student about one semester. It may be taken back as long as the semester is open."""

    __abstract__ = True
    __natural_key__ = ("student", "semester")

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    division: Mapped[Division] = field("部別")
    student_id: Mapped[int] = field("學生", ForeignKey("student.id"), index=True)
    reason: Mapped[str] = field("說明", String(REASON_LENGTH), default="", help="可以不填")

    @declared_attr
    @classmethod
    def semester(cls) -> Mapped[Semester]:
        return link("學期")  # type: ignore[no-any-return]

    @declared_attr
    @classmethod
    def student(cls) -> Mapped[Student]:
        return link("學生")  # type: ignore[no-any-return]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("student_id", "semester_id"),
            fits("reason", REASON_LENGTH),
            Index(None, "division", "semester_id"),
        )

    @validates("student")
    def _keep_division(self, key: str, value: Student) -> Student:
        self.division = value.division
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.__zh__}"


class NoUpload(Nothing):
    """No outcome this semester."""

    __tablename__ = "no_upload"
    __zh__ = "本學期不上傳"
    __subject__ = Subject.outcome


class NoAchievement(Nothing):
    """No achievement this semester."""

    __tablename__ = "no_achievement"
    __zh__ = "本學期無多元表現"
    __subject__ = Subject.achievement
