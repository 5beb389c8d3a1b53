"""單位辦理情形: the 執行秘書 (進修部主任) looks at each row of the duty table at the end of a semester (附表)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.base import SemesterRecord
from models.vocabulary import Act, Subject, Term


class UnitFinding(Term):
    """How far a unit is with its row."""

    done = "已完成"
    underway = "辦理中"
    not_started = "未辦理"


class UnitCompletion(SemesterRecord):
    """One row of the duty table, as found this semester."""

    __tablename__ = "unit_completion"
    __zh__ = "單位辦理情形"
    __subject__ = Subject.unit_completion
    __write_act__ = Act.confirm
    __natural_key__ = ("semester", "division", "duty_code")

    duty_code: Mapped[str] = field("工作職掌", String(10), help="工作職掌分配表的列次代碼", example="D12")
    unit: Mapped[str] = field("單位", String(40), index=True, example="活動組")
    finding: Mapped[UnitFinding] = field("檢核結果", index=True, example="已完成")
    checked_on: Mapped[dt.date] = field("檢核日期", Date, example="1160112")
    remark: Mapped[str] = field("備註", String(200), default="", help="尚缺項目與提醒情形")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("semester_id", "division", "duty_code"),)

    def __str__(self) -> str:
        return f"{self.duty_code} {self.unit} {self.finding.zh}"
