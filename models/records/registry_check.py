"""學籍資料檢核: each semester's look at a student's registry data (五-(一))."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.base import StudentRecord
from models.vocabulary import Act, Subject, Term


class RegistryFinding(Term):
    """What the check of a student's registry data found."""

    consistent = "相符"
    corrected = "已更正"
    pending = "待補"


class RegistryCheck(StudentRecord):
    """That a student's registry data were checked this semester, by the date and with the result given."""

    __tablename__ = "registry_check"
    __zh__ = "學籍資料檢核"
    __subject__ = Subject.student_registry
    __write_act__ = Act.check
    __natural_key__ = ("student", "semester")

    checked_on: Mapped[dt.date] = field("檢核日期", Date, example="1150910")
    result: Mapped[RegistryFinding] = field("檢核結果", index=True, example="相符")
    remark: Mapped[str] = field("備註", String(200), default="", help="已更正或待補時，寫明項目", example="戶籍地址待補")

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (UniqueConstraint("student_id", "semester_id"),)

    def __str__(self) -> str:
        return f"{self.student.name} {self.result.zh}"
