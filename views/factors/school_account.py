"""Signing in with the school's own account (OpenID Connect).

The state is kept on the server, and answered once, by the browser it was given to.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, current_app, flash, redirect, request, session, url_for
from werkzeug.exceptions import NotFound

from admin_app import audit, clock, identity
from admin_app.addresses import full_address
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services.factors import challenges
from admin_app.services.oidc.matching import NoAccount, account_for
from admin_app.services.oidc.provider import BadAnswer, Claims, Provider, ProviderDown
from models.second_factor import Purpose
from models.vocabulary import SignInMethod
from views.entering import acting, proceed, safe_next
from views.factors.blueprint import blueprint

STATE = "school_account"
DOWN = "{name}服務目前連不上。請稍後再試，或改用帳號密碼登入。"
STALE = "這次{name}登入已經用過或逾時，請再按一次按鈕。"
BAD = "{name}的回應無法確認，沒有登入。請再試一次；若仍不行請改用帳號密碼登入。"
CANCELLED = "您在{name}取消了登入。"


@blueprint.get("/login/school")
def to_school_account() -> Any:
    """On to the school's sign-in service. A link and not a form: forms may lead to no other host."""
    try:
        started = _provider().start(_return_to())
    except ProviderDown:
        return _sorry(DOWN)
    facts = {"nonce": started["nonce"], "code_verifier": started["code_verifier"], "next": safe_next()}
    session[STATE] = challenges.ask(db.session, Purpose.oidc, now=clock.now(), handle=started["state"], **facts)
    db.session.commit()
    return redirect(started["url"])


@blueprint.get("/login/school/return")
def from_school_account() -> Any:
    """Back from the school's sign-in service."""
    provider, state = _provider(), request.args.get("state", "")
    mine = secrets.compare_digest(state.encode(), str(session.pop(STATE, "")).encode())
    question = challenges.answer(db.session, Purpose.oidc, state, now=clock.now()) if state and mine else None
    db.session.commit()
    if question is None:
        return _sorry(STALE)
    if "code" not in request.args:
        return _sorry(CANCELLED)
    try:
        claims = provider.finish(request.args["code"], return_to=_return_to(), remembered=question.facts)
    except ProviderDown:
        return _sorry(DOWN)
    except BadAnswer:
        return _refused(BAD)
    return _matched(provider, claims, question.facts["next"])


def install(app: Flask) -> None:
    """One client per process: it keeps the provider's addresses and keys."""
    oidc = app.extensions["settings"].oidc
    app.extensions["oidc"] = Provider(oidc) if oidc else None


def _matched(provider: Provider, claims: Claims, next_url: str) -> Any:
    sign(db.session, Signature(None, "學校帳號登入", request_id=identity.request_id()))
    try:
        account = account_for(db.session, claims, provider.settings, now=clock.now())
    except NoAccount as none:
        db.session.rollback()
        return _refused(str(none))
    if not identity.usable(account, on=clock.today()):
        db.session.rollback()
        return _refused("這個帳號目前不能登入（停用、到期或已離校），請洽管理帳號的單位。")
    acting(account)
    return proceed(account, SignInMethod.school_account, next_url=next_url, proven=claims.by_two_factors)


def _refused(sentence: str) -> Any:
    """A refusal is an event; whose mail it was is not written down."""
    sign(db.session, Signature(None, "學校帳號登入", request_id=identity.request_id()))
    said = sentence.format(name=_provider().settings.name)
    audit.track(db.session, "oidc_refuse", "account", note=said)
    db.session.commit()
    return _sorry(said)


def _sorry(sentence: str) -> Any:
    flash(sentence.format(name=_provider().settings.name), "danger")
    return redirect(url_for("access.sign_in"))


def _provider() -> Provider:
    found: Provider | None = current_app.extensions["oidc"]
    if found is None:
        raise NotFound
    return found


def _return_to() -> str:
    return full_address("factors.from_school_account")
