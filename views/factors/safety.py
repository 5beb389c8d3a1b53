"""登入安全: one's second factors, when each was used last, adding and removing them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict, NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services.factors import passkeys, recovery, status, totp
from admin_app.services.factors.telling import tell
from models.people import Account
from models.second_factor import Passkey
from models.values.roc import format_roc
from views.confirming import confirmed_or_page
from views.entering import why
from views.factors.blueprint import blueprint
from views.party import NO_PARTY, party

LAST_ONE = "您的職務登入須有第二道驗證，不能移除最後一個。請先設定另一個（例如新手機），再移除這一個。"


@blueprint.get("/account/safety")
@login_required
def safety() -> Any:
    """What guards this account besides its password."""
    account = identity.account()
    has = status.status(db.session, account)
    return render_template(
        "factors/safety.html",
        required=why(account),
        any=has.any,
        confirmed=identity.recently_confirmed(),
        totp={"made": _day(has.totp.enrolled_at), "used": _day(has.totp.last_used_at)} if has.totp else None,
        passkeys=[_described(each) for each in has.passkeys],
        passkey_problem="" if party() else NO_PARTY,
        codes_left=has.codes_left,
        few=recovery.FEW,
        school_account=_school_account(has),
    )


@blueprint.post("/account/safety/totp/remove")
@login_required
def remove_totp() -> Any:
    """Forget the authenticator."""
    if (asked := confirmed_or_page("移除驗證器")) is not None:
        return asked
    account = identity.account()
    _must_keep_one(account, removing_totp=True)
    if not totp.remove(db.session, account):
        raise NotFound("沒有設定驗證器。")
    return _removed(account, "已移除驗證器。")


@blueprint.post("/account/safety/passkeys/<int:number>/remove")
@login_required
def remove_passkey(number: int) -> Any:
    """Forget one passkey."""
    if (asked := confirmed_or_page("移除通行密鑰")) is not None:
        return asked
    account = identity.account()
    _must_keep_one(account, removing_totp=False)
    if not passkeys.remove(db.session, account, number):
        raise NotFound("這把通行密鑰已經移除了。")
    return _removed(account, "已移除一把通行密鑰。")


@blueprint.post("/account/safety/passkeys/<int:number>/rename")
@login_required
def rename_passkey(number: int) -> Any:
    """Call a passkey something else."""
    if not passkeys.rename(db.session, identity.account(), number, request.form.get("name", "")):
        raise NotFound("沒有更名：這把通行密鑰已經移除，或沒有填名稱。")
    db.session.commit()
    flash("已更名。", "success")
    return redirect(url_for("factors.safety"))


@blueprint.post("/account/safety/codes")
@login_required
def make_codes() -> Any:
    """Ten new recovery codes, shown once."""
    if (asked := confirmed_or_page("重新產生備用碼")) is not None:
        return asked
    account = identity.account()
    if not status.ways(db.session, account.id).any:
        raise Conflict("請先設定驗證器或通行密鑰，備用碼會一併產生。")
    codes = recovery.make(db.session, account, now=clock.now())
    tell(db.session, account, "已重新產生備用碼，舊的全部作廢。")
    db.session.commit()
    what = "已重新產生備用碼，舊的全部作廢。"
    return render_template(
        "factors/codes.html", codes=codes, what=what, next_url=url_for("factors.safety"), username=account.username
    )


def _must_keep_one(account: Account, *, removing_totp: bool) -> None:
    """Whoever must have a second factor keeps the last one."""
    has = status.ways(db.session, account.id)
    left = has.passkeys if removing_totp else has.passkeys - 1 + has.totp
    if left < 1 and why(account):
        raise Conflict(LAST_ONE)


def _removed(account: Account, what: str) -> Any:
    """With the last factor go the recovery codes: they stand in for one and open nothing by themselves."""
    if not status.ways(db.session, account.id).any:
        recovery.remove(db.session, account)
    tell(db.session, account, what)
    db.session.commit()
    flash(what, "success")
    return redirect(url_for("factors.safety"))


def _described(passkey: Passkey) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "name": passkey.name,
        "made": _day(passkey.made_at),
        "used": _day(passkey.last_used_at),
        "synced": passkey.synced,
        "suspected": passkey.suspected_at is not None,
    }


def _school_account(has: status.Status) -> dict[str, str] | None:
    """The school account this account is linked to, where the school has a sign-in service."""
    oidc, linked = identity.settings().oidc, has.school_identity
    if oidc is None or linked is None:
        return None
    return {"name": oidc.name, "made": _day(linked.linked_at), "used": _day(linked.last_used_at)}


def _day(at: dt.datetime | None) -> str:
    return f"{format_roc(at.date())} {at:%H:%M}" if at else "還沒用過"
