"""敘獎: whom the 執行秘書 puts forward, what the 工作小組 decides, and the order that follows (七)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.people import Staff
from models.records.base import SemesterRecord
from models.vocabulary import Act, Subject

PROPOSAL = "提請"
DECISION = "議決與核定"


class Award(SemesterRecord):
    """One person put forward for an award, by what they did for the portfolios."""

    __tablename__ = "award"
    __zh__ = "敘獎"
    __subject__ = Subject.award
    __write_act__ = Act.propose
    __natural_key__ = ("semester", "staff", "merit")

    staff_id: Mapped[int] = field("敘獎人員", ForeignKey("staff.id"), index=True, example="T001", group=PROPOSAL)
    merit: Mapped[str] = field("具體事蹟", String(200), example="辦理學生訓練 12 場，登錄率全校最高", group=PROPOSAL)
    proposal: Mapped[str] = field("擬敘獎額度", String(40), help="依學校教職員獎勵標準規定", example="嘉獎一次", group=PROPOSAL)
    decided_on: Mapped[dt.date | None] = field("議決日期", Date, help="工作小組會議日期", group=DECISION)
    decision: Mapped[str] = field("議決結果", String(60), default="", example="照案通過", group=DECISION)
    approved_no: Mapped[str] = field(
        "核定文號", String(60), default="", group=DECISION, help="核定後填寫，例：龍高人字第 1150001234 號"
    )

    staff: Mapped[Staff] = link("敘獎人員")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("semester_id", "staff_id", "merit"),
            sentence("decision = '' OR decided_on IS NOT NULL", "a_decision_has_its_day"),
            sentence("approved_no = '' OR decision <> ''", "approval_follows_a_decision"),
        )

    @validates("staff")
    def _keep_division(self, key: str, value: Staff) -> Staff:
        self.division = value.division
        return value

    def __str__(self) -> str:
        return f"{self.staff.name} {self.proposal}"
