"""多元表現: the ten categories, each as the student records it."""

from __future__ import annotations

from models.records.achievements.artwork import Artwork
from models.records.achievements.certificate import Certificate
from models.records.achievements.contest import Contest
from models.records.achievements.flexible_learning import FlexibleLearning
from models.records.achievements.group_activity import GroupActivity
from models.records.achievements.leadership import Leadership
from models.records.achievements.other_achievement import OtherAchievement
from models.records.achievements.precollege_course import PrecollegeCourse
from models.records.achievements.service_learning import ServiceLearning
from models.records.achievements.workplace_learning import WorkplaceLearning
from views.base import ROSTER, DutyView

CATEGORY = "多元表現"
BY_SEAT = ("student.school_class.name", "student.seat_no")
WHO = (*BY_SEAT, "student.name")
CLASS = ("student.school_class.name", "student.school_class.grade")
NAMED = ("student.name", "student.student_no")
PROOF = ("brief", "proof_name", "external_link")


class LeadershipView(DutyView):
    """幹部經歷暨事蹟紀錄: offices in and out of school, with what came of them."""

    model = Leadership
    category = CATEGORY
    column_list = (*WHO, "unit_name", "title", "level", "began_on", "ended_on")
    column_filters = (*CLASS, "unit_name", "title", "level", "began_on")
    column_searchable_list = (*NAMED, "unit_name", "title")
    column_default_sort = ROSTER
    form_columns = ("student", "unit_name", "title", "level", "began_on", "ended_on", *PROOF)


class ContestView(DutyView):
    """競賽參與紀錄: 領域 says whose 應登錄名單 it is held against."""

    model = Contest
    category = CATEGORY
    column_list = (*WHO, "name", "item", "level", "award", "announced_on", "participation", "field")
    column_filters = (*CLASS, "name", "level", "award", "announced_on", "participation", "field")
    column_searchable_list = (*NAMED, "name", "item", "award")
    column_default_sort = ROSTER
    form_columns = ("student", "name", "item", "level", "award", "announced_on", "participation", "field", *PROOF)


class CertificateView(DutyView):
    """檢定證照紀錄: certificates and tests passed."""

    model = Certificate
    category = CATEGORY
    column_list = (*WHO, "name", "code", "score", "obtained_on", "number", "group_name")
    column_filters = (*CLASS, "name", "code", "obtained_on", "score")
    column_searchable_list = (*NAMED, "name", "code", "number")
    column_default_sort = ROSTER
    form_columns = (
        "student",
        "name",
        "code",
        "type_code",
        "score",
        "sub_scores",
        "obtained_on",
        "number",
        "group_name",
        *PROOF,
    )


class ServiceLearningView(DutyView):
    """服務學習紀錄: service for others, with its hours."""

    model = ServiceLearning
    category = CATEGORY
    column_list = (*WHO, "name", "organiser", "began_on", "ended_on", "hours")
    column_filters = (*CLASS, "name", "organiser", "began_on", "hours")
    column_searchable_list = (*NAMED, "name", "organiser")
    column_default_sort = ROSTER
    form_columns = ("student", "name", "organiser", "began_on", "ended_on", "hours", *PROOF)


class FlexibleLearningView(DutyView):
    """彈性學習時間紀錄."""

    model = FlexibleLearning
    category = CATEGORY
    column_list = (*WHO, "category", "content", "organiser", "school_year", "term", "weekly_periods", "weeks")
    column_filters = (*CLASS, "category", "content", "organiser", "school_year", "term")
    column_searchable_list = (*NAMED, "content", "organiser")
    column_default_sort = ROSTER
    form_columns = ("student", "category", "content", "organiser", "school_year", "term", "weekly_periods", "weeks", *PROOF)


class GroupActivityView(DutyView):
    """團體活動時間紀錄."""

    model = GroupActivity
    category = CATEGORY
    column_list = (*WHO, "category", "content", "organiser", "school_year", "term", "periods")
    column_filters = (*CLASS, "category", "content", "organiser", "school_year", "term")
    column_searchable_list = (*NAMED, "content", "organiser")
    column_default_sort = ROSTER
    form_columns = ("student", "category", "content", "organiser", "school_year", "term", "periods", *PROOF)


class WorkplaceLearningView(DutyView):
    """職場學習紀錄: learning at a place of work."""

    model = WorkplaceLearning
    category = CATEGORY
    column_list = (*WHO, "category", "organiser", "title", "began_on", "ended_on", "hours")
    column_filters = (*CLASS, "category", "organiser", "title", "began_on", "hours")
    column_searchable_list = (*NAMED, "organiser", "title")
    column_default_sort = ROSTER
    form_columns = ("student", "category", "organiser", "title", "began_on", "ended_on", "hours", *PROOF)


class ArtworkView(DutyView):
    """作品成果紀錄: works made."""

    model = Artwork
    category = CATEGORY
    column_list = (*WHO, "name", "made_on", "brief")
    column_filters = (*CLASS, "name", "made_on")
    column_searchable_list = (*NAMED, "name", "brief")
    column_default_sort = ROSTER
    form_columns = ("student", "name", "made_on", *PROOF)


class PrecollegeCourseView(DutyView):
    """大學及技專校院先修課程紀錄: courses of a university or college taken ahead."""

    model = PrecollegeCourse
    category = CATEGORY
    column_list = (*WHO, "program", "organiser", "name", "began_on", "ended_on", "credits", "hours")
    column_filters = (*CLASS, "program", "organiser", "name", "began_on")
    column_searchable_list = (*NAMED, "organiser", "name")
    column_default_sort = ROSTER
    form_columns = ("student", "program", "organiser", "name", "began_on", "ended_on", "credits", "hours", *PROOF)


class OtherAchievementView(DutyView):
    """其他多元表現紀錄: 名稱, 內容, 成績 and 證明文件 of everything else."""

    model = OtherAchievement
    category = CATEGORY
    column_list = (*WHO, "name", "organiser", "score_text", "began_on", "ended_on", "hours")
    column_filters = (*CLASS, "name", "organiser", "score_text", "began_on")
    column_searchable_list = (*NAMED, "name", "organiser", "score_text")
    column_default_sort = ROSTER
    form_columns = ("student", "name", "organiser", "score_text", "began_on", "ended_on", "hours", *PROOF)
