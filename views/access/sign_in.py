"""The sign-in page, and out again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden

from admin_app import carrying, identity
from admin_app.extensions import db
from admin_app.services import accounts
from models.people import Account
from models.vocabulary import Division, SignInMethod
from views.access.blueprint import blueprint
from views.access.proving import Refused, prove


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
        return enter(_persona(persona), SignInMethod.demo)
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    outcome = prove(username, password)
    if isinstance(outcome, Refused):
        return page(outcome.sentence, username), outcome.status, outcome.headers
    return enter(outcome, SignInMethod.password)


def enter(account: Account, method: SignInMethod, *, second_factor: bool = False) -> Any:
    """Sign this browser in, commit, and lead on: to what was interrupted, to where the person was going, or to the first page."""
    identity.login(account, method, second_factor=second_factor)
    db.session.commit()
    carried = carrying.unpack(request.form.get("carried", ""), account.id)
    if carried is not None:
        g.pop("shut_gate", None)
        return render_template("account/replay.html", carried=carried)
    return redirect(_safe_next() or url_for("admin.index"))


def _persona(username: str) -> Account:
    account = accounts.find(db.session, username)
    if not current_app.config["DEMO"] or account is None or not account.demo:
        raise Forbidden("只有示範學校可以按一下就登入。")
    return account


def _safe_next() -> str | None:
    """Where the person was going, if that is a page of ours."""
    target = request.form.get("next", "")
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return target if plain and target.isprintable() else None


def page(problem: str = "", username: str = "") -> str:
    """The sign-in page, with what went wrong and what was typed."""
    return render_template(
        "login.html",
        errors=[{"id": "username", "label": "", "text": problem}] if problem else [],
        username=username,
        next_url=request.values.get("next", ""),
        carried=request.form.get("carried", ""),
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
    return redirect(url_for("access.sign_in"))
