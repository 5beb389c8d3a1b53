"""檢核與敘獎: how far classes and units are, and who is put forward for an award."""

from __future__ import annotations

from models.records.award import Award
from models.records.class_completion import ClassCompletion
from models.records.unit_completion import UnitCompletion, UnitFinding
from views.base import TODAY, DutyView, Mark

CATEGORY = "檢核與敘獎"


class ClassCompletionView(DutyView):
    """班級登錄情形: what each 導師 has confirmed, with how many students signed."""

    model = ClassCompletion
    category = CATEGORY
    column_list = (
        "school_class.name",
        "school_class.department.name",
        "outcome_confirmed",
        "achievement_confirmed",
        "students_signed",
        "confirmed_on",
        "remark",
    )
    column_filters = (
        "school_class.name",
        "school_class.grade",
        "school_class.department.name",
        "outcome_confirmed",
        "achievement_confirmed",
        "confirmed_on",
    )
    column_searchable_list = ("school_class.name", "remark")
    column_default_sort = ("school_class.name",)
    form_columns = (
        "school_class",
        "outcome_confirmed",
        "achievement_confirmed",
        "students_signed",
        "confirmed_on",
        "remark",
    )
    bulk_fields = ("outcome_confirmed", "achievement_confirmed", "confirmed_on", "remark")
    marks = (Mark("confirm", "確認", {"outcome_confirmed": True, "achievement_confirmed": True, "confirmed_on": TODAY}),)


class UnitCompletionView(DutyView):
    """單位辦理情形: each row of the duty table as the 執行秘書 (進修部主任) found it."""

    model = UnitCompletion
    category = CATEGORY
    column_list = ("duty_code", "unit", "finding", "checked_on", "remark")
    column_filters = ("duty_code", "unit", "finding", "checked_on")
    column_searchable_list = ("duty_code", "unit", "remark")
    column_default_sort = ("duty_code",)
    form_columns = ("duty_code", "unit", "finding", "checked_on", "remark")
    bulk_fields = ("finding", "checked_on", "remark")
    marks = (Mark("done", "檢核為已完成", {"finding": UnitFinding.done, "checked_on": TODAY}),)


class AwardView(DutyView):
    """敘獎: from the 執行秘書's proposal to the order's number."""

    model = Award
    category = CATEGORY
    column_list = ("staff.name", "staff.unit", "staff.title", "merit", "proposal", "decided_on", "decision", "approved_no")
    column_filters = ("staff.name", "staff.unit", "proposal", "decided_on", "decision")
    column_searchable_list = ("staff.name", "merit", "approved_no")
    column_default_sort = ("staff.unit", "staff.name")
    form_columns = ("staff", "merit", "proposal", "decided_on", "decision", "approved_no")
    bulk_fields = ("proposal", "decided_on", "decision", "approved_no")
