"""校內幹部經歷: what 校級, 班級 and 社團 offices have in common, as the 校內幹部經歷名冊 has it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.base import StudentRecord
from models.records.rules import BRIEF_LENGTH, ends_after_it_begins, fits


class Office(StudentRecord):
    """An office a student holds within the school, from a day to a day."""

    __abstract__ = True

    title: Mapped[str] = field("擔任職務", String(40), index=True, example="班長")
    began_on: Mapped[dt.date] = field("開始日期", Date, example="1150901")
    ended_on: Mapped[dt.date | None] = field("結束日期", Date, help="仍在任時留白", example="1160120")
    brief: Mapped[str] = field("內容簡述", String(BRIEF_LENGTH), default="", help="擔任職務期間的事蹟")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (ends_after_it_begins(), fits("brief", BRIEF_LENGTH))
