"""職場學習紀錄."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Timed


class WorkplaceLearning(Timed):
    """Learning at a place of work."""

    __tablename__ = "workplace_learning"
    __zh__ = "職場學習紀錄"
    __natural_key__ = ("student", "semester", "organiser", "title", "began_on")

    category: Mapped[str] = field("類別代碼", String(4), index=True, codes="workplace_category", example="1", group=WHAT)
    organiser: Mapped[str] = field("職場學習單位", String(60), index=True, example="龍潭精密機械工廠", group=WHAT)
    title: Mapped[str] = field("職稱", String(40), example="實習生", group=WHAT)

    def __str__(self) -> str:
        return f"{self.organiser} {self.title}"
