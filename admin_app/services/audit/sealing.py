"""Sealing: finished events become segments, each bound to the one before. Writers only insert; nobody waits for a chain.

Two sealers at once cannot make two segments of one number: the primary key lets one of them win.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_app.services.audit.keys import keep_keys
from models import seals
from models.event import Event
from models.event_segment import EventSegment
from models.runs import Run, write_runs

MOST = 20_000
"""Events in one round. A round of ids makes one segment for each month it touches."""
CALM = dt.timedelta(minutes=2)
SKEW = dt.timedelta(minutes=1)
"""How far the clocks of the web server and the database may differ."""
SEALED = ("number", "month", "first_id", "last_id", "count", "absent", "content", "previous", "sealed_at")
OLDEST = text(
    "SELECT least((SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'), (SELECT min(prepared) FROM pg_prepared_xacts)) AT TIME ZONE 'Asia/Taipei'"
)


def seal(session: Session, *, now: dt.datetime) -> list[EventSegment]:
    """Seal what is finished by `now`; the new segments. IntegrityError when another sealer was quicker."""
    keep_keys(session)
    made: list[EventSegment] = []
    end, last = horizon(session, now), last_segment(session)
    while found := _round(session, last, end, now):
        made += found
        last = found[-1]
        session.add_all(found)
        session.flush()
    return made


def last_segment(session: Session) -> EventSegment | None:
    """The end of the chain."""
    return session.scalars(select(EventSegment).order_by(EventSegment.number.desc()).limit(1)).first()


def horizon(session: Session, now: dt.datetime) -> dt.datetime:
    """The time before which no event can come any more.

    SQLite has one writer, so ids appear in order. On PostgreSQL a transaction under way may hold ids and times of its own, none
    earlier than its beginning; whatever begins after this question takes its times later than `now`.
    """
    calm = now - CALM
    if session.get_bind().dialect.name != "postgresql":
        return calm
    oldest: dt.datetime | None = session.scalar(OLDEST)
    return min(calm, oldest - SKEW) if oldest else calm


def segment_bytes(segment: EventSegment) -> bytes:
    """What a segment's digest is made over."""
    return seals.canonical("segment.1", {name: getattr(segment, name) for name in SEALED}, SEALED)


def expiry_bytes(segment: EventSegment) -> bytes:
    """What the seal of an expiry is made over."""
    return seals.canonical("expiry.1", {"digest": segment.digest, "expired_at": segment.expired_at}, ("digest", "expired_at"))


def line(number: int, digest: str) -> bytes:
    """An event in the content of its segment: the number it was given, and the digest of what it says."""
    return f"{number}:{digest}\n".encode()


@dataclass
class _Draft:
    """One month's part of a round, while its events pass by in order."""

    month: str
    after: int
    count: int = 0
    absent: list[Run] = field(default_factory=list)
    content: Any = field(default_factory=hashlib.sha256)

    def take(self, number: int, digest: str) -> None:
        self.skip_to(number)
        self.after, self.count = number, self.count + 1
        self.content.update(line(number, digest))

    def skip_to(self, number: int) -> None:
        if number > self.after + 1:
            self.absent.append((self.after + 1, number - 1))


def _round(session: Session, last: EventSegment | None, end: dt.datetime, now: dt.datetime) -> list[EventSegment]:
    """The segments of the next run of ids; none when nothing is finished."""
    after = last.last_id if last else 0
    cut = _cut(session, after, end)
    rows = session.execute(_finished(after, cut)).all() if cut > after else []
    if not rows:
        return []
    ends = rows[-1].id if len(rows) == MOST else cut
    drafts: dict[str, _Draft] = {}
    for row in rows:
        month = f"{row.at:%Y-%m}"
        drafts.setdefault(month, _Draft(month, after)).take(row.id, row.digest)
    return list(_sealed(drafts, last, (after + 1, ends), now))


def _cut(session: Session, after: int, end: dt.datetime) -> int:
    """The last id before the first event that is not finished."""
    unfinished = session.scalar(select(func.min(Event.id)).where(Event.at >= end, Event.id > after))
    if unfinished is not None:
        return unfinished - 1
    return session.scalar(select(func.max(Event.id)).where(Event.id > after)) or after


def _finished(after: int, cut: int) -> Any:
    return select(Event.id, Event.at, Event.digest).where(Event.id > after, Event.id <= cut).order_by(Event.id).limit(MOST)


def _sealed(drafts: dict[str, _Draft], last: EventSegment | None, ids: Run, now: dt.datetime) -> Iterator[EventSegment]:
    number, previous = (last.number, last.digest) if last else (0, "")
    for month in sorted(drafts):
        draft, number = drafts[month], number + 1
        draft.skip_to(ids[1] + 1)
        made = EventSegment(
            number=number,
            month=month,
            first_id=ids[0],
            last_id=ids[1],
            count=draft.count,
            absent=write_runs(draft.absent),
            content=draft.content.hexdigest(),
            previous=previous,
            sealed_at=now,
        )
        made.digest = previous = seals.seal(segment_bytes(made))
        yield made
