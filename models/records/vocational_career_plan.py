"""職科「學類群探索與就業規劃」, recorded by 實習處 and 科主任 (五-(二)-1)."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.career_plan import PLAN, CareerPlan
from models.vocabulary import Subject


class VocationalCareerPlan(CareerPlan):
    """Whether a student of 職科 means to study on or to work, and at what."""

    __tablename__ = "vocational_career_plan"
    __zh__ = "學類群探索與就業規劃（職科）"
    __subject__ = Subject.career_plan_vocational

    aspiration: Mapped[str] = field("進路", String(20), index=True, codes="aspiration", example="升學", group=PLAN)
    occupation: Mapped[str] = field(
        "職類", String(80), default="", index=True, help="升學者填擬就讀的科系類別，多項以頓號分隔", example="機械製造", group=PLAN
    )

    def __str__(self) -> str:
        return f"{self.student.name} {self.aspiration} {self.occupation}".rstrip()
