"""修課紀錄: 選修課程名稱, 學類群探索與就業規劃, 課程諮詢紀錄 and 修課成績."""

from __future__ import annotations

from models.records.consultation import Consultation, ConsultationStudent
from models.records.elective_course import ElectiveCourse
from models.records.general_career_plan import GeneralCareerPlan
from models.records.grade import Grade
from models.records.vocational_career_plan import VocationalCareerPlan
from views.base import ROSTER, DutyView

CATEGORY = "修課紀錄"
BY_SEAT = ("student.school_class.name", "student.seat_no")


class ElectiveCourseView(DutyView):
    """選修課程名稱: each student's electives, after course selection."""

    model = ElectiveCourse
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "course_name", "course.code", "credits", "chosen_on")
    column_filters = ("student.school_class.name", "student.school_class.grade", "course_name", "course.category", "chosen_on")
    column_searchable_list = ("student.name", "student.student_no", "course_name", "course.code")
    column_default_sort = ROSTER
    form_columns = ("student", "course", "course_name", "credits", "chosen_on")
    bulk_fields = ("credits", "chosen_on")
    form_kept = ("course_name", "credits")


class GeneralCareerPlanView(DutyView):
    """普科學類群探索與就業規劃: 性向 and 興趣 beside the 學群 a student leans to."""

    model = GeneralCareerPlan
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "aptitude", "interest", "pathway", "clusters", "disciplines")
    column_filters = ("student.school_class.name", "student.school_class.grade", "aptitude", "interest", "clusters")
    column_searchable_list = ("student.name", "student.student_no", "pathway", "clusters", "disciplines")
    column_default_sort = ROSTER
    form_columns = ("student", "aptitude", "interest", "pathway", "clusters", "disciplines", "remarks")


class VocationalCareerPlanView(DutyView):
    """職科學類群探索與就業規劃: who means to study on and who means to work, and at what."""

    model = VocationalCareerPlan
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "aptitude", "interest", "aspiration", "occupation")
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "student.school_class.department.name",
        "aspiration",
        "occupation",
        "aptitude",
        "interest",
    )
    column_searchable_list = ("student.name", "student.student_no", "occupation")
    column_default_sort = ROSTER
    form_columns = ("student", "aptitude", "interest", "aspiration", "occupation", "remarks")


class ConsultationView(DutyView):
    """課程諮詢紀錄: newest first; a group shows how many took part, one student shows the name."""

    model = Consultation
    category = CATEGORY
    column_list = ("held_on", "began_at", "mode", "attendees", "topic", "place", "counselor.name")
    column_filters = ("held_on", "mode", "counselor.name", "topic", "place")
    column_searchable_list = ("topic", "content", "counselor.name", "attendees")
    column_default_sort = ("-held_on", "-began_at")
    form_columns = (
        "students",
        "counselor",
        "mode",
        "held_on",
        "began_at",
        "ended_at",
        "place",
        "topic",
        "content",
        "opinion",
    )


class ConsultationStudentView(DutyView):
    """課程諮詢對象: who was consulted, for finding who was not. Changed in the 課程諮詢紀錄 itself."""

    model = ConsultationStudent
    category = CATEGORY
    column_list = (
        *BY_SEAT,
        "student.name",
        "consultation.held_on",
        "consultation.mode",
        "consultation.topic",
        "consultation.counselor.name",
    )
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "consultation.held_on",
        "consultation.mode",
        "consultation.counselor.name",
    )
    column_searchable_list = ("student.name", "student.student_no", "consultation.topic")
    column_default_sort = ROSTER
    form_columns = ("consultation", "student")
    can_create = can_edit = can_delete = False


class GradeView(DutyView):
    """修課成績: 學分 in the 日校, 節數 and 學年成績 in the 進修部; the pass mark comes from the student."""

    model = Grade
    category = CATEGORY
    column_list = (
        *BY_SEAT,
        "student.name",
        "course.name",
        "course_grade",
        "credits",
        "periods",
        "score",
        "pass_mark",
        "passed",
        "makeup_score",
        "makeup_passed",
        "counted",
        "year_score",
        "year_passed",
    )
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "course.name",
        "course.code",
        "course.category",
        "score",
        "passed",
        "makeup_passed",
        "counted",
    )
    column_searchable_list = ("student.name", "student.student_no", "course.name", "course.code")
    column_default_sort = (*ROSTER, "course.name")
    column_export_list = (
        "student.school_class.name",
        "student.seat_no",
        "student.student_no",
        "student.name",
        "course.code",
        "course.name",
        "course_grade",
        "credits",
        "periods",
        "score",
        "pass_mark",
        "passed",
        "makeup_score",
        "makeup_passed",
        "counted",
        "year_score",
        "year_passed",
        "description",
    )
    form_columns = (
        "student",
        "course",
        "course_grade",
        "credits",
        "periods",
        "score",
        "passed",
        "counted",
        "description",
        "makeup_score",
        "makeup_passed",
        "year_score",
        "year_passed",
    )
    bulk_fields = ("course_grade", "credits", "periods", "counted", "passed", "makeup_passed", "year_passed")
    form_kept = ("course_grade", "credits", "periods")
