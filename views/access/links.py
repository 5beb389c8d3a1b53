"""One-time links: setting a password without the old one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from admin_app import clock, identity
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import accounts, links
from models.sign_in import OneTimeLink
from views.access.blueprint import blueprint
from views.access.passwords import repeated_problem


@blueprint.route("/password/<token>", methods=["GET", "POST"])
def one_time_link(token: str) -> Any:
    """Set a password by a one-time link."""
    found = links.find_link(db.session, token, now=clock.now())
    if found is None:
        raise NotFound("這個連結已經用過或過期了，請洽設備組重新產生。")
    problem = (repeated_problem() or _use(found)) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        flash("密碼已設定，請登入。", "success")
        return redirect(url_for("access.sign_in"))
    page = render_template("account/password.html", username=found.account.username, problem=problem, asks_old=False)
    return page, 422 if problem else 200


def _use(found: OneTimeLink) -> str:
    account = found.account
    sign(db.session, Signature(account.id, account.person.name, verb="set_password", request_id=identity.request_id()))
    try:
        accounts.use_link(db.session, found, request.form.get("password", ""), now=clock.now())
    except accounts.WeakPassword as weak:
        db.session.rollback()
        return str(weak)
    db.session.commit()
    return ""
