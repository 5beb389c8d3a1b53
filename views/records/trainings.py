"""訓練與說明 (六): each event with its turnout."""

from __future__ import annotations

from models.records.training import CourseGuidance, ParentBriefing, StudentTraining, TeacherWorkshop
from views.base import DutyView

CATEGORY = "訓練與說明"
EVENT = ("topic", "held_on", "began_at", "ended_at", "place", "speaker")
TURNOUT = ("audience", "invited", "attended", "materials", "remark")
NEWEST = ("-held_on", "-began_at")


class StudentTrainingView(DutyView):
    """學生訓練: 檔案建置與登錄, class by class or together."""

    model = StudentTraining
    category = CATEGORY
    column_list = ("held_on", "began_at", "topic", "school_class.name", "audience", "place", "speaker", "invited", "attended")
    column_filters = ("held_on", "topic", "school_class.name", "school_class.grade", "place", "speaker")
    column_searchable_list = ("topic", "school_class.name", "audience", "speaker")
    column_default_sort = NEWEST
    form_columns = (*EVENT, "school_class", *TURNOUT)
    bulk_fields = ("held_on", "place", "speaker", "materials")


class CourseGuidanceView(DutyView):
    """選課輔導: before students choose their courses."""

    model = CourseGuidance
    category = CATEGORY
    column_list = ("held_on", "began_at", "topic", "school_class.name", "audience", "place", "speaker", "invited", "attended")
    column_filters = ("held_on", "topic", "school_class.name", "school_class.grade", "place", "speaker")
    column_searchable_list = ("topic", "school_class.name", "audience", "speaker")
    column_default_sort = NEWEST
    form_columns = (*EVENT, "school_class", *TURNOUT)
    bulk_fields = ("held_on", "place", "speaker", "materials")


class TeacherWorkshopView(DutyView):
    """教師專業研習: 課程諮詢 and 檔案建置. 教務處 holds those of both divisions, so the form asks which."""

    model = TeacherWorkshop
    category = CATEGORY
    column_list = ("held_on", "began_at", "topic", "division", "audience", "place", "speaker", "invited", "attended")
    column_filters = ("held_on", "topic", "division", "place", "speaker")
    column_searchable_list = ("topic", "audience", "speaker")
    column_default_sort = NEWEST
    form_columns = ("division", *EVENT, *TURNOUT)
    bulk_fields = ("held_on", "place", "speaker", "materials")


class ParentBriefingView(DutyView):
    """親師說明: how parents use the portfolio, on 親職日."""

    model = ParentBriefing
    category = CATEGORY
    column_list = ("held_on", "began_at", "topic", "audience", "place", "speaker", "invited", "attended")
    column_filters = ("held_on", "topic", "place", "speaker")
    column_searchable_list = ("topic", "audience", "speaker")
    column_default_sort = NEWEST
    form_columns = (*EVENT, *TURNOUT)
    bulk_fields = ("held_on", "place", "speaker", "materials")
