"""重設第二道驗證: for somebody whose phone is lost, by whoever keeps their account, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.policy import require, visible
from admin_app.services.account_life.ending import end_sessions
from admin_app.services.factors import status
from admin_app.services.factors.telling import tell
from models.people import Account
from views.factors.blueprint import blueprint

MOST_ID = 2**31 - 1


@blueprint.route("/accounts/<int:number>/factors", methods=["GET", "POST"])
@login_required
def reset(number: int) -> Any:
    """What the account has, and taking it away."""
    by, account = identity.actor(), _account(number)
    verdict = require(status.may_reset(db.session, account, by=by, on=clock.today()))
    problem = ""
    if request.method == "POST":
        try:
            status.reset(db.session, account, by=by, reason=request.form.get("reason", ""), on=clock.today())
        except ValueError as empty:
            problem = str(empty)
        else:
            return _told(account)
    page = render_template(
        "factors/reset.html",
        errors=[{"id": "reason", "label": "", "text": problem}] if problem else [],
        account=account,
        name=account.person.name,
        has=status.status(db.session, account),
        verdict=verdict,
        reason=request.form.get("reason", ""),
    )
    return page, 422 if problem else 200


def one_reset(accounts: Sequence[Account]) -> Any:
    """From the grid: identities are checked one by one, so there is no reset of many."""
    if len(accounts) != 1:
        raise BadRequest("重設第二道驗證須逐一核對身分，請一次只選一個帳號。")
    return redirect(url_for("factors.reset", number=accounts[0].id))


def _told(account: Account) -> Any:
    """The owner hears of it, and signs in anew everywhere."""
    end_sessions(db.session, account, now=clock.now())
    tell(db.session, account, "管理帳號的單位已重設您的第二道驗證，請以密碼登入後重新設定。")
    db.session.commit()
    flash(f"已重設 {account.username} 的第二道驗證，並登出其所有裝置。", "success")
    return redirect(url_for("account.details_view", id=account.id))


def _account(number: int) -> Account:
    in_reach = (Account.id == number, visible(identity.actor(), Account))
    found = db.session.scalar(select(Account).where(*in_reach)) if number <= MOST_ID else None
    if found is None:
        raise NotFound
    return found
