"""Questions that are answered once and soon. Kept in the database, so that every worker knows them and none can be replayed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from admin_app.audit import BULK_ALLOWED
from models.second_factor import Challenge, Purpose

LASTS = {
    Purpose.second_step: dt.timedelta(minutes=10),
    Purpose.totp_enrol: dt.timedelta(minutes=20),
    Purpose.passkey_enrol: dt.timedelta(minutes=5),
    Purpose.passkey_sign_in: dt.timedelta(minutes=5),
    Purpose.passkey_confirm: dt.timedelta(minutes=5),
    Purpose.oidc: dt.timedelta(minutes=10),
}
PLUMBING = {BULK_ALLOWED: True}
"""These rows live for minutes and say nothing about the school; what they lead to is an event."""


@dataclass(frozen=True, slots=True)
class Question:
    """A challenge as it was asked."""

    handle: str
    account_id: int | None
    facts: dict[str, Any]
    tries: int


def ask(
    session: Session, purpose: Purpose, *, now: dt.datetime, account_id: int | None = None, handle: str = "", **facts: Any
) -> str:
    """Remember a question and return its handle; whoever holds the handle may answer."""
    handle = handle or secrets.token_urlsafe(32)
    session.execute(delete(Challenge).where(Challenge.expires_at < now), execution_options=PLUMBING)
    session.add(
        Challenge(
            digest=_digest(handle),
            purpose=purpose,
            account_id=account_id,
            facts=json.dumps(facts, ensure_ascii=False),
            tries=0,
            expires_at=now + LASTS[purpose],
        )
    )
    session.flush()
    return handle


def look(session: Session, purpose: Purpose, handle: str, *, now: dt.datetime) -> Question | None:
    """The question, without answering it; None when it was answered, is too old, or was asked for something else."""
    columns = (Challenge.account_id, Challenge.facts, Challenge.tries)
    found = session.execute(select(*columns).where(*_is(purpose, handle), Challenge.expires_at >= now)).first()
    return None if found is None else Question(handle, found.account_id, json.loads(found.facts), found.tries)


def answer(session: Session, purpose: Purpose, handle: str, *, now: dt.datetime) -> Question | None:
    """The question, which is then gone: of two answers at the same moment one finds it."""
    question = look(session, purpose, handle, now=now)
    gone: Any = session.execute(delete(Challenge).where(*_is(purpose, handle)), execution_options=PLUMBING)
    return question if gone.rowcount == 1 else None


def count_failure(session: Session, purpose: Purpose, handle: str) -> None:
    """One more wrong answer."""
    statement = update(Challenge).where(*_is(purpose, handle)).values(tries=Challenge.tries + 1)
    session.execute(statement, execution_options=PLUMBING)


def _is(purpose: Purpose, handle: str) -> tuple[Any, ...]:
    return (Challenge.digest == _digest(handle), Challenge.purpose == purpose)


def _digest(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
