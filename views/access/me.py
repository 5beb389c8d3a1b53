"""我的帳號: one's posts and what they allow, and the way to one's password and sign-ins."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import login_required

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services import sessions
from models.values.roc import format_roc
from views.access.blueprint import blueprint
from views.access.sign_ins import described


@blueprint.get("/account")
@login_required
def me() -> Any:
    """One's own account on one page."""
    by, account = identity.actor(), identity.account()
    grants = sorted({(grant.row, grant.division_zh, grant.act.zh, grant.subject.zh, grant.basis) for grant in by.grants()})
    since = clock.now() - identity.limits(account).idle
    return render_template(
        "account/me.html",
        username=account.username,
        email=account.email or "",
        posts=by.posts_zh,
        grants=grants,
        password_age=_age(account.password_set_at),
        sign_ins=[described(row) for row in sessions.open_of(db.session, account, since=since)],
    )


def _age(at: Any) -> str:
    return f"{format_roc(at.date())} 設定" if at else "沒有設定時間的紀錄"
