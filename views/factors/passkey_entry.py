"""Signing in with a passkey alone: the device has checked the person, which is two factors at once."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.exceptions import TooManyRequests

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.services import attempts
from admin_app.services.attempts import Door, Kind
from admin_app.services.factors import passkeys
from admin_app.services.factors.passkeys import BadPasskey, ClonedPasskey
from models.people import Account
from models.second_factor import Purpose
from models.values.device import neighbourhood
from models.vocabulary import SignInMethod
from views.entering import acting, proceed, safe_next
from views.factors.blueprint import blueprint
from views.factors.second_step import suspect
from views.party import options, required_party


@blueprint.post("/login/passkey/options")
def passkey_options() -> Any:
    """What the browser is to ask: any passkey it has for us."""
    door = Door(Kind.passkey, (neighbourhood(request.remote_addr or ""),))
    if attempts.count(db.session, str(current_app.config["SECRET_KEY"]), door, now=clock.now()) is None:
        raise TooManyRequests("這個網路位址要求太多次，請 15 分鐘後再試，或改用帳號密碼登入。")
    text = passkeys.ask_to_prove(db.session, required_party(), purpose=Purpose.passkey_sign_in, now=clock.now())
    db.session.commit()
    return options(text)


@blueprint.post("/login/passkey")
def passkey_sign_in() -> Any:
    """Sign in whoever the passkey belongs to."""
    answer, where = request.form.get("answer", ""), required_party()
    try:
        passkey = passkeys.prove(db.session, where, answer, purpose=Purpose.passkey_sign_in, now=clock.now())
    except ClonedPasskey as cloned:
        owner = db.session.get_one(Account, cloned.passkey.account_id)
        acting(owner)
        suspect(owner, cloned)
        return _refused(str(cloned))
    except BadPasskey as bad:
        return _refused(str(bad))
    account = db.session.get_one(Account, passkey.account_id)
    acting(account)
    if not identity.usable(account, on=clock.today()):
        return _refused("這個帳號目前不能登入（停用、到期或已離校），請洽管理帳號的單位。")
    audit.track(db.session, "factor_use", "account", record=account, factor="通行密鑰", name=passkey.name)
    return proceed(account, SignInMethod.passkey, proven=True, next_url=safe_next(), carried=request.form.get("carried", ""))


def _refused(sentence: str) -> Any:
    db.session.commit()  # the question is used up, and a suspicion stays
    flash(sentence, "danger")
    return redirect(url_for("access.sign_in"))
