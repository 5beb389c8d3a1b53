"""作品成果紀錄."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT, Achievement


class Artwork(Achievement):
    """A work made."""

    __tablename__ = "artwork"
    __zh__ = "作品成果紀錄"
    __natural_key__ = ("student", "semester", "name", "made_on")

    name: Mapped[str] = field("名稱", String(80), index=True, example="校園庭園模型", group=WHAT)
    made_on: Mapped[dt.date] = field("作品日期", Date, index=True, example="1151105", group=WHAT)

    def __str__(self) -> str:
        return self.name
