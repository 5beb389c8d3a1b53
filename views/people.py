"""帳號與職務: staff, who may sign in, who holds which post and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_app import audit, clock
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services import sessions
from admin_app.services.posts import delegating
from models.people import Account, Appointment, Delegation, Staff
from models.vocabulary import EndReason
from views.account_life import deeds as account_deeds
from views.base import DutyView, Mark
from views.factors.resetting import one_reset

CATEGORY = "帳號與職務"
LINK, SEND, SLIP, EXPIRY, SIGN_OUT, FACTORS = "link", "send_link", "slip", "expiry", "sign_out", "factors"


class StaffView(DutyView):
    """教職員."""

    model = Staff
    category = CATEGORY
    column_list = ("code", "name", "unit", "title", "division", "email", "left_on")
    column_filters = ("unit", "title", "division", "left_on")
    column_searchable_list = ("code", "name", "unit", "title")
    column_default_sort = ("code",)
    form_columns = ("code", "name", "unit", "title", "division", "email", "left_on")
    bulk_fields = ("unit", "title", "left_on")


class AccountView(DutyView):
    """帳號: passwords and one-time links are never shown; they are given and ended by verbs."""

    model = Account
    category = CATEGORY
    column_list = (
        "username",
        "staff.name",
        "student.name",
        "guardian.name",
        "division",
        "enabled",
        "expires_on",
        "signed_in_at",
        "open_sign_ins",
        "must_change_password",
        "first_password_until",
    )
    column_filters = (
        "division",
        "enabled",
        "expires_on",
        "signed_in_at",
        "created_on",
        "must_change_password",
        "first_password_until",
        "email",
        "staff.unit",
        "student.school_class.name",
        "student.status",
        "staff.left_on",
    )
    column_searchable_list = ("username", "staff.name", "student.name", "guardian.name")
    column_default_sort = ("username",)
    form_columns = ("username", "staff", "student", "guardian", "division", "email", "enabled", "expires_on")
    column_inline = ()
    marks = (
        Mark(LINK, "產生一次性設定密碼連結", {}),
        Mark(SEND, "寄送設定密碼連結", {}),
        Mark(SLIP, "列印密碼單", {}),
        Mark(EXPIRY, "設定到期日", {}),
        Mark(SIGN_OUT, "登出所有裝置", {}),
        Mark(FACTORS, "重設第二道驗證", {}),
        Mark("disable", "停用", {"enabled": False}),
        Mark("enable", "啟用", {"enabled": True}),
    )

    def perform(self, name: str, rows: Sequence[Any], verdict: Verdict) -> Any:
        """What needs more than a value: links, slips, a day of expiry."""
        audit.acting(db.session, verdict)
        deeds = {LINK: account_deeds.show_links, SEND: account_deeds.send_links, SLIP: account_deeds.choose_slips}
        if name in deeds:
            return deeds[name](self, rows)
        if name == SIGN_OUT:
            ended = sum(sessions.end_all(db.session, row, EndReason.keeper, now=clock.now()) for row in rows)
            db.session.commit()
            return self._done(f"已登出 {len(rows)} 個帳號，共 {ended} 部裝置。")
        if name == EXPIRY:
            return account_deeds.set_expiry(self, rows)
        if name == FACTORS:
            return one_reset(rows)
        return super().perform(name, rows, verdict)

    def fill(self, form: Any, row: Any, by: Any, verdict: Verdict, term: Any) -> None:
        """A new account knows the day it was made; an address left blank is none at all."""
        super().fill(form, row, by, verdict, term)
        row.email = row.email or None
        if row.id is None:
            row.created_on = clock.today()


class AppointmentView(DutyView):
    """職務任期: who holds which post, from when to when; 導師 and 課程諮詢教師 with their class, 科主任 with their 科."""

    model = Appointment
    category = CATEGORY
    column_list = (
        "post",
        "staff.name",
        "student.name",
        "guardian.name",
        "school_class.name",
        "department.name",
        "division",
        "school_year.year",
        "began_on",
        "ended_on",
        "basis",
    )
    column_filters = (
        "post",
        "staff.name",
        "school_class.name",
        "department.name",
        "division",
        "school_year.year",
        "began_on",
        "ended_on",
    )
    column_searchable_list = ("post", "staff.name", "student.name", "guardian.name", "school_class.name")
    column_default_sort = ("post", "school_class.name", "-began_on")
    form_columns = (
        "post",
        "staff",
        "student",
        "guardian",
        "school_class",
        "department",
        "division",
        "school_year",
        "began_on",
        "ended_on",
        "basis",
    )
    column_inline = ()


class DelegationView(DutyView):
    """職務代理: who stands in for whom, from when to when and for what; ended by a 撤銷日, never by deleting."""

    model = Delegation
    category = CATEGORY
    column_list = (
        "appointment.staff.name",
        "appointment.post",
        "delegate.name",
        "subjects",
        "began_on",
        "ended_on",
        "revoked_on",
        "reason",
    )
    column_filters = ("appointment.post", "delegate.name", "division", "began_on", "ended_on", "revoked_on")
    column_searchable_list = ("appointment.staff.name", "delegate.name", "reason")
    column_default_sort = ("-began_on",)
    form_columns = ("appointment", "delegate", "subjects", "division", "began_on", "ended_on", "revoked_on", "reason")
    column_inline = ()
    can_delete = False

    def fill(self, form: Any, row: Any, by: Any, verdict: Verdict, term: Any) -> None:
        """The keepers keep to the same limits as the owners: not oneself, a year at most."""
        super().fill(form, row, by, verdict, term)
        delegating.must_be_sound(row)
