"""幹部經歷暨事蹟紀錄, as the student records it; the school's own 幹部 rosters are `models.records.office`."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Lasting


class Leadership(Lasting):
    """An office in or out of school, with what came of it."""

    __tablename__ = "leadership"
    __zh__ = "幹部經歷暨事蹟紀錄"
    __natural_key__ = ("student", "semester", "unit_name", "title", "began_on")

    unit_name: Mapped[str] = field("單位名稱", String(60), index=True, example="機一甲", group=WHAT)
    title: Mapped[str] = field("擔任職務", String(40), index=True, example="學藝股長", group=WHAT)
    level: Mapped[str] = field("幹部等級", String(2), codes="office_level", example="2", group=WHAT)

    def __str__(self) -> str:
        return f"{self.unit_name} {self.title}"
