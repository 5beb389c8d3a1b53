"""信件: the outbox as whoever keeps the accounts sees it — which mail, to whose account, how far. Never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.exceptions import Conflict

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services import mail
from admin_app.services.jobs import wake
from models.mail import Mail
from views.base import DutyView, Mark

AGAIN = "again"


class MailView(DutyView):
    """信件: written by the system only; what a person can do is have one sent again."""

    model = Mail
    category = "帳號與職務"
    column_list = ("created_at", "kind", "account.username", "state", "attempts", "sent_at", "problem", "division")
    column_filters = ("state", "kind", "created_at", "sent_at", "attempts", "division")
    column_searchable_list = ("account.username", "kind")
    column_default_sort = ("-created_at",)
    column_export_list = column_list
    column_details_list = (*column_list, "not_after")
    form_columns = ("kind",)
    marks = (Mark(AGAIN, "再寄一次", {}),)
    can_create = False
    can_edit = False
    can_delete = False

    @property
    def note(self) -> str:
        sends = identity.settings().sends_mail
        return "" if sends else "尚未設定郵件伺服器，信件先留在這裡；請系統管理者設定 PORTFOLIO_SMTP_URL，設定後會自動寄出。"

    def perform(self, name: str, rows: Sequence[Any], verdict: Verdict) -> Any:
        """Into the outbox again; one that cannot be sent any more refuses the whole lot and says why."""
        if name != AGAIN:
            return super().perform(name, rows, verdict)
        audit.signature(db.session).via = verdict.sentence
        for row in rows:
            try:
                mail.send_again(row, now=clock.now())
            except mail.NotSendable as problem:
                raise Conflict(f"「{row}」{problem}整批都沒有辦理。") from None
        wake(db.session, "send_mail")
        db.session.commit()
        return self._done(f"{len(rows)} 封信已放回寄件匣，馬上寄出。")
