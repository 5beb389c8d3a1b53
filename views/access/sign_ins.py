"""我的登入: where one is signed in, ending one or all the others; and what a page asks to know how long a sign-in lasts."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services import sessions
from models.sign_in import SignInSession
from models.values.device import short_source
from models.values.roc import format_roc
from models.vocabulary import EndReason
from views.access.blueprint import blueprint


def described(row: SignInSession) -> dict[str, Any]:
    """One sign-in in words."""
    return {
        "id": row.id,
        "device": row.device,
        "source": short_source(row.source),
        "method": row.method.zh,
        "since": f"{format_roc(row.created_at.date())} {row.created_at:%H:%M}",
        "seen": f"{format_roc(row.seen_at.date())} {row.seen_at:%H:%M}",
        "here": row.id == identity.sign_in().id,
    }


@blueprint.post("/account/sign-ins/end")
@login_required
def end_sign_in() -> Any:
    """End one of one's own sign-ins on another device, or with `all` every other one."""
    now = clock.now()
    if request.form.get("all"):
        count = sessions.end_all(db.session, identity.account(), EndReason.ended_elsewhere, now=now, keep=identity.sign_in())
        flash(f"已登出其他 {count} 部裝置。" if count else "沒有其他裝置登入中。", "success")
    else:
        row = _mine(request.form.get("id", ""))
        sessions.end(db.session, row, EndReason.ended_elsewhere, now=now)
        flash(f"已登出「{row.device}」。", "success")
    db.session.commit()
    return redirect(url_for("access.me"))


def _mine(text: str) -> SignInSession:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    own = SignInSession.account_id == identity.account().id, SignInSession.ended_at.is_(None)
    row = db.session.scalar(select(SignInSession).where(SignInSession.id == number, *own))
    if row is None or row.id == identity.sign_in().id:
        raise NotFound("這個登入已經結束了；要結束目前這一個請按「登出」。")
    return row


@blueprint.get("/session")
def remaining() -> Any:
    """Seconds until this sign-in ends by itself if nothing is done; 0 when it is over. Asking is not use."""
    if not current_user.is_authenticated:
        return jsonify(seconds=0), 401
    row, now, limits = identity.sign_in(), clock.now(), identity.limits(identity.account())
    left = min(row.seen_at + limits.idle - now, row.created_at + limits.absolute - now)
    return jsonify(seconds=max(0, int(left.total_seconds())), last=row.created_at + limits.absolute < row.seen_at + limits.idle)


@blueprint.post("/session")
@login_required
def carry_on() -> Any:
    """「繼續」: the person is still there. Being asked is use enough."""
    return remaining()
