"""Notices: short sentences for one person, listed behind the bell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from models.notice import Notice

MOST_SHOWN = 200
KEPT = dt.timedelta(days=180)


def notify(session: Session, account_id: int, text: str, url: str = "") -> Notice:
    """Leave a notice for an account, in the caller's transaction. `url`: a path of this system."""
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("通知只能連到本系統的頁面")
    made = Notice(account_id=account_id, text=text[:300], url=url[:300], created_at=clock.now())
    session.add(made)
    return made


def of(session: Session, account_id: int, *, most: int = MOST_SHOWN) -> Sequence[Notice]:
    """A person's notices, newest first."""
    return session.scalars(select(Notice).where(Notice.account_id == account_id).order_by(Notice.id.desc()).limit(most)).all()


def unread(session: Session, account_id: int) -> int:
    """How many of a person's notices are unread: one look into an index."""
    found = select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    return session.scalar(found) or 0


def mark_read(session: Session, account_id: int, *, notice_id: int | None = None) -> int:
    """Mark one (or all) of a person's own notices as read; how many were unread."""
    stmt = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    if notice_id is not None:
        stmt = stmt.where(Notice.id == notice_id)
    return _count(session, stmt)


def sweep(session: Session, *, now: dt.datetime) -> int:
    """Throw away notices of half a year ago."""
    return _count(session, delete(Notice).where(Notice.created_at < now - KEPT))


def _count(session: Session, stmt: object) -> int:
    done = session.execute(stmt, execution_options={BULK_ALLOWED: True, "synchronize_session": False})  # type: ignore[call-overload]
    return int(done.rowcount)
