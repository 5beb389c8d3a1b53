"""普科「學類群探索與就業規劃」, recorded by 輔導室 (五-(二)-1)."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.career_plan import PLAN, CareerPlan
from models.vocabulary import Subject


class GeneralCareerPlan(CareerPlan):
    """Which 學類 and 學群 a student of 普科 leans to."""

    __tablename__ = "general_career_plan"
    __zh__ = "學類群探索與就業規劃（普科）"
    __subject__ = Subject.career_plan_general

    pathway: Mapped[str] = field("進路發展", String(80), example="就讀大學資訊相關學系", group=PLAN)
    clusters: Mapped[str] = field(
        "學群", String(80), default="", index=True, help="依志願先後，以頓號分隔", example="資訊學群、工程學群", group=PLAN
    )
    disciplines: Mapped[str] = field(
        "學類", String(80), default="", help="依志願先後，以頓號分隔", example="資訊工程學類、電機電子學類", group=PLAN
    )

    def __str__(self) -> str:
        return f"{self.student.name} {self.clusters or self.pathway}"
