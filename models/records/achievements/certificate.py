"""檢定證照紀錄, which 實習處 checks against its 應登錄名單."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.base import WHAT, Achievement
from models.records.rules import is_not_negative
from models.vocabulary import Subject


class Certificate(Achievement):
    """A certificate or test passed."""

    __tablename__ = "certificate"
    __zh__ = "檢定證照紀錄"
    __natural_key__ = ("student", "semester", "name", "obtained_on", "number")

    name: Mapped[str] = field(
        "證照名稱", String(80), index=True, help="照證書所載；名冊只送證照代碼", example="機械加工丙級", group=WHAT
    )
    code: Mapped[str] = field("證照代碼", String(20), default="", codes="certificate_code", group=WHAT)
    type_code: Mapped[str] = field("類型代碼", String(10), default="", codes="certificate_type", help="名冊「註1」欄", group=WHAT)
    score: Mapped[Decimal | None] = field(
        "分數", Numeric(7, 2), help="沒有分數時留白，不填 0 或 -1", example="86", group=WHAT, measure="mean"
    )
    sub_scores: Mapped[str] = field("分項結果", String(100), default="", example="聽力 420、閱讀 380", group=WHAT)
    obtained_on: Mapped[dt.date] = field("取得日期", Date, index=True, example="1150812", group=WHAT)
    number: Mapped[str] = field("證照字號", String(40), default="", example="000-123456", group=WHAT)
    group_name: Mapped[str] = field("檢定組別", String(40), default="", example="車床項", group=WHAT)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (*super().constraints(), is_not_negative("score"))

    @classmethod
    def lenses(cls) -> dict[Subject, Callable[[], ColumnElement[bool]] | None]:
        return {Subject.achievement: None, Subject.certificate_or_skill_contest: None}

    def __str__(self) -> str:
        return f"{self.name} {self.number}".rstrip()
