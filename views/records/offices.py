"""校內幹部 and 社團: what 訓育組, 活動組 and 進修部學務組 keep of students' offices and clubs."""

from __future__ import annotations

from models.records.class_office import ClassOffice
from models.records.club import Club
from models.records.club_membership import ClubMembership
from models.records.club_office import ClubOffice
from models.records.school_office import SchoolOffice
from views.base import ROSTER, DutyView

CATEGORY = "多元表現"
BY_SEAT = ("student.school_class.name", "student.seat_no")
OFFICE = ("title", "began_on", "ended_on")
SPAN = ("began_on", "ended_on", "level")


class ClassOfficeView(DutyView):
    """班級幹部: the list 訓育組 reads class by class at term end."""

    model = ClassOffice
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "unit_name", *OFFICE)
    column_filters = ("student.school_class.name", "student.school_class.grade", "unit_name", *OFFICE)
    column_searchable_list = ("student.name", "student.student_no", "unit_name", "title")
    column_default_sort = ROSTER
    form_columns = ("student", "unit_name", *OFFICE, "level", "brief")
    bulk_fields = SPAN


class SchoolOfficeView(DutyView):
    """校級幹部: 學生會, 畢聯會 and the like."""

    model = SchoolOffice
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "unit_name", *OFFICE)
    column_filters = ("student.school_class.name", "student.school_class.grade", "unit_name", *OFFICE)
    column_searchable_list = ("student.name", "student.student_no", "unit_name", "title")
    column_default_sort = ("unit_name", *ROSTER)
    form_columns = ("student", "unit_name", *OFFICE, "level", "brief")
    bulk_fields = SPAN
    form_kept = ("unit_name",)


class ClubView(DutyView):
    """社團: this semester's clubs, with who advises them, when and where they meet."""

    model = Club
    category = CATEGORY
    column_list = ("name", "advisor.name", "meets", "place")
    column_filters = ("name", "advisor.name", "place")
    column_searchable_list = ("name", "advisor.name", "place")
    column_default_sort = ("name",)
    form_columns = ("name", "advisor", "meets", "place")
    bulk_fields = ("meets", "place")


class ClubMembershipView(DutyView):
    """社團參與: the club rosters."""

    model = ClubMembership
    category = CATEGORY
    column_list = ("club.name", *BY_SEAT, "student.name", "joined_on", "left_on")
    column_filters = ("club.name", "student.school_class.name", "student.school_class.grade", "joined_on", "left_on")
    column_searchable_list = ("student.name", "student.student_no", "club.name")
    column_default_sort = ("club.name", *ROSTER)
    form_columns = ("student", "club", "joined_on", "left_on")
    bulk_fields = ("joined_on", "left_on")


class ClubOfficeView(DutyView):
    """社團幹部: the list 活動組 reads against the club rosters at term end."""

    model = ClubOffice
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "club.name", *OFFICE)
    column_filters = ("student.school_class.name", "student.school_class.grade", "club.name", *OFFICE)
    column_searchable_list = ("student.name", "student.student_no", "club.name", "title")
    column_default_sort = ("club.name", *ROSTER)
    form_columns = ("student", "club", *OFFICE, "level", "brief")
    bulk_fields = SPAN
