"""任課代理: who certifies for a course teacher who is away, from a day to a day. The record keeps both names."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, validates

from models.base import Entity, field, link, sentence
from models.classes import Teaching
from models.people import Staff
from models.records.rules import at_least_one
from models.vocabulary import Act, Division, Subject


class Substitution(Entity):
    """Within its days the substitute may certify what the absent teacher may: one course, or all of them."""

    __tablename__ = "substitution"
    __zh__ = "任課代理"
    __subject__ = Subject.substitution
    __write_act__ = Act.delegate
    __natural_key__ = ("staff", "substitute", "teaching", "began_on")
    __table_args__ = (
        sentence("ended_on >= began_on", "ends_after_it_begins"),
        sentence("staff_id <> substitute_id", "nobody_substitutes_for_themselves"),
        at_least_one("reason"),
        Index(None, "substitute_id", "began_on"),
    )

    division: Mapped[Division] = field("部別", default=Division.day, index=True)
    staff_id: Mapped[int] = field("任課教師", ForeignKey("staff.id"), index=True)
    substitute_id: Mapped[int] = field("代理教師", ForeignKey("staff.id"), help="這段期間可認證課程學習成果；紀錄寫代理教師的姓名")
    teaching_id: Mapped[int | None] = field("課程", ForeignKey("teaching.id"), index=True, help="留白表示這位教師的全部課程")
    began_on: Mapped[dt.date] = field("起日", Date, example="1151201")
    ended_on: Mapped[dt.date] = field("迄日", Date, example="1151214")
    reason: Mapped[str] = field("事由", String(120), help="為什麼由他人代理", example="公假研習")

    staff: Mapped[Staff] = link("任課教師", foreign_keys=[staff_id])
    substitute: Mapped[Staff] = link("代理教師", foreign_keys=[substitute_id])
    teaching: Mapped[Teaching | None] = link("課程")

    @validates("staff")
    def _keep_division(self, key: str, value: Staff) -> Staff:
        self.division = self.division or value.division
        return value

    def __str__(self) -> str:
        return f"{self.substitute} 代理 {self.staff}"
