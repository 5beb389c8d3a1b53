"""One-time links: a token that is told once, kept as a digest, and opens one account until it is used or its time is up."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.services.sessions import digest
from models.people import Account
from models.sign_in import OneTimeLink
from models.vocabulary import LinkPurpose

LASTS = {LinkPurpose.given: dt.timedelta(days=3), LinkPurpose.forgotten: dt.timedelta(hours=1)}


def make_link(
    session: Session,
    account: Account,
    *,
    now: dt.datetime,
    purpose: LinkPurpose = LinkPurpose.given,
    lasts: dt.timedelta | None = None,
) -> str:
    """The token of a new link; an older unused one for the same purpose stops working."""
    if account.id is not None:
        withdraw(session, account, now=now, purpose=purpose)
    token = secrets.token_urlsafe(32)
    expires_at = now + (lasts or LASTS[purpose])
    session.add(OneTimeLink(account=account, digest=digest(token), purpose=purpose, created_at=now, expires_at=expires_at))
    return token


def find_link(session: Session, token: str, *, now: dt.datetime) -> OneTimeLink | None:
    """The link of this token while it can still be used. Looking does not use it up: mail scanners look too."""
    unused = OneTimeLink.digest == digest(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    return session.scalar(select(OneTimeLink).where(*unused))


def take(session: Session, link: OneTimeLink, *, now: dt.datetime) -> bool:
    """Use the link up; False when somebody else was quicker."""
    stmt = update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=now)
    return _rows(session, stmt) == 1


def withdraw(session: Session, account: Account, *, now: dt.datetime, purpose: LinkPurpose | None = None) -> int:
    """Let no unused link of the account work any more; how many there were."""
    stmt = update(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None)).values(used_at=now)
    return _rows(session, stmt if purpose is None else stmt.where(OneTimeLink.purpose == purpose))


def _rows(session: Session, stmt: object) -> int:
    result = session.execute(stmt, execution_options={audit.BULK_ALLOWED: True, "synchronize_session": False})  # type: ignore[call-overload]
    return int(result.rowcount)
