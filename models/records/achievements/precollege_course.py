"""大學及技專校院先修課程紀錄."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Lasting
from models.records.rules import is_not_negative, is_positive


class PrecollegeCourse(Lasting):
    """A course of a university or college taken ahead."""

    __tablename__ = "precollege_course"
    __zh__ = "大學及技專校院先修課程紀錄"
    __natural_key__ = ("student", "semester", "organiser", "name", "began_on")

    program: Mapped[str] = field("計畫專案", String(60), codes="precollege_program", example="大學預修課程計畫", group=WHAT)
    organiser: Mapped[str] = field("開設單位", String(60), index=True, example="示範科技大學", group=WHAT)
    name: Mapped[str] = field("課程名稱", String(80), index=True, example="程式設計導論", group=WHAT)
    credits: Mapped[Decimal | None] = field("學分數", Numeric(4, 1), help="不計學分時留白", example="2", group=WHAT, measure="sum")
    hours: Mapped[Decimal] = field("總時數", Numeric(6, 1), help="須大於 0", example="36", group=WHAT, measure="sum")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_not_negative("credits"), is_positive("hours"))

    def __str__(self) -> str:
        return f"{self.name}（{self.organiser}）"
