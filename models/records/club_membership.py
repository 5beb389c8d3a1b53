"""社團參與: who belongs to which club this semester (五-(四)-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.records.base import StudentRecord
from models.records.club import Club
from models.vocabulary import Subject


class ClubMembership(StudentRecord):
    """A student in a club."""

    __tablename__ = "club_membership"
    __zh__ = "社團參與"
    __subject__ = Subject.club_membership
    __natural_key__ = ("student", "semester", "club")

    club_id: Mapped[int] = field("社團", ForeignKey("club.id"), index=True, example="機器人研究社")
    joined_on: Mapped[dt.date | None] = field("入社日期", Date, example="1150911")
    left_on: Mapped[dt.date | None] = field("退社日期", Date, help="學期中未退社時留白")

    club: Mapped[Club] = link("社團")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("student_id", "semester_id", "club_id"),
            sentence("left_on IS NULL OR joined_on IS NULL OR left_on >= joined_on", "leaves_after_joining"),
        )

    @validates("club")
    def _same_semester(self, key: str, value: Club) -> Club:
        self.semester = value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.club.name}"
