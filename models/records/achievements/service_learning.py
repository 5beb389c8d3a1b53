"""服務學習紀錄."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Timed


class ServiceLearning(Timed):
    """Service for others, with its hours."""

    __tablename__ = "service_learning"
    __zh__ = "服務學習紀錄"
    __natural_key__ = ("student", "semester", "name", "organiser", "began_on")

    name: Mapped[str] = field("服務名稱", String(80), index=True, example="社區圖書館書籍整理", group=WHAT)
    organiser: Mapped[str] = field("服務單位", String(60), index=True, example="龍潭區立圖書館", group=WHAT)

    def __str__(self) -> str:
        return f"{self.name}（{self.organiser}）"
