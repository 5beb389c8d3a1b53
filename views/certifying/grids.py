"""任課代理 and 延期: who certifies for whom, and who was given more time, by whom and why."""

from __future__ import annotations

from typing import Any

from admin_app import clock
from models.extension import Extension
from models.people import Staff
from models.substitution import Substitution
from views.base import DutyView

CATEGORY = "課程學習成果"
LONGEST_DAYS = 366


class SubstitutionView(DutyView):
    """任課代理: the substitute certifies from the first day to the last; the record keeps both names."""

    model = Substitution
    category = CATEGORY
    column_list = ("staff.name", "substitute.name", "teaching.course.name", "began_on", "ended_on", "reason")
    column_filters = ("staff.name", "substitute.name", "began_on", "ended_on", "division")
    column_searchable_list = ("staff.name", "substitute.name", "reason")
    column_default_sort = ("-began_on",)
    form_columns = ("staff", "substitute", "teaching", "began_on", "ended_on", "reason")
    column_inline = ()

    def fill(self, form: Any, row: Any, by: Any, verdict: Any, term: Any) -> None:
        """Of the course's own teacher, of the same side, a year at most."""
        super().fill(form, row, by, verdict, term)
        absent, substitute = row.staff, row.substitute
        if absent is not None and substitute is not None and absent.id == substitute.id:
            raise ValueError("代理教師不能是任課教師本人，請改選別人。")
        if substitute is not None and substitute.left_on is not None:
            raise ValueError("代理教師已離職或即將離職，請改選別人。")
        if row.teaching is not None and row.teaching.staff_id != absent.id:
            raise ValueError("這門課不是這位教師任教的，請改選課程，或留白表示全部課程。")
        if row.began_on and row.ended_on and (row.ended_on - row.began_on).days >= LONGEST_DAYS:
            raise ValueError("代理一次最長一年，請縮短期間；屆滿可以再指定。")


class ExtensionView(DutyView):
    """延期: one student's own last moment, with the reason and who granted it. Nobody else's window moves."""

    model = Extension
    category = CATEGORY
    column_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.name",
        "kind",
        "until",
        "reason",
        "approved_by.name",
        "approved_at",
    )
    column_filters = ("student.school_class.name", "kind", "until", "approved_by.name")
    column_searchable_list = ("student.name", "student.student_no", "reason")
    column_default_sort = ("-until",)
    form_columns = ("student", "kind", "until", "reason")
    column_inline = ()

    def fill(self, form: Any, row: Any, by: Any, verdict: Any, term: Any) -> None:
        """Whoever saves it is who granted it."""
        super().fill(form, row, by, verdict, term)
        row.approved_by = self.session.get(Staff, by.staff_id or 0)
        row.approved_at = clock.now()
