"""Columns of the categories that last from a day to a day, or that belong to a 學年度 and 學期 of their own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, Numeric
from sqlalchemy.orm import Mapped

from models.base import field, sentence
from models.records.achievements.base import WHAT, Achievement
from models.records.rules import ends_after_it_begins, is_positive
from models.vocabulary import SemesterTerm


class Lasting(Achievement):
    """From 開始日期 to 結束日期."""

    __abstract__ = True

    began_on: Mapped[dt.date] = field("開始日期", Date, example="1150907", group=WHAT)
    ended_on: Mapped[dt.date | None] = field("結束日期", Date, help="不早於開始日期；未結束時留白", example="1151030", group=WHAT)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), ends_after_it_begins())


class Timed(Lasting):
    """From a day to a day, with its hours."""

    __abstract__ = True

    hours: Mapped[Decimal] = field("時數", Numeric(6, 1), help="須大於 0", example="8", group=WHAT, measure="sum")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_positive("hours"))


class Scheduled(Achievement):
    """In the timetable of one 學年度 and 學期, which need not be the one it is recorded in."""

    __abstract__ = True

    school_year: Mapped[int] = field("學年度", Integer, help="實際參加的學年度", example="115", group=WHAT)
    term: Mapped[SemesterTerm] = field("學期別", help="實際參加的學期", example="第1學期", group=WHAT)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), sentence("school_year BETWEEN 100 AND 199", "is_a_roc_year"))
