"""社團幹部, recorded by 活動組 (五-(四)-2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link
from models.records.club import Club
from models.records.office import Office
from models.vocabulary import Subject


class ClubOffice(Office):
    """An office in a club."""

    __tablename__ = "club_office"
    __zh__ = "社團幹部"
    __subject__ = Subject.club_office
    __natural_key__ = ("student", "semester", "club", "title", "began_on")

    club_id: Mapped[int] = field("社團", ForeignKey("club.id"), index=True, example="機器人研究社")
    title: Mapped[str] = field("擔任職務", String(40), index=True, example="社長")
    level: Mapped[str] = field("幹部等級", String(2), default="3", codes="school_office_level", example="3")

    club: Mapped[Club] = link("社團")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), UniqueConstraint("student_id", "semester_id", "club_id", "title", "began_on"))

    @validates("club")
    def _same_semester(self, key: str, value: Club) -> Club:
        self.semester = value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.club.name} {self.title}"
