"""What every record about a student has: the student, the semester, and the division that keeps it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, validates

from models.base import Entity, field, link
from models.calendar import Semester
from models.people import Student
from models.vocabulary import Division


class SemesterRecord(Entity):
    """A record kept by a division in a semester; a closed semester makes it read-only."""

    __abstract__ = True

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    division: Mapped[Division] = field("部別")

    @declared_attr
    @classmethod
    def semester(cls) -> Mapped[Semester]:
        return link("學期")  # type: ignore[no-any-return]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (Index(None, "division", "semester_id"), *cls.constraints())

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Constraints and indexes of this kind, beside the common ones."""
        return ()


class StudentRecord(SemesterRecord):
    """A record about one student."""

    __abstract__ = True

    student_id: Mapped[int] = field("學生", ForeignKey("student.id"), index=True)

    @declared_attr
    @classmethod
    def student(cls) -> Mapped[Student]:
        return link("學生")  # type: ignore[no-any-return]

    @validates("student")
    def _keep_division(self, key: str, value: Student) -> Student:
        self.division = value.division
        return value
