"""學校資料: 班級, 科別, 課程, 配課, 學期, 作業時段, 家長 and the code lists."""

from __future__ import annotations

from models.calendar import SchoolYear, Semester, Window
from models.classes import Course, Department, Enrolment, SchoolClass, Teaching
from models.codes import Code, CodeList
from models.people import Guardian, Guardianship
from views.base import ROSTER, DutyView

CATEGORY = "學校資料"


class DepartmentView(DutyView):
    """科別 of both divisions, with the codes the rosters use."""

    model = Department
    category = CATEGORY
    column_list = ("name", "short", "division", "track", "code", "group_code")
    column_filters = ("division", "track", "name")
    column_searchable_list = ("name", "short", "code")
    column_default_sort = ("division", "name")
    form_columns = ("name", "short", "division", "track", "code", "group_code")


class SchoolClassView(DutyView):
    """班級 of each school year."""

    model = SchoolClass
    category = CATEGORY
    column_list = ("school_year.year", "name", "grade", "division", "department.name")
    column_filters = ("school_year.year", "grade", "division", "department.name", "name")
    column_searchable_list = ("name", "department.name")
    column_default_sort = ("-school_year.year", "division", "grade", "name")
    form_columns = ("school_year", "division", "department", "name", "grade")


class CourseView(DutyView):
    """課程 of the approved 課程計畫; its 課程代碼 gives 部別, 入學年度, 類別 and 屬性."""

    model = Course
    category = CATEGORY
    column_list = ("code", "name", "credits", "division", "entry_year", "category", "attribute")
    column_filters = ("division", "entry_year", "category", "attribute", "name", "code")
    column_searchable_list = ("code", "name", "former_code", "former_name")
    column_default_sort = ("-entry_year", "code")
    form_columns = ("code", "name", "credits", "former_code", "former_name")
    column_inline = ("name", "credits", "former_code", "former_name")


class TeachingView(DutyView):
    """配課: who teaches what to which class this semester."""

    model = Teaching
    category = CATEGORY
    column_list = ("school_class.name", "course.name", "course.code", "credits", "staff.name", "division")
    column_filters = ("school_class.name", "school_class.grade", "course.name", "course.category", "staff.name", "division")
    column_searchable_list = ("school_class.name", "course.name", "course.code", "staff.name", "staff.code")
    column_default_sort = ("school_class.name", "course.name")
    form_columns = ("school_class", "course", "staff", "credits")


class EnrolmentView(DutyView):
    """修課名單: who takes which course with whom."""

    model = Enrolment
    category = CATEGORY
    column_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.student_no",
        "student.name",
        "teaching.course.name",
        "teaching.course.code",
        "teaching.staff.name",
    )
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "teaching.school_class.name",
        "teaching.course.name",
        "teaching.staff.name",
    )
    column_searchable_list = ("student.name", "student.student_no", "teaching.course.name", "teaching.staff.name")
    column_default_sort = (*ROSTER, "teaching.course.name")
    form_columns = ("student", "teaching")


class GuardianView(DutyView):
    """家長."""

    model = Guardian
    category = CATEGORY
    column_list = ("code", "name", "email", "division")
    column_filters = ("division", "name")
    column_searchable_list = ("code", "name", "email")
    column_default_sort = ("code",)
    form_columns = ("code", "name", "email", "division")


class GuardianshipView(DutyView):
    """家長與學生: which student a guardian answers for."""

    model = Guardianship
    category = CATEGORY
    column_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.name",
        "guardian.name",
        "guardian.code",
        "relation",
    )
    column_filters = ("student.school_class.name", "guardian.name", "relation")
    column_searchable_list = ("student.name", "student.student_no", "guardian.name", "guardian.code")
    column_default_sort = ROSTER
    form_columns = ("guardian", "student", "relation")


class SchoolYearView(DutyView):
    """學年度."""

    model = SchoolYear
    category = CATEGORY
    column_list = ("year",)
    column_filters = ("year",)
    column_searchable_list = ("year",)
    column_default_sort = ("-year",)
    form_columns = ("year",)
    column_inline = ()


class SemesterView(DutyView):
    """學期: 開學, 休業式 and the national deadline, each with its letter or decision. The edition is stamped by opening it."""

    model = Semester
    category = CATEGORY
    column_list = (
        "school_year.year",
        "term",
        "starts_on",
        "starts_source",
        "ends_on",
        "ends_source",
        "national_due_on",
        "national_due_source",
        "closed_on",
    )
    column_filters = ("school_year.year", "term", "starts_on", "ends_on", "national_due_on", "closed_on")
    column_searchable_list = ("starts_source", "ends_source", "national_due_source")
    column_default_sort = ("-starts_on",)
    form_columns = (
        "school_year",
        "term",
        "starts_on",
        "starts_source",
        "ends_on",
        "ends_source",
        "national_due_on",
        "national_due_source",
        "closed_on",
    )
    column_inline = ()


class WindowView(DutyView):
    """作業時段: when upload, certification, selection and confirmation are open. Only these lock."""

    model = Window
    category = CATEGORY
    column_list = ("kind", "division", "grade", "opens_at", "closes_at", "source")
    column_filters = ("kind", "division", "grade", "opens_at", "closes_at")
    column_searchable_list = ("source",)
    column_default_sort = ("kind", "opens_at")
    form_columns = ("kind", "division", "grade", "opens_at", "closes_at", "source")
    column_inline = ()


class CodeListView(DutyView):
    """代碼表: which lists there are, and which the sources lack."""

    model = CodeList
    category = CATEGORY
    column_list = ("zh", "code", "complete", "source")
    column_filters = ("complete", "zh")
    column_searchable_list = ("zh", "code", "source")
    column_default_sort = ("zh",)
    form_columns = ("code", "zh", "source", "complete")


class CodeView(DutyView):
    """代碼: what each value is called, from one school year to another."""

    model = Code
    category = CATEGORY
    column_list = ("code_list.zh", "value", "zh", "valid_from", "valid_until")
    column_filters = ("code_list.zh", "value", "zh", "valid_from", "valid_until")
    column_searchable_list = ("code_list.zh", "value", "zh")
    column_default_sort = ("code_list.zh", "value", "valid_from")
    form_columns = ("code_list", "value", "zh", "valid_from", "valid_until")
    bulk_fields = ("valid_from", "valid_until")
