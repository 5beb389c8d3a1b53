"""Signing in and out, one-time links, one's own password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden, NotFound

from admin_app import audit, clock, identity
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import accounts
from models.people import Account
from models.vocabulary import Division

blueprint = Blueprint("access", __name__)
WRONG = "帳號或密碼不對。請再試一次；忘記密碼請洽設備組（進修部請洽進修部）。"


@blueprint.get("/")
def front_door() -> Any:
    """The address people type: on to the first page, by way of signing in."""
    return redirect(url_for("admin.index"))


@blueprint.route("/login", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in by name and password; in the demo also by one click per persona."""
    if request.method == "GET":
        return redirect(url_for("admin.index")) if current_user.is_authenticated else _page()
    persona = request.form.get("persona")
    if persona is not None:
        return _enter(_persona(persona))
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    account = accounts.find(db.session, username)
    if not accounts.verify(account, password) or account is None or not identity.usable(account, on=clock.today()):
        return _page(WRONG, username), 403
    return _enter(account)


def _persona(username: str) -> Account:
    account = accounts.find(db.session, username)
    if not current_app.config["DEMO"] or account is None or not account.demo:
        raise Forbidden("只有示範學校可以按一下就登入。")
    return account


def _enter(account: Account) -> Any:
    sign(db.session, Signature(account.id, account.person.name, request_id=identity.request_id()))
    account.signed_in_at = clock.now()
    audit.track(db.session, "sign_in", "account", record=account)
    login_user(identity.SignedIn(account))
    db.session.commit()
    return redirect(_safe_next() or url_for("admin.index"))


def _safe_next() -> str | None:
    """Where the person was going, if that is a page of ours."""
    target = request.form.get("next", "")
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return target if plain and target.isprintable() else None


def _page(problem: str = "", username: str = "") -> str:
    return render_template(
        "login.html",
        errors=[{"id": "username", "label": "", "text": problem}] if problem else [],
        username=username,
        next_url=request.values.get("next", ""),
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
    """End this session."""
    audit.track(db.session, "sign_out", "account", record=identity.account())
    db.session.commit()
    logout_user()
    flash("已登出。", "success")
    return redirect(url_for("access.sign_in"))


@blueprint.route("/password/<token>", methods=["GET", "POST"])
def one_time_link(token: str) -> Any:
    """Set a password by a one-time link."""
    account = accounts.find_by_link(db.session, token, now=clock.now())
    if account is None:
        raise NotFound("這個連結已經用過或過期了，請洽設備組重新產生。")
    problem = ""
    if request.method == "POST":
        problem = _chosen_password_problem()
        if not problem:
            sign(db.session, Signature(account.id, account.person.name, verb="set_password", request_id=identity.request_id()))
            problem = _set(account, by_link=True)
        if not problem:
            flash("密碼已設定，請登入。", "success")
            return redirect(url_for("access.sign_in"))
    page = render_template("account/password.html", username=account.username, problem=problem, asks_old=False)
    return page, 422 if problem else 200


@blueprint.route("/account", methods=["GET", "POST"])
@login_required
def me() -> Any:
    """One's own posts and password."""
    account, problem = identity.account(), ""
    if request.method == "POST":
        old_is_right = accounts.verify(account, request.form.get("old_password", ""))
        problem = _chosen_password_problem() if old_is_right else "目前的密碼不對，請再輸入一次。"
        if not problem:
            audit.signature(db.session).verb = "set_password"
            problem = _set(account, by_link=False)
        if not problem:
            login_user(identity.SignedIn(account))
            flash("密碼已更新，其他裝置上的登入都已結束。", "success")
            return redirect(url_for("access.me"))
    by = identity.actor()
    grants = sorted({(grant.row, grant.division_zh, grant.act.zh, grant.subject.zh, grant.basis) for grant in by.grants()})
    page = render_template(
        "account/password.html", username=account.username, problem=problem, asks_old=True, posts=by.posts_zh, grants=grants
    )
    return page, 422 if problem else 200


def _chosen_password_problem() -> str:
    same = request.form.get("password", "") == request.form.get("again", "")
    return "" if same else "兩次輸入的新密碼不同，請再輸入一次。"


def _set(account: Account, *, by_link: bool) -> str:
    change = accounts.use_link if by_link else accounts.set_password
    try:
        change(account, request.form.get("password", ""))
    except accounts.WeakPassword as weak:
        db.session.rollback()
        return str(weak)
    audit.track(db.session, "set_password", "account", record=account)
    db.session.commit()
    return ""
