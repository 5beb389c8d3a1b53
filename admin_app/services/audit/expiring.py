"""Retention: whole months of events go when they have been kept long enough. Their segments stay, and with them the chain."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from admin_app.audit import BULK_ALLOWED, track
from admin_app.services.audit.partitions import drop_month, months_on
from admin_app.services.audit.sealing import expiry_bytes
from admin_app.services.audit.verifying import sealed_to
from models import seals
from models.event import Event
from models.event_segment import EventSegment
from models.verbs import Verb


@dataclass(frozen=True)
class Month:
    """A month whose time is up."""

    begins: dt.date
    segments: int
    events: int
    waiting: int
    """Events of the month that are not sealed yet; it can only go when there are none."""

    @property
    def zh(self) -> str:
        return f"{self.begins.year - 1911} 年 {self.begins.month} 月"


def due(session: Session, *, today: dt.date, months: int) -> list[Month]:
    """Months that ended more than `months` whole months ago and still have their events."""
    first_kept = months_on(today, -months)
    stmt = (
        select(EventSegment.month, func.count(), func.sum(EventSegment.count))
        .where(EventSegment.expired_at.is_(None), EventSegment.month < f"{first_kept:%Y-%m}")
        .group_by(EventSegment.month)
        .order_by(EventSegment.month)
    )
    after = sealed_to(session)
    return [
        Month(begins := dt.date.fromisoformat(f"{month}-01"), segments, int(events), _waiting(session, begins, after))
        for month, segments, events in session.execute(stmt).all()
    ]


def expire(session: Session, month: Month, *, now: dt.datetime) -> None:
    """Mark the month's segments expired, remove its events, and say so in an event. The caller commits."""
    if month.waiting:
        raise ValueError(f"{month.zh}還有 {month.waiting} 筆事件沒有封存，請先執行 portfolio seal。")
    of_month = EventSegment.month == f"{month.begins:%Y-%m}"
    for segment in session.scalars(select(EventSegment).where(of_month, EventSegment.expired_at.is_(None))):
        segment.expired_at = now
        segment.expiry = seals.seal(expiry_bytes(segment))
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        drop_month(session, month.begins)
    session.execute(delete(Event).where(*_of(month.begins)), execution_options={BULK_ALLOWED: True, "synchronize_session": False})
    track(session, Verb.expire.name, "event", note=f"{month.zh}保存期滿", 筆數=month.events, 段數=month.segments)


def _of(begins: dt.date) -> tuple[ColumnElement[bool], ...]:
    start, end = (dt.datetime.combine(day, dt.time()) for day in (begins, months_on(begins, 1)))
    return Event.at >= start, Event.at < end


def _waiting(session: Session, begins: dt.date, after: int) -> int:
    return session.scalar(select(func.count(Event.id)).where(*_of(begins), Event.id > after)) or 0
