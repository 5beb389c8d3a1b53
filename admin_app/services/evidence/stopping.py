"""Uploads stop when a disk says it has not kept what it was given, until somebody has looked at it (`portfolio files resume`).

Said in the database for every process on every host, and kept in this process besides, should the database be on the same disk.
"""

from __future__ import annotations

import datetime as dt
import socket

import structlog
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.audit import BULK_ALLOWED
from models.evidence import StoreStop

log = structlog.get_logger("portfolio.store")
_unsaid: dict[str, str] = {}
"""Databases (by address) that could not be told, and why uploads stopped."""


def stop(engine: Engine, reason: str, *, now: dt.datetime) -> None:
    """Take nothing in from now on, whatever becomes of the request that met the trouble."""
    log.error("uploads stopped", reason=reason)
    _unsaid[str(engine.url)] = reason
    try:
        with engine.begin() as connection:
            values = {"began_at": now, "reason": reason[:200], "host": socket.gethostname()[:120], "ended_by": ""}
            connection.execute(StoreStop.__table__.insert().values(values))  # type: ignore[attr-defined]
        _unsaid.pop(str(engine.url), None)
    except DBAPIError:
        log.error("the database could not be told that uploads stopped")


def stopped(session: Session) -> str:
    """Why uploads are stopped; empty when they are not."""
    unsaid = _unsaid.get(str(session.get_bind().engine.url))
    return unsaid or session.scalar(select(StoreStop.reason).where(StoreStop.ended_at.is_(None)).limit(1)) or ""


def stops(session: Session) -> list[StoreStop]:
    """The newest times uploads were stopped."""
    return list(session.scalars(select(StoreStop).order_by(StoreStop.id.desc()).limit(20)))


def resume(session: Session, who: str, *, now: dt.datetime) -> int:
    """Take files in again; how many stops this ends."""
    _unsaid.pop(str(session.get_bind().engine.url), None)
    ended = update(StoreStop).where(StoreStop.ended_at.is_(None)).values(ended_at=now, ended_by=who[:80])
    return int(session.execute(ended.execution_options(**{BULK_ALLOWED: True})).rowcount)  # type: ignore[attr-defined]
