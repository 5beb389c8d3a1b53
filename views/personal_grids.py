"""個人資料: the requests, how long each kind is kept, and what was cleared, as grids."""

from __future__ import annotations

from models.personal_data import PersonalRequest, PurgeRun, RetentionRule
from views.base import DutyView

CATEGORY = "個人資料"


class PersonalRequestView(DutyView):
    """個資申請: by when each is due under the 個資法, and how it ended."""

    model = PersonalRequest
    category = CATEGORY
    column_list = (
        "due_on",
        "applicant",
        "right",
        "student.name",
        "guardian.name",
        "staff.name",
        "received_on",
        "extended_on",
        "answered_on",
        "outcome",
        "answered_by",
    )
    column_filters = ("right", "division", "received_on", "due_on", "answered_on", "outcome")
    column_searchable_list = ("applicant", "student.name", "guardian.name", "staff.name", "answered_by")
    column_default_sort = ("answered_on", "due_on")
    form_columns = (
        "applicant",
        "right",
        "division",
        "student",
        "guardian",
        "staff",
        "received_on",
        "extended_on",
        "extension_reason",
        "answered_on",
        "outcome",
        "answered_by",
        "reason",
    )
    column_inline = ()
    can_delete = False


class RetentionRuleView(DutyView):
    """保存期限: one row for each kind; proposals until the working group has decided."""

    model = RetentionRule
    category = CATEGORY
    column_list = ("kind", "anchor", "months", "since_year", "basis")
    column_filters = ("anchor", "months")
    column_searchable_list = ("basis",)
    column_default_sort = ("kind",)
    form_columns = ("anchor", "months", "since_year", "basis")
    column_inline = ()
    can_create = can_delete = False


class PurgeRunView(DutyView):
    """屆期清除: who proposed and who confirmed which clearing. They are proposed and confirmed on their own page."""

    model = PurgeRun
    category = CATEGORY
    column_list = (
        "proposed_at",
        "on",
        "state",
        "total",
        "removed",
        "spared",
        "proposed_by.username",
        "confirmed_by.username",
        "confirmed_at",
        "finished_at",
        "digest",
    )
    column_filters = ("state", "proposed_at")
    column_default_sort = ("-proposed_at",)
    form_columns = ("on", "state", "digest", "total", "removed", "spared", "proposed_at", "confirmed_at", "finished_at")
    can_create = can_edit = can_delete = False
