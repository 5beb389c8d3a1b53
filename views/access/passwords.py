"""Changing one's own password, by choice or because it has to be."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.services import accounts
from views.access.blueprint import blueprint


@blueprint.route("/account/password", methods=["GET", "POST"])
@login_required
def change_password() -> Any:
    """A new password for oneself; the present one is asked for, and every other sign-in ends."""
    problem = _change() if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        flash("密碼已更新，其他裝置上的登入都已結束。", "success")
        return redirect(url_for("access.me"))
    account = identity.account()
    page = render_template("account/password.html", username=account.username, problem=problem, asks_old=True)
    return page, 422 if problem else 200


def _change() -> str:
    """What is wrong with what was sent; empty when the password has been changed."""
    account = identity.account()
    if not accounts.verify(account, request.form.get("old_password", "")):
        return "目前的密碼不對，請再輸入一次。"
    problem = repeated_problem()
    if problem:
        return problem
    try:
        audit.signature(db.session).verb = "set_password"
        accounts.set_password(db.session, account, request.form.get("password", ""), now=clock.now(), keep=identity.sign_in())
    except accounts.WeakPassword as weak:
        db.session.rollback()
        return str(weak)
    db.session.commit()
    return ""


def repeated_problem() -> str:
    """The new password is typed twice."""
    same = request.form.get("password", "") == request.form.get("again", "")
    return "" if same else "兩次輸入的新密碼不同，請再輸入一次。"
