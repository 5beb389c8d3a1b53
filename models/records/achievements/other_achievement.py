"""其他多元表現紀錄: 其餘校內、外優良多元表現, with 名稱, 內容, 成績 and 證明文件 (五-(四)-5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT
from models.records.achievements.periods import Lasting
from models.records.rules import is_positive


class OtherAchievement(Lasting):
    """Anything good the nine other categories have no place for."""

    __tablename__ = "other_achievement"
    __zh__ = "其他多元表現紀錄"
    __natural_key__ = ("student", "semester", "name", "organiser", "began_on")

    name: Mapped[str] = field("名稱", String(80), index=True, example="青年志工培訓營", group=WHAT)
    organiser: Mapped[str] = field("主辦單位", String(60), index=True, example="桃園市政府青年事務局", group=WHAT)
    hours: Mapped[Decimal | None] = field(
        "時數", Numeric(6, 1), help="沒有時數時留白，不填 0", example="12", group=WHAT, measure="sum"
    )
    score_text: Mapped[str] = field("成績", String(60), default="", help="名次、等第或分數", example="結訓第一名", group=WHAT)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_positive("hours"))

    def __str__(self) -> str:
        return f"{self.name}（{self.organiser}）"
