"""登入的第二步: six digits, a passkey or a recovery code, after the password."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from admin_app import audit, clock
from admin_app.extensions import db
from admin_app.services.factors import passkeys, recovery, totp
from admin_app.services.factors.passkeys import BadPasskey, ClonedPasskey
from admin_app.services.factors.telling import tell
from models.people import Account
from models.second_factor import Purpose
from views.entering import Waiting, complete, counted, failed, onward, right, waiting
from views.factors.blueprint import blueprint
from views.party import options, party, required_party

WRONG = {
    "totp": "驗證碼不對，或已經用過。請等手機上出現下一組六位數字再輸入。",
    "recovery": "備用碼不對，或已經用過。請換一組再試。",
}
NAMES = {"totp": "驗證器", "recovery": "備用碼", "passkey": "通行密鑰"}


@blueprint.route("/login/second", methods=["GET", "POST"])
def second_step() -> Any:
    """Ask for the second factor, and let in who has it."""
    this = waiting()
    if not this.ways.any:
        return redirect(url_for("factors.must_enrol"))
    if request.method != "POST":
        return _page(this)
    way = request.form.get("way", "")
    problem = shown(this.account, way, Purpose.passkey_confirm)
    if problem:
        failed(this, NAMES.get(way, "其他"))
        return _page(this, problem, way), 422
    complete(this)
    warn_if_few(this.account)
    db.session.commit()
    return onward(this.account, this.next_url, this.carried)


@blueprint.post("/login/second/options")
def second_step_options() -> Any:
    """What the browser is to ask the person's device."""
    this = waiting()
    text = passkeys.ask_to_prove(
        db.session, required_party(), purpose=Purpose.passkey_confirm, now=clock.now(), account=this.account
    )
    db.session.commit()
    return options(text)


def shown(account: Account, way: str, purpose: Purpose) -> str:
    """Try the factor in the form; empty when it is right (recorded), otherwise what is wrong. The caller commits either way."""
    now = clock.now()
    if way == "passkey":
        return shown_passkey(account, purpose)
    counted(account)
    if way == "totp" and totp.verify(db.session, account, request.form.get("code", ""), now=now):
        audit.track(db.session, "factor_use", "account", record=account, factor=NAMES[way])
        right(account)
        return ""
    if way == "recovery" and recovery.verify(db.session, account, request.form.get("recovery", ""), now=now):
        audit.track(db.session, "recovery_use", "account", record=account)
        right(account)
        tell(db.session, account, "有人以備用碼登入您的帳號。")
        return ""
    return WRONG.get(way, "請選擇一種方式再試一次。")


def shown_passkey(account: Account, purpose: Purpose) -> str:
    """Try the passkey in the form."""
    answer = request.form.get("answer", "")
    try:
        passkey = passkeys.prove(db.session, required_party(), answer, purpose=purpose, now=clock.now(), account=account)
    except ClonedPasskey as cloned:
        suspect(account, cloned)
        return str(cloned)
    except BadPasskey as bad:
        return str(bad)
    audit.track(db.session, "factor_use", "account", record=account, factor=NAMES["passkey"], name=passkey.name)
    return ""


def suspect(account: Account, cloned: ClonedPasskey) -> None:
    """There may be two of a key: recorded, and the owner is told."""
    audit.track(db.session, "factor_suspect", "account", record=account, name=cloned.passkey.name)
    tell(db.session, account, f"通行密鑰「{cloned.passkey.name}」可能遭人複製，已停用，請到「登入安全」移除。")


def warn_if_few(account: Account) -> None:
    """Three recovery codes or fewer: time for new ones."""
    left = recovery.left(db.session, account)
    if left <= recovery.FEW:
        flash(f"備用碼只剩 {left} 組，請到「登入安全」重新產生。", "warning")


def _page(this: Waiting, problem: str = "", way: str = "") -> str:
    return render_template(
        "factors/second_step.html",
        errors=[{"id": {"recovery": "recovery", "totp": "code"}.get(way, ""), "label": "", "text": problem}] if problem else [],
        username=this.account.username,
        ways=this.ways,
        passkeys=this.ways.passkeys and party() is not None,
        recovering=way == "recovery" or not (this.ways.totp or party()),
    )
