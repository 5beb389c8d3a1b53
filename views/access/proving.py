"""Whether a name and a password are right: counted first, answered alike for accounts that exist and those that do not.

Exactly one hash is made whatever the answer, and no database transaction is open while it is made.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from admin_app import audit, clock, identity
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import accounts, attempts, first_passwords, sessions
from admin_app.services.attempts import Door, Kind
from admin_app.services.passwords.hashing import matches
from models.people import Account
from models.values.device import neighbourhood
from models.vocabulary import EndReason
from views.access.devices import device_of, remember

WRONG = "帳號或密碼不對，請再試一次；忘記密碼請按「忘記密碼」。"
NOBODY = "未登入者"
LAPSED = "密碼單上的首次密碼已過期，請洽管理帳號的單位重新發給。"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nobody is let in, and until when trying again is no use."""

    sentence: str
    status: int = 403
    until: dt.datetime | None = None

    @property
    def headers(self) -> dict[str, str]:
        """When a program may try again."""
        return {"Retry-After": str(max(1, _seconds(self.until)))} if self.until is not None else {}


def prove(typed: str, password: str) -> Account | Refused:
    """The account of this name and password, or why not. Commits: what was counted stays counted."""
    account, now = accounts.find(db.session, typed), clock.now()
    hashed = account.password_hash if account is not None else ""
    password = first_passwords.as_typed(account, password) if account is not None else password
    doors = _doors(typed, account)
    until = attempts.wait_for(db.session, secret(), doors, now=now)
    tried = attempts.count(db.session, secret(), doors[0], now=now) if until is None else None
    db.session.commit()
    if tried is None:
        return _shut(until or now + attempts.QUARTER)
    if not matches(hashed, password):
        return _failed(typed, account, doors, tried)
    assert account is not None  # noqa: S101 - an empty hash never matches
    return _succeeded(account, password, doors)


def _doors(typed: str, account: Account | None) -> list[Door]:
    """What an attempt counts for. The first is counted before the password is looked at; the others when it was wrong."""
    name, device = typed.casefold()[:200], device_of(account)
    if device:
        return [Door(Kind.account_device, (name, device))]
    source = neighbourhood(request.remote_addr or "")
    return [Door(Kind.account_source, (name, source)), Door(Kind.account, (name,)), Door(Kind.source, (source,))]


def _failed(typed: str, account: Account | None, doors: list[Door], tried: int) -> Refused:
    now, most = clock.now(), doors[0].kind.limit.most
    sign(db.session, Signature(None, NOBODY, request_id=identity.request_id()))
    note = "" if account is not None else "沒有這個帳號"
    audit.track(db.session, "sign_in_failed", "account", record=account, note=note, 來源=request.remote_addr or "")
    for door in doors[1:]:
        attempts.count(db.session, secret(), door, now=now)
    if tried >= most:
        audit.track(db.session, "locked", "account", record=account, note=f"連續失敗 {tried} 次", 來源=request.remote_addr or "")
    db.session.commit()
    if tried >= most:
        return _shut(now + attempts.QUARTER)
    left = f"再錯 {most - tried} 次，這裡會暫停登入 15 分鐘。" if most - tried <= 2 else ""
    return Refused(WRONG + left)


def _succeeded(account: Account, password: str, doors: list[Door]) -> Account | Refused:
    today, now = clock.today(), clock.now()
    attempts.clear(db.session, secret(), doors[:1])
    closed = sessions.why_closed(account, on=today) or (None if identity.usable(account, on=today) else EndReason.disabled)
    if closed is not None or first_passwords.lapsed(account, on=today):
        db.session.commit()
        return Refused(closed.zh if closed is not None else LAPSED)
    sign(db.session, Signature(account.id, account.person.name, request_id=identity.request_id()))
    accounts.renew_hash(account, password)
    if identity.settings().passwords.expired(account.password_set_at, now=now) and not account.demo:
        account.must_change_password = True
    remember(account)
    return account


def _shut(until: dt.datetime) -> Refused:
    minutes = max(1, math.ceil(_seconds(until) / 60))
    return Refused(
        f"錯誤次數太多，這裡暫停登入，請在 {until:%H:%M} 之後（約 {minutes} 分鐘）再試。"
        "登入過的裝置不受影響；也可以按「忘記密碼」，用信裡的連結立即解除。",
        429,
        until,
    )


def _seconds(until: dt.datetime | None) -> int:
    return math.ceil((until - clock.now()).total_seconds()) if until is not None else 0


def still_them(kind: Kind, password: str) -> bool:
    """Whether the signed-in person knows their password; five wrong ones and it is not asked again for a quarter of an hour."""
    account = identity.account()
    door, hashed, now = Door(kind, (str(account.id),)), account.password_hash, clock.now()
    tried = attempts.count(db.session, secret(), door, now=now)
    db.session.commit()
    if tried is None:
        raise TooManyRequests("密碼輸入錯誤太多次，請 15 分鐘後再試；忘記密碼請登出後按「忘記密碼」。")
    right = matches(hashed, password)
    if right:
        attempts.clear(db.session, secret(), [door])
    return right


def secret() -> str:
    """What counters are keyed with."""
    return str(current_app.config["SECRET_KEY"])
