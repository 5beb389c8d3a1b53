"""基本資料: 學籍資料 and its check at the start of each semester."""

from __future__ import annotations

from models.people import Student
from models.records.registry_check import RegistryCheck, RegistryFinding
from views.base import ROSTER, TODAY, DutyView, Mark

CATEGORY = "基本資料"


class StudentView(DutyView):
    """學籍資料: what 註冊組 records on entry. 身分證號 and the special statuses are masked for everybody else."""

    model = Student
    category = CATEGORY
    column_list = (
        "school_class.name",
        "seat_no",
        "student_no",
        "name",
        "gender",
        "id_number",
        "born_on",
        "status",
        "status_changed_on",
        "school_class.department.name",
    )
    column_filters = (
        "school_class.name",
        "school_class.grade",
        "school_class.department.name",
        "division",
        "gender",
        "status",
        "status_changed_on",
        "entry_year",
        "admission_route",
        "group_code",
        "department_code",
        "class_type",
    )
    column_searchable_list = ("student_no", "name", "school_class.name")
    column_default_sort = ("school_class.name", "seat_no")
    form_columns = (
        "student_no",
        "name",
        "id_number",
        "gender",
        "born_on",
        "division",
        "school_class",
        "seat_no",
        "entry_year",
        "status",
        "status_changed_on",
        "admission_route",
        "group_code",
        "department_code",
        "division_code",
        "class_type",
        "experimental_class",
        "pass_mark",
        "special_status",
        "indigenous_group",
        "indigenous_status",
        "language_dialect",
        "language_exam_year",
        "language_valid_until",
    )
    column_inline = (
        "seat_no",
        "name",
        "gender",
        "status",
        "status_changed_on",
        "entry_year",
        "admission_route",
        "group_code",
        "department_code",
        "class_type",
        "experimental_class",
        "pass_mark",
    )
    bulk_fields = (
        "status",
        "status_changed_on",
        "entry_year",
        "admission_route",
        "group_code",
        "department_code",
        "class_type",
        "pass_mark",
    )


class RegistryCheckView(DutyView):
    """學籍資料檢核: who was checked this semester, and what is still missing."""

    model = RegistryCheck
    category = CATEGORY
    column_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.student_no",
        "student.name",
        "result",
        "checked_on",
        "remark",
    )
    column_filters = ("student.school_class.name", "student.school_class.grade", "result", "checked_on")
    column_searchable_list = ("student.name", "student.student_no", "remark")
    column_default_sort = ROSTER
    form_columns = ("student", "checked_on", "result", "remark")
    bulk_fields = ("result", "checked_on", "remark")
    marks = (Mark("consistent", "檢核相符", {"result": RegistryFinding.consistent, "checked_on": TODAY}),)
