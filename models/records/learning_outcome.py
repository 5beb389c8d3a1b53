"""課程學習成果 (五-(三)): a student's work in a course, and where its certification stands. Only verbs move the state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, DateTime, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.classes import Teaching
from models.people import Staff
from models.records.base import StudentRecord
from models.records.rules import BRIEF_LENGTH, at_least_one, fits
from models.vocabulary import Subject, Term

CERTIFICATION = "認證"


class OutcomeState(Term):
    """Where an outcome stands between its student and the course teacher."""

    draft = "草稿"
    sent = "送出認證"
    certified = "認證通過"
    returned = "退回"


class LearningOutcome(StudentRecord):
    """A piece of work of one student in one course."""

    __tablename__ = "learning_outcome"
    __zh__ = "課程學習成果"
    __subject__ = Subject.outcome
    __natural_key__ = ("student", "teaching", "name")

    teaching_id: Mapped[int] = field("課程", ForeignKey("teaching.id"), index=True, help="本學期修習且有核計學分的課程")
    name: Mapped[str] = field("成果名稱", String(80), example="手動車床操作報告")
    brief: Mapped[str] = field(
        "成果簡述",
        String(BRIEF_LENGTH),
        help=f"必填，最多 {BRIEF_LENGTH} 字",
        example="以車床完成階級桿，並說明加工順序與量測結果。",
    )
    practical: Mapped[bool] = field(
        "專題實作及實習科目", Boolean, default=False, help="專題實作或實習科目的學習成果請勾選，四技二專甄選採計", example="否"
    )
    state: Mapped[OutcomeState] = field("認證狀態", default=OutcomeState.draft, group=CERTIFICATION)
    sent_at: Mapped[dt.datetime | None] = field("送審時間", DateTime, group=CERTIFICATION)
    certified_at: Mapped[dt.datetime | None] = field("認證時間", DateTime, group=CERTIFICATION)
    certified_by_id: Mapped[int | None] = field("認證教師", ForeignKey("staff.id"), index=True, group=CERTIFICATION)
    certification_note: Mapped[str] = field("認證說明", String(200), default="", help="退回時必填原因", group=CERTIFICATION)

    teaching: Mapped[Teaching] = link("課程")
    certified_by: Mapped[Staff | None] = link("認證教師")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("student_id", "teaching_id", "name"),
            at_least_one("brief"),
            fits("brief", BRIEF_LENGTH),
            sentence("state = 'draft' OR sent_at IS NOT NULL", "what_left_the_draft_was_sent"),
            sentence(
                "state <> 'certified' OR (certified_at IS NOT NULL AND certified_by_id IS NOT NULL)",
                "a_certified_outcome_names_its_certifier",
            ),
            sentence("state <> 'returned' OR certification_note <> ''", "a_returned_outcome_says_why"),
        )

    @validates("teaching")
    def _same_semester(self, key: str, value: Teaching) -> Teaching:
        self.semester = value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.name}"
