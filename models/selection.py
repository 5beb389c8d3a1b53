"""勾選的名額: one row for each place a student has in a school year. Two clicks at once cannot share one, nor make one more."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, field, sentence
from models.vocabulary import Term


class SelectionKind(Term):
    """What places are counted apart."""

    outcome = "課程學習成果"
    achievement = "多元表現"


class SelectionPlace(Base):
    """The `number`-th of `most` places, and what the student has put there. The place goes when the student takes it back."""

    __tablename__ = "selection_place"
    __zh__ = "勾選名額"
    __table_args__ = (
        UniqueConstraint("student_id", "school_year_id", "kind", "number", name="uq_selection_place_number"),
        UniqueConstraint("record_kind", "record_id"),
        sentence("number BETWEEN 1 AND most", "is_one_of_the_places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    student_id: Mapped[int] = field("學生", ForeignKey("student.id"))
    school_year_id: Mapped[int] = field("學年度", ForeignKey("school_year.id"), index=True)
    kind: Mapped[SelectionKind] = field("類別")
    number: Mapped[int] = field("第幾件", Integer)
    most: Mapped[int] = field("可勾選件數", Integer)
    record_kind: Mapped[str] = field("資料種類", String(60))
    record_id: Mapped[int] = field("資料編號", Integer)
