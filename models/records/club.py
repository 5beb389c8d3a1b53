"""社團: the clubs of a semester, kept by 活動組."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, column, false, select, table
from sqlalchemy.orm import Mapped

from models.base import field, link
from models.people import Staff
from models.records.base import SemesterRecord
from models.vocabulary import Subject


class Club(SemesterRecord):
    """A club in one semester; its members are `ClubMembership`, its officers `ClubOffice`."""

    __tablename__ = "club"
    __zh__ = "社團"
    __subject__ = Subject.club_membership
    __natural_key__ = ("semester", "division", "name")

    name: Mapped[str] = field("社團名稱", String(40), index=True, example="機器人研究社")
    advisor_id: Mapped[int | None] = field(
        "指導老師", ForeignKey("staff.id"), index=True, help="校外指導老師可留白", example="T001"
    )
    place: Mapped[str] = field("社課地點", String(40), default="", example="實習大樓 2 樓")
    meets: Mapped[str] = field("社課時間", String(40), default="", example="週五第 6、7 節")

    advisor: Mapped[Staff | None] = link("指導老師")

    @classmethod
    def among(cls, students: Select[int], *, every: bool) -> ColumnElement[bool]:
        """Clubs one of `students` belongs to; nobody writes a club through a student, so `every` reaches none."""
        membership = table("club_membership", column("club_id"), column("student_id"))
        return false() if every else cls.id.in_(select(membership.c.club_id).where(membership.c.student_id.in_(students)))

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (UniqueConstraint("semester_id", "division", "name"),)

    def __str__(self) -> str:
        return self.name
