"""團體活動時間紀錄."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Scheduled
from models.records.rules import is_positive


class GroupActivity(Scheduled):
    """What a student did in 團體活動時間."""

    __tablename__ = "group_activity"
    __zh__ = "團體活動時間紀錄"
    __natural_key__ = ("student", "semester", "category", "content", "school_year", "term")

    category: Mapped[str] = field("類別代碼", String(4), index=True, codes="group_activity_category", example="5", group=WHAT)
    content: Mapped[str] = field("內容名稱", String(80), index=True, example="性別平等教育講座", group=WHAT)
    organiser: Mapped[str] = field("辦理單位", String(60), example="學務處", group=WHAT)
    periods: Mapped[Decimal] = field("節數", Numeric(5, 1), help="須大於 0", example="2", group=WHAT, measure="sum")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_positive("periods"))

    def __str__(self) -> str:
        return f"{self.content}（{self.school_year} 學年度{self.term.zh}）"
