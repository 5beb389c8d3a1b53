"""What signing in leaves behind: sign-ins that ran out are ended, old ones, used links and silent counters are forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services import attempts
from admin_app.services.jobs.registry import periodic
from admin_app.services.jobs.runner import Work
from admin_app.services.sessions import Limits
from models.sign_in import OneTimeLink, SignInSession
from models.vocabulary import EndReason

KEPT = dt.timedelta(days=30)
"""How long an ended sign-in and a used link can still be looked up; the events about them stay longer."""
RECORDED = {BULK_ALLOWED: True, "synchronize_session": False}


@periodic("sign_in_sweep", zh="整理登入與失敗計數", minutes=10)
def sweep_sign_ins(work: Work) -> dict[str, Any]:
    """Every ten minutes."""
    settings, now = work.settings, clock.now()
    hours = max(settings.session_hours, settings.session_hours_students)
    limits = Limits(dt.timedelta(minutes=settings.idle_minutes), dt.timedelta(hours=hours))
    ended, gone = sweep(work.session, limits, now=now)
    return {"text": f"結束 {ended} 個逾時的登入，清除 {gone} 筆。"}


def sweep(session: Session, limits: Limits, *, now: dt.datetime) -> tuple[int, int]:
    """How many sign-ins were ended, and how many rows are gone. Time running out is no event."""
    running = SignInSession.ended_at.is_(None)
    over = or_(SignInSession.seen_at <= now - limits.idle, SignInSession.created_at <= now - limits.absolute)
    ended = _rows(session, update(SignInSession).where(running, over).values(ended_at=now, end_reason=EndReason.idle))
    gone = _rows(session, delete(SignInSession).where(SignInSession.ended_at < now - KEPT))
    spent = or_(OneTimeLink.expires_at < now - KEPT, and_(OneTimeLink.used_at.is_not(None), OneTimeLink.used_at < now - KEPT))
    gone += _rows(session, delete(OneTimeLink).where(spent))
    return ended, gone + attempts.sweep(session, now=now)


def _rows(session: Session, stmt: Any) -> int:
    result: Any = session.execute(stmt, execution_options=RECORDED)
    return int(result.rowcount)
