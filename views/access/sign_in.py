"""The sign-in page, and out again."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden

from admin_app import identity
from admin_app.extensions import db
from admin_app.services import accounts
from models.people import Account
from models.vocabulary import Division, SignInMethod
from views.access.blueprint import blueprint
from views.access.proving import Refused, prove
from views.entering import proceed, safe_next
from views.party import party

CLEARED = '"cache"'
"""What a browser forgets at signing out. Not its cookies: one of them tells that it is known here, which keeps others' guesses from
locking its owner out."""


@blueprint.get("/")
def front_door() -> Any:
    """The address people type: on to the first page, by way of signing in."""
    return redirect(url_for("admin.index"))


@blueprint.route("/login", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in by name and password; in the demo also by one click per persona."""
    if request.method == "GET":
        return redirect(url_for("admin.index")) if current_user.is_authenticated else page()
    persona = request.form.get("persona")
    if persona is not None:
        return enter(_persona(persona), SignInMethod.demo, proven=True)
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    outcome = prove(username, password)
    if isinstance(outcome, Refused):
        return page(outcome.sentence, username), outcome.status, outcome.headers
    return enter(outcome, SignInMethod.password)


def enter(account: Account, method: SignInMethod, *, proven: bool = False) -> Any:
    """On to the second step, or in."""
    return proceed(account, method, proven=proven, next_url=safe_next(), carried=request.form.get("carried", ""))


def _persona(username: str) -> Account:
    account = accounts.find(db.session, username)
    if not current_app.config["DEMO"] or account is None or not account.demo:
        raise Forbidden("只有示範學校可以按一下就登入。")
    return account


def page(problem: str = "", username: str = "") -> str:
    """The sign-in page, with what went wrong and what was typed."""
    oidc = identity.settings().oidc
    return render_template(
        "login.html",
        errors=[{"id": "username", "label": "", "text": problem}] if problem else [],
        username=username,
        next_url=request.values.get("next", ""),
        carried=request.form.get("carried", ""),
        passkeys=party() is not None,
        school_account=oidc.name if oidc else "",
        personas=_personas() if current_app.config["DEMO"] else [],
    )


def _personas() -> list[dict[str, Any]]:
    rulebook = identity.rulebook()
    people = (joinedload(Account.staff), joinedload(Account.student), joinedload(Account.guardian))
    named_for_a_post = Account.username.in_(rulebook.posts)
    stmt = select(Account).options(*people).where(Account.demo, Account.enabled, named_for_a_post).order_by(Account.id)
    demo = db.session.scalars(stmt).all()
    return [
        {
            "zh": division.zh,
            "people": [
                {"username": each.username, "name": each.person.name, "post": rulebook.zh(each.username)}
                for each in demo
                if each.division is division
            ],
        }
        for division in Division
    ]


@blueprint.post("/logout")
@login_required
def sign_out() -> Any:
    """End this sign-in."""
    identity.logout()
    db.session.commit()
    flash("已登出。", "success")
    answer = redirect(url_for("access.sign_in"))
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer
