"""What the two 「學類群探索與就業規劃」 have in common: one per student and semester, from 性向 and 興趣."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.base import StudentRecord

FINDINGS = "探索結果"
PLAN = "規劃"


class CareerPlan(StudentRecord):
    """A student's plan as this semester's tests and talks show it."""

    __abstract__ = True
    __natural_key__ = ("student", "semester")

    aptitude: Mapped[str] = field(
        "性向", String(80), help="性向測驗較突出的能力，多項以頓號分隔", example="數理邏輯、空間關係", group=FINDINGS
    )
    interest: Mapped[str] = field(
        "興趣", String(80), help="興趣量表的類型，多項以頓號分隔", example="研究型、實用型", group=FINDINGS
    )
    remarks: Mapped[str] = field(
        "備註",
        String(300),
        default="",
        group=PLAN,
        help="測驗或輔導中值得記下的，沒有時留白",
        example="數理邏輯突出，建議參加資訊營隊",
    )

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (UniqueConstraint("student_id", "semester_id"),)
