"""From "this is the right person" to a sign-in: straight on, or by way of the second step, or of setting up a second factor.

Until the second step is passed there is no sign-in at all: the browser holds the handle of a question that waits ten minutes, and
with it nothing opens but the pages that answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import TooManyRequests

from admin_app import audit, carrying, clock, identity
from admin_app.actor import load_actor
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import attempts
from admin_app.services.attempts import Door, Kind
from admin_app.services.factors import challenges
from admin_app.services.factors.requirement import why_required
from admin_app.services.factors.status import Ways, ways
from models.people import Account
from models.second_factor import Purpose, Required
from models.values.device import neighbourhood
from models.vocabulary import SignInMethod

WAITING = "second_step"
MOST_TRIES = 5
TOO_LATE = "登入的第二步已逾時，請重新登入。"
SHUT = "第二道驗證錯誤次數太多，這裡暫停 15 分鐘，請稍後再試；通行密鑰不受影響。"
TOO_MANY = "驗證失敗次數太多，這次登入已取消。請重新輸入帳號密碼；手機不在身邊可用備用碼。"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in that waits for its second step, and where it was going."""

    handle: str
    account: Account
    method: SignInMethod
    next_url: str
    carried: str
    ways: Ways


def proceed(account: Account, method: SignInMethod, *, proven: bool = False, next_url: str = "", carried: str = "") -> Any:
    """Sign in, or ask for what is still missing. `proven`: what was shown is enough. Commits."""
    has = ways(db.session, account.id)
    if proven or not (has.any or why(account)):
        identity.login(account, method, second_factor=proven and method is not SignInMethod.demo)
        db.session.commit()
        return onward(account, next_url, carried)
    facts = {"method": method.name, "next": next_url, "carried": carried}
    session[WAITING] = challenges.ask(db.session, Purpose.second_step, now=clock.now(), account_id=account.id, **facts)
    db.session.commit()
    return redirect(url_for("factors.second_step" if has.any else "factors.must_enrol"))


def onward(account: Account, next_url: str, carried: str = "") -> Any:
    """After signing in: to what was interrupted, to where the person was going, or to the first page."""
    interrupted = carrying.unpack(carried, account.id)
    if interrupted is not None:
        g.pop("shut_gate", None)
        return render_template("account/replay.html", carried=interrupted)
    return redirect(next_url or url_for("admin.index"))


def waiting() -> Waiting:
    """The sign-in this browser is in the middle of; otherwise back to the beginning."""
    handle = str(session.get(WAITING, ""))
    question = challenges.look(db.session, Purpose.second_step, handle, now=clock.now()) if handle else None
    account = db.session.get(Account, question.account_id) if question else None
    if question is None or account is None or not identity.usable(account, on=clock.today()):
        session.pop(WAITING, None)
        flash(TOO_LATE, "warning")
        abort(redirect(url_for("access.sign_in")))
    acting(account)
    facts = question.facts
    return Waiting(handle, account, SignInMethod[facts["method"]], facts["next"], facts["carried"], ways(db.session, account.id))


def complete(this: Waiting) -> None:
    """The second step is passed: sign in. The caller commits. Of two browsers with the same handle one gets in."""
    if challenges.answer(db.session, Purpose.second_step, this.handle, now=clock.now()) is None:
        db.session.rollback()
        flash(TOO_LATE, "warning")
        abort(redirect(url_for("access.sign_in")))
    identity.login(this.account, this.method, second_factor=True)


def failed(this: Waiting, factor: str) -> None:
    """A wrong answer: counted, recorded, and after five of them the sign-in is over. Commits."""
    audit.track(db.session, "factor_fail", "account", record=this.account, factor=factor)
    challenges.count_failure(db.session, Purpose.second_step, this.handle)
    question = challenges.look(db.session, Purpose.second_step, this.handle, now=clock.now())
    if question is None or question.tries < MOST_TRIES:
        db.session.commit()
        return
    challenges.answer(db.session, Purpose.second_step, this.handle, now=clock.now())
    db.session.commit()
    session.pop(WAITING, None)
    raise TooManyRequests(TOO_MANY)


def counted(account: Account) -> None:
    """Count one attempt at the second factor before it is looked at: five from one place, and that place waits. Commits."""
    doors, now = _doors(account), clock.now()
    shut = attempts.wait_for(db.session, _secret(), doors, now=now)
    tried = [attempts.count(db.session, _secret(), door, now=now) for door in doors] if shut is None else [None]
    db.session.commit()
    if None in tried:
        raise TooManyRequests(SHUT)


def right(account: Account) -> None:
    """The right factor came: what was counted for this place is forgotten. The caller commits."""
    attempts.clear(db.session, _secret(), _doors(account)[:1])


def _doors(account: Account) -> list[Door]:
    source = neighbourhood(request.remote_addr or "")
    return [Door(Kind.second_source, (str(account.id), source)), Door(Kind.second_account, (str(account.id),))]


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def why(account: Account) -> str:
    """Why this account must have a second factor, or nothing."""
    required = identity.settings().require_second_factor
    if required is Required.none or account.staff_id is None:
        return ""
    return why_required(load_actor(db.session, account, identity.rulebook(), on=clock.today()), required)


def acting(account: Account) -> None:
    """Who acts while nobody is signed in yet."""
    sign(db.session, Signature(account.id, account.person.name, request_id=identity.request_id()))


def safe_next() -> str:
    """Where the person was going, if that is a page of ours; else nothing."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return target if plain and target.isprintable() else ""
