"""應登錄名單: the winners a unit knows of, beside what students recorded. Confirming a list gates nobody's item."""

from __future__ import annotations

from models.records.certificate_winner import CertificateWinner
from models.records.sports_winner import SportsWinner
from views.base import ROSTER, TODAY, DutyView, Mark

CATEGORY = "多元表現"
BY_SEAT = ("student.school_class.name", "student.seat_no")
CONFIRM = Mark("confirm", "確認", {"confirmed_on": TODAY})


class CertificateWinnerView(DutyView):
    """技能證照及技藝技能競賽應登錄名單: what 實習處 confirms at term end."""

    model = CertificateWinner
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "kind", "name", "level", "award", "won_on", "match", "confirmed_on")
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "kind",
        "name",
        "level",
        "won_on",
        "match",
        "confirmed_on",
    )
    column_searchable_list = ("student.name", "student.student_no", "name", "award")
    column_default_sort = ROSTER
    form_columns = ("student", "kind", "name", "level", "award", "won_on", "confirmed_on", "remark")
    bulk_fields = ("level", "won_on", "confirmed_on", "remark")
    form_kept = ("name",)
    marks = (CONFIRM,)


class SportsWinnerView(DutyView):
    """體育競賽應登錄名單: what 體育組 confirms at term end."""

    model = SportsWinner
    category = CATEGORY
    column_list = (*BY_SEAT, "student.name", "contest_name", "item", "level", "award", "won_on", "match", "confirmed_on")
    column_filters = (
        "student.school_class.name",
        "student.school_class.grade",
        "contest_name",
        "level",
        "won_on",
        "match",
        "confirmed_on",
    )
    column_searchable_list = ("student.name", "student.student_no", "contest_name", "item", "award")
    column_default_sort = ROSTER
    form_columns = ("student", "contest_name", "item", "level", "award", "won_on", "confirmed_on", "remark")
    bulk_fields = ("level", "won_on", "confirmed_on", "remark")
    form_kept = ("contest_name",)
    marks = (CONFIRM,)
