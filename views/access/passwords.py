"""Changing one's own password, by choice or because it has to be."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required

from admin_app import audit, clock, gates, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.services import accounts, first_passwords
from admin_app.services.attempts import Kind
from admin_app.services.passwords.profiles import Rules, words_about
from models.people import Account
from models.vocabulary import Act, Subject
from views.access.blueprint import blueprint
from views.access.proving import still_them


@blueprint.route("/account/password", methods=["GET", "POST"])
@login_required
def change_password() -> Any:
    """A new password for oneself; the present one is asked for, and every other sign-in ends."""
    problem = _change() if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        flash("密碼已更新，其他裝置上的登入都已結束。", "success")
        return redirect(url_for("access.me"))
    account = identity.account()
    page = render_template(
        "account/password.html",
        username=account.username,
        problem=problem,
        asks_old=True,
        must=must_words(account),
        rules=rules_for(account, identity.actor()).said,
    )
    return page, 422 if problem else 200


@blueprint.post("/account/password/strength")
@login_required
def strength() -> Any:
    """A word on a password while it is typed; nothing of it is kept."""
    return jsonify(hint=rules_for(identity.account(), identity.actor()).hint(request.form.get("password", "")))


def must_words(account: Account) -> str:
    """Why the password has to be changed now; empty when it need not."""
    if not gates.must_change_password():
        return ""
    if account.first_password_until is not None or account.password_set_at is None:
        return "這是第一次登入。請先換成只有您知道的密碼，才能使用系統。"
    return "密碼已到更換的期限，請先換一個新的，才能使用系統。"


def rules_for(account: Account, by: Actor) -> Rules:
    """What this person's new password must be like: longer for those who keep accounts."""
    born_on = account.student.born_on if account.student is not None else None
    about = words_about(account.username, account.person.name, born_on, by.rulebook.school)
    return Rules(identity.settings().passwords, bool(by.held(Act.manage, Subject.accounts)), about)


def old_password(account: Account) -> str:
    """The present password as typed; a printed first password may be typed in any way it can be read."""
    return first_passwords.as_typed(account, request.form.get("old_password", ""))


def _change() -> str:
    """What is wrong with what was sent; empty when the password has been changed."""
    account, rules, now = identity.account(), rules_for(identity.account(), identity.actor()), clock.now()
    problem = accounts.too_young(account, rules, now=now) or repeated_problem()
    if problem:
        return problem
    if not still_them(Kind.change, old_password(account)):
        return "目前的密碼不對，請再輸入一次。"
    try:
        audit.signature(db.session).verb = "set_password"
        accounts.set_password(db.session, account, request.form.get("password", ""), rules, now=now, keep=identity.sign_in())
    except accounts.WeakPassword as weak:
        db.session.rollback()
        return str(weak)
    db.session.commit()
    return ""


def repeated_problem() -> str:
    """The new password is typed twice."""
    same = request.form.get("password", "") == request.form.get("again", "")
    return "" if same else "兩次輸入的新密碼不同，請再輸入一次。"
