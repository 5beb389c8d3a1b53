"""Setting up 驗證器 and 通行密鑰: by the owner from 「登入安全」, or on the way in where the post requires one.

Each deed has two addresses: under /login for a sign-in that waits for it, under /account for whoever is signed in.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, UnprocessableEntity

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services.factors import passkeys, recovery, totp
from admin_app.services.factors.passkeys import BadPasskey
from admin_app.services.factors.telling import tell
from models.people import Account
from views.confirming import confirmed_or_page
from views.entering import Waiting, complete, failed, onward, waiting, why
from views.factors.blueprint import blueprint
from views.party import options, party, required_party

WRONG = "驗證碼不對。請確認掃描的是這個條碼、手機時間是自動設定，再輸入目前顯示的六位數字。"
LATE = "設定時間已過，請掃描新的條碼。"


@blueprint.get("/login/enrol")
def must_enrol() -> Any:
    """Why a second factor is needed, and the ways to set one up."""
    this = waiting()
    if this.ways.any:
        return redirect(url_for("factors.second_step"))
    return render_template(
        "factors/must_enrol.html", why=why(this.account), passkeys=party() is not None, username=this.account.username
    )


@blueprint.post("/login/enrol/totp")
def must_enrol_totp() -> Any:
    """Set up an authenticator on the way in."""
    this = _without_factor()
    return _totp(this.account, this)


@blueprint.post("/login/enrol/passkey/options")
def must_enrol_options() -> Any:
    """What the browser is to ask the device, on the way in."""
    return _options(_without_factor().account)


@blueprint.post("/login/enrol/passkey")
def must_enrol_passkey() -> Any:
    """Register a passkey on the way in."""
    this = _without_factor()
    return _passkey(this.account, this)


@blueprint.post("/account/safety/totp")
@login_required
def enrol_totp() -> Any:
    """Set up an authenticator, or move it to a new phone."""
    if (asked := confirmed_or_page("設定驗證器")) is not None:
        return asked
    return _totp(identity.account(), None)


@blueprint.post("/account/safety/passkey/options")
@login_required
def enrol_options() -> Any:
    """What the browser is to ask the device."""
    if not identity.recently_confirmed():
        raise Forbidden("請重新整理頁面，先確認是您本人。")
    return _options(identity.account())


@blueprint.post("/account/safety/passkey")
@login_required
def enrol_passkey() -> Any:
    """Register one more passkey. The page asks who it is first, where that was long ago; then the button is pressed again."""
    if (asked := confirmed_or_page("登記通行密鑰")) is not None:
        return asked
    if not request.form.get("answer"):
        flash("已確認是您本人，請按「登記通行密鑰」。", "info")
        return redirect(url_for("factors.safety"))
    return _passkey(identity.account(), None)


def _without_factor() -> Waiting:
    """On the way in a factor is set up only by whoever has none yet: otherwise a password alone would be enough to add one."""
    this = waiting()
    if this.ways.any:
        raise UnprocessableEntity("這個帳號已有第二道驗證，請以它完成登入。")
    return this


def _totp(account: Account, this: Waiting | None) -> Any:
    """Without a code a new secret is shown; with one, the secret it belongs to is kept if the code is right."""
    handle, now = request.form.get("handle", ""), clock.now()
    secret = totp.proposed(db.session, account, handle, now=now) if handle else None
    if secret and totp.enrol(db.session, account, handle, request.form.get("code", ""), now=now):
        return _done(account, this, "已設定驗證器。")
    problem = WRONG if secret else LATE if handle else ""
    if secret is None:
        handle = totp.propose(db.session, account, now=now)
        secret = totp.proposed(db.session, account, handle, now=now) or ""
    if problem and this is not None:
        failed(this, "驗證器")
    db.session.commit()
    return _totp_page(account, this, handle, secret, problem), 422 if problem else 200


def _totp_page(account: Account, this: Waiting | None, handle: str, secret: str, problem: str) -> str:
    return render_template(
        "factors/totp.html",
        errors=[{"id": "code", "label": "", "text": problem}] if problem else [],
        handle=handle,
        picture=Markup(totp.picture(secret, account)),  # noqa: S704 - drawn by segno from an address of ours
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        address=totp.address(secret, account),
        back_url=url_for("factors.must_enrol") if this else url_for("factors.safety"),
        replaces=this is None and totp.enrolled(db.session, account) is not None,
    )


def _options(account: Account) -> Any:
    text = passkeys.ask_to_register(db.session, account, required_party(), now=clock.now())
    db.session.commit()
    return options(text)


def _passkey(account: Account, this: Waiting | None) -> Any:
    answer, name = request.form.get("answer", ""), request.form.get("name", "")
    try:
        passkey = passkeys.register(db.session, account, required_party(), answer, name=name, now=clock.now())
    except BadPasskey as bad:
        db.session.commit()  # the question is used up
        flash(str(bad), "danger")
        return redirect(url_for("factors.must_enrol" if this else "factors.safety"))
    return _done(account, this, f"已登記通行密鑰「{passkey.name}」。")


def _done(account: Account, this: Waiting | None, what: str) -> Any:
    """Recovery codes come with the first factor. On the way in, the sign-in goes on."""
    tell(db.session, account, what)
    codes = () if recovery.left(db.session, account) else recovery.make(db.session, account, now=clock.now())
    if this is not None:
        complete(this)
    db.session.commit()
    next_url = this.next_url or url_for("admin.index") if this else url_for("factors.safety")
    if codes:
        return render_template("factors/codes.html", codes=codes, what=what, next_url=next_url, username=account.username)
    flash(what, "success")
    return onward(account, next_url, this.carried if this else "")
