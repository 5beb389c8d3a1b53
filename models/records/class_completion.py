"""班級登錄情形: the 導師 tells the class, has students sign, and confirms what is recorded (附表)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.classes import SchoolClass
from models.records.base import SemesterRecord
from models.records.rules import is_not_negative
from models.vocabulary import Act, Subject


class ClassCompletion(SemesterRecord):
    """One class in one semester."""

    __tablename__ = "class_completion"
    __zh__ = "班級登錄情形"
    __subject__ = Subject.class_completion
    __write_act__ = Act.confirm
    __natural_key__ = ("semester", "school_class")

    school_class_id: Mapped[int] = field("班級", ForeignKey("school_class.id"), index=True, example="機一甲")
    outcome_confirmed: Mapped[bool] = field("學習成果已確認", Boolean, default=False, example="是")
    achievement_confirmed: Mapped[bool] = field("多元表現已確認", Boolean, default=False, example="是")
    students_signed: Mapped[int] = field(
        "簽名人數", Integer, default=0, help="在通知單上簽名的學生人數", example="36", measure="sum"
    )
    confirmed_on: Mapped[dt.date | None] = field("確認日期", Date, example="1160110")
    remark: Mapped[str] = field("備註", String(200), default="", help="未簽名學生及處理情形")

    school_class: Mapped[SchoolClass] = link("班級")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("semester_id", "school_class_id"),
            is_not_negative("students_signed"),
            sentence(
                "confirmed_on IS NOT NULL OR NOT (outcome_confirmed OR achievement_confirmed)", "what_is_confirmed_has_its_day"
            ),
        )

    @validates("school_class")
    def _keep_division(self, key: str, value: SchoolClass) -> SchoolClass:
        self.division = value.division
        return value

    def __str__(self) -> str:
        return f"{self.school_class.name} 登錄情形"
