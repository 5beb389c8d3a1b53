"""Failed attempts, counted in the database so that all workers see them, and when one has to wait.

Five failures lock an account for a quarter of an hour: for the source they came from, not for everybody, so that a pupil with a
telephone cannot lock a teacher out on deadline night. A browser that has signed in to the account before shows a signed device
cookie (OWASP "device cookies") and has a counter of its own: strangers behind the school's one address cannot lock it either.

An attempt is counted before the password is looked at: a hundred tried at once are a hundred counted. A success clears the counter.
Names are counted as typed, whether or not the account exists, so that the answer never tells.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from admin_app.audit import BULK_ALLOWED
from models.sign_in import SignInCounter

QUARTER = dt.timedelta(minutes=15)
RECORDED = {BULK_ALLOWED: True, "synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` within `window` of the first one; then a wait of `lock`."""

    most: int
    window: dt.timedelta
    lock: dt.timedelta = QUARTER


HOUR, HALF_DAY = dt.timedelta(hours=1), dt.timedelta(hours=12)


class Kind(Enum):
    """What is counted."""

    account_source = "account and source"
    account_device = "account and a device known to it"
    account = "account, whatever the source"
    source = "source, whatever the account"
    change = "old password when changing it"
    confirm = "password when confirming"
    second_source = "second factor, by account and source"
    second_account = "second factor, whatever the source"
    passkey = "questions to passkeys, by source"
    link = "links that are none, by source"
    mail_account = "mailed links, by account"
    mail_source = "mailed links, by source"
    saved = "one form, saved once"
    receipt = "questions about receipts, by person or source"

    @property
    def limit(self) -> Limit:
        return LIMITS[self]


LIMITS = {
    Kind.account_source: Limit(5, HALF_DAY),
    Kind.account_device: Limit(5, HALF_DAY),
    Kind.account: Limit(100, HOUR),
    Kind.source: Limit(60, QUARTER),
    Kind.change: Limit(5, HALF_DAY),
    Kind.confirm: Limit(5, HALF_DAY),
    Kind.second_source: Limit(5, HALF_DAY),
    Kind.second_account: Limit(30, HOUR, HOUR),
    Kind.passkey: Limit(600, QUARTER),
    Kind.link: Limit(20, QUARTER),
    Kind.mail_account: Limit(4, HOUR, HOUR),
    Kind.mail_source: Limit(20, HOUR, HOUR),
    Kind.saved: Limit(1, HALF_DAY, HALF_DAY),
    Kind.receipt: Limit(60, QUARTER),
}
"""How many are too many of each."""


@dataclass(frozen=True, slots=True)
class Door:
    """One thing counted: a kind and what it is counted for, e.g. a name and a source."""

    kind: Kind
    about: tuple[str, ...]

    def key(self, secret: str) -> str:
        """What the counter is kept under: nobody reads a name or an address from it."""
        text = "\x1f".join((self.kind.name, *self.about))
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def wait_for(session: Session, secret: str, doors: list[Door], *, now: dt.datetime) -> dt.datetime | None:
    """Until when one of these doors is shut; None when all are open. One statement."""
    keys = [door.key(secret) for door in doors]
    stmt = select(SignInCounter.locked_until).where(SignInCounter.key.in_(keys), SignInCounter.locked_until > now)
    return max((until for until in session.scalars(stmt) if until is not None), default=None)


def count(session: Session, secret: str, door: Door, *, now: dt.datetime) -> int | None:
    """Count one attempt: how many there have been, or None when the door is shut and nothing was counted. One atomic statement."""
    limit, kept = door.kind.limit, SignInCounter
    fresh = or_(kept.counted_at <= now - limit.window, kept.locked_until <= now)
    failures = case((fresh, 1), else_=kept.failures + 1)
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(kept)
    first = now + limit.lock if limit.most == 1 else None
    stmt = insert.values(key=door.key(secret), failures=1, counted_at=now, locked_until=first).on_conflict_do_update(
        index_elements=[kept.key],
        set_={
            "failures": failures,
            "counted_at": case((fresh, now), else_=kept.counted_at),
            "locked_until": case((failures >= limit.most, now + limit.lock), else_=None),
        },
        where=or_(kept.locked_until.is_(None), kept.locked_until <= now),
    )
    found: int | None = session.execute(stmt.returning(kept.failures), execution_options=RECORDED).scalar()
    return found


def clear(session: Session, secret: str, doors: list[Door]) -> None:
    """Forget what was counted: the right person came."""
    keys = [door.key(secret) for door in doors]
    session.execute(delete(SignInCounter).where(SignInCounter.key.in_(keys)), execution_options=RECORDED)


def sweep(session: Session, *, now: dt.datetime) -> int:
    """Forget counters that say nothing any more."""
    old = SignInCounter.counted_at < now - dt.timedelta(days=1)
    idle = or_(SignInCounter.locked_until.is_(None), SignInCounter.locked_until <= now)
    result: Any = session.execute(delete(SignInCounter).where(old, idle), execution_options=RECORDED)
    return int(result.rowcount)
