"""Confirming by 驗證器 or 通行密鑰 that it is still the same person, instead of the password."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_login import login_required

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.services.factors import passkeys, status
from models.second_factor import Purpose
from views import confirming
from views.factors.blueprint import blueprint
from views.factors.second_step import NAMES, shown
from views.party import options, party, required_party

WAYS = ("totp", "passkey")
"""A recovery code is for the day nothing else is at hand, not for confirming."""


@blueprint.post("/confirm/factor")
@login_required
def confirm_factor() -> Any:
    """Ask for the second factor, and go on with what was interrupted once it is right."""
    account, way = identity.account(), request.form.get("way", "")
    if way not in WAYS:
        return _page()
    problem = shown(account, way, Purpose.passkey_confirm)
    if problem:
        audit.track(db.session, "factor_fail", "account", record=account, factor=NAMES[way])
        db.session.commit()
        return _page(problem), 422
    identity.confirm()
    db.session.commit()
    return confirming.onward(request.form.get("carried", ""))


@blueprint.post("/confirm/factor/options")
@login_required
def confirm_options() -> Any:
    """What the browser is to ask the person's device."""
    account, where = identity.account(), required_party()
    text = passkeys.ask_to_prove(db.session, where, purpose=Purpose.passkey_confirm, now=clock.now(), account=account)
    db.session.commit()
    return options(text)


def offered() -> dict[str, str] | None:
    """The way, for whoever has a factor that can be shown here."""
    has = status.ways(db.session, identity.account().id)
    usable = has.totp or (has.passkeys and party() is not None)
    return {"zh": "改用驗證器或通行密鑰確認", "url": url_for("factors.confirm_factor")} if usable else None


def _page(problem: str = "") -> str:
    has = status.ways(db.session, identity.account().id)
    return render_template(
        "factors/confirm.html",
        errors=[{"id": "code" if has.totp else "", "label": "", "text": problem}] if problem else [],
        carried=request.form.get("carried", ""),
        what=request.form.get("what", "")[:40],
        totp=has.totp,
        passkeys=has.passkeys and party() is not None,
    )


confirming.WAYS.append(offered)
