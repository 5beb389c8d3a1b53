"""課程學習成果."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from models.records.learning_outcome import STILL_THE_STUDENTS, LearningOutcome
from views.base import ROSTER, DutyView


class LearningOutcomeView(DutyView):
    """課程學習成果: the student writes; sending, certifying and returning are verbs of their own."""

    model = LearningOutcome
    category = "課程學習成果"
    column_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.name",
        "teaching.course.name",
        "name",
        "practical",
        "state",
        "sent_at",
        "teaching.staff.name",
        "certified_at",
    )
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "teaching.course.name",
        "teaching.staff.name",
        "state",
        "practical",
        "sent_at",
        "certified_at",
    )
    column_searchable_list = ("student.name", "student.student_no", "name", "teaching.course.name")
    column_default_sort = (*ROSTER, "name")
    column_export_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.student_no",
        "student.name",
        "teaching.course.code",
        "teaching.course.name",
        "name",
        "brief",
        "practical",
        "state",
        "sent_at",
        "certified_at",
        "certified_by.name",
        "certification_note",
    )
    form_columns = ("student", "teaching", "name", "brief", "kind", "practical")
    column_inline = ()

    def closed(self, row: Any) -> str:
        """What was sent or certified is not edited; a new version is a new row."""
        if row.state not in STILL_THE_STUDENTS:
            return f"這件成果已{row.state.zh}，內容不能再修改。"
        return super().closed(row)

    def open_rows(self) -> ColumnElement[bool]:
        return LearningOutcome.state.in_(STILL_THE_STUDENTS)
