"""帳號清查: the yearly lists as grids. They are opened, filled in and confirmed on their own page, never here."""

from __future__ import annotations

from models.access_review import AccessReview, AccessReviewLine
from views.base import DutyView

CATEGORY = "帳號與職務"


class AccessReviewView(DutyView):
    """帳號清查 of each unit and school year: which are confirmed, by whom, and which are not."""

    model = AccessReview
    category = CATEGORY
    column_list = ("school_year.year", "unit", "division", "opened_on", "due_on", "reminded_on", "confirmed_on", "confirmed_by")
    column_filters = ("school_year.year", "unit", "division", "due_on", "confirmed_on")
    column_searchable_list = ("unit", "confirmed_by")
    column_default_sort = ("-school_year.year", "unit")
    form_columns = ("school_year", "unit", "division", "opened_on", "due_on")
    can_create = can_edit = can_delete = False


class AccessReviewLineView(DutyView):
    """帳號清查名單: what the heads said of each account."""

    model = AccessReviewLine
    category = CATEGORY
    column_list = (
        "review.school_year.year",
        "unit",
        "person",
        "account.username",
        "posts",
        "finding",
        "remark",
        "review.confirmed_on",
    )
    column_filters = ("review.school_year.year", "unit", "division", "finding", "review.confirmed_on")
    column_searchable_list = ("person", "account.username", "posts", "remark")
    column_default_sort = ("-review.school_year.year", "unit", "person")
    form_columns = ("finding", "remark")
    can_create = can_edit = can_delete = False
