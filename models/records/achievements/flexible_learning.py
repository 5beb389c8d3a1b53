"""彈性學習時間紀錄."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Numeric, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Scheduled
from models.records.rules import is_positive


class FlexibleLearning(Scheduled):
    """What a student did in 彈性學習時間."""

    __tablename__ = "flexible_learning"
    __zh__ = "彈性學習時間紀錄"
    __natural_key__ = ("student", "semester", "category", "content", "school_year", "term")

    category: Mapped[str] = field("類別代碼", String(4), index=True, codes="flexible_category", example="1", group=WHAT)
    content: Mapped[str] = field("內容(開設名稱)", String(80), index=True, example="校園植物圖鑑", group=WHAT)
    organiser: Mapped[str] = field("開設單位", String(60), example="園藝科", group=WHAT)
    weekly_periods: Mapped[Decimal] = field("每週節數", Numeric(4, 1), help="須大於 0", example="2", group=WHAT)
    weeks: Mapped[int] = field("開設週數", Integer, help="須大於 0", example="18", group=WHAT)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_positive("weekly_periods"), is_positive("weeks"))

    def __str__(self) -> str:
        return f"{self.content}（{self.school_year} 學年度{self.term.zh}）"
