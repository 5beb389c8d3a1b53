"""Verification: every event's digest, every segment's members, order and seal, and the chain. Streams; memory stays flat.

What is wrong is said in sentences that name the event or the segment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services.audit.keys import known_keys
from admin_app.services.audit.reading import Read, events_between
from admin_app.services.audit.sealing import expiry_bytes, line, segment_bytes
from models import seals
from models.event import Event
from models.event_segment import EventGate, EventSegment
from models.runs import Run, read_runs, without, write_runs

SEGMENTS = 200
LAST = 2**62
SWAPPED = "第 {0.number} 段（編號 {0.first_id}–{0.last_id}）的順序與封存時不同：有事件遭對調，或整筆遭另一筆真的事件替換。"
SOONEST_EXPIRY = 6
"""Months that no setting can shorten (附表十)."""


@dataclass
class Step:
    """What one round of ids gave: how far verification is now, and what was found."""

    segment: EventSegment | None
    events: int
    findings: list[str]


def verify_segments(session: Session, first: int, last: int) -> Iterator[Step]:
    """Segments number `first` to `last` with their events. The first of all also covers what pretends to be before it."""
    keys, previous = known_keys(session), _segment_before(session, first)
    if first <= 1:
        yield Step(None, 0, [f"第 {each.id} 號事件的編號不是系統給的：事後插入。" for each in events_between(session, -LAST, 0)])
    for _, found in groupby(_segments(session, first, last), key=lambda each: each.first_id):
        together = list(found)
        findings: list[str] = []
        for segment in together:
            findings += _link(segment, previous, keys)
            previous = segment
        seen = _Round(together, keys, findings)
        for event in events_between(session, together[0].first_id, together[0].last_id):
            seen.take(event)
        yield Step(together[-1], seen.events, seen.close())


def verify_rest(session: Session, after: int) -> Iterator[Step]:
    """Events that are not sealed yet: their digests. `after`: the last sealed id."""
    keys, findings, number = known_keys(session), [], 0
    for event in events_between(session, after + 1, LAST):
        number += 1
        findings += _digest(event, keys)
    yield Step(None, number, findings)


def verify_surroundings(session: Session, anchors: Sequence[tuple[int, str]]) -> list[str]:
    """What is no event's matter: an open gate, and segments known from earlier runs that are there no more."""
    findings = []
    if session.scalar(select(func.count()).select_from(EventGate)):
        findings.append("重新加密的閘門（event_gate）沒有關上：只有輪替金鑰進行中才會開著。")
    for number, digest in anchors:
        found = session.get(EventSegment, number)
        if found is None:
            findings.append(f"第 {number} 段不見了：先前驗證時還在（封條 {digest[-12:]}）。")
        elif found.digest != digest:
            findings.append(f"第 {number} 段的封條與先前驗證時不同：封存鏈遭重做。")
    return findings


@dataclass
class _Members:
    """A segment's members compared with the events that are there."""

    segment: EventSegment
    expected: Iterator[int]
    awaited: int | None = None
    missing: list[Run] = field(default_factory=list)
    content: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self.awaited = next(self.expected, None)

    def take(self, event: Read) -> bool:
        """Whether the event is one of the segment's."""
        while self.awaited is not None and self.awaited < event.id:
            self._miss()
        if self.awaited != event.id:
            return False
        self.awaited = next(self.expected, None)
        self.content.update(line(event.id, event.digest))
        return True

    def close(self) -> list[str]:
        while self.awaited is not None:
            self._miss()
        return [f"第 {write_runs([run])} 號事件遺失：封存在第 {self.segment.number} 段，現在找不到。" for run in self.missing]

    def _miss(self) -> None:
        number = self.awaited or 0
        if self.missing and self.missing[-1][1] == number - 1:
            self.missing[-1] = (self.missing[-1][0], number)
        else:
            self.missing.append((number, number))
        self.awaited = next(self.expected, None)


class _Round:
    """The segments of one run of ids, and their events as they pass by."""

    def __init__(self, segments: list[EventSegment], keys: seals.Keys, findings: list[str]) -> None:
        self.keys, self.findings, self.events = keys, findings, 0
        self.expired = {each.month: each for each in segments if each.expired_at}
        self.months = {each.month: _Members(each, _members(each)) for each in segments if not each.expired_at}
        self.amiss: set[str] = set()

    def take(self, event: Read) -> None:
        self.events += 1
        found = _digest(event, self.keys)
        members = self.months.get(event.month)
        if members is None or not members.take(event):
            found.append(f"第 {event.id} 號事件不在{self._where(event)}：事後插入，或時間遭更改。")
        if found:
            self.amiss.add(event.month)
        self.findings += found

    def close(self) -> list[str]:
        for month, members in self.months.items():
            missing = members.close()
            self.findings += missing
            if not missing and month not in self.amiss and members.content.hexdigest() != members.segment.content:
                self.findings.append(SWAPPED.format(members.segment))
        return self.findings

    def _where(self, event: Read) -> str:
        if event.month in self.expired:
            return f"已屆期清除的第 {self.expired[event.month].number} 段"
        return f"第 {self.months[event.month].segment.number} 段" if event.month in self.months else "任何一段"


def _members(segment: EventSegment) -> Iterator[int]:
    """Ids the segment holds; none where its list cannot be read, which its broken seal tells already."""
    try:
        list(read_runs(segment.absent))
    except ValueError:
        return iter(())
    return without(segment.first_id, segment.last_id, segment.absent)


def _digest(event: Read, keys: seals.Keys) -> list[str]:
    if event.content is None:
        return [f"第 {event.id} 號事件無法讀取：內容遭更改，或缺少當時的資料金鑰。"]
    if event.digest.partition(":")[0] not in keys:
        return [f"第 {event.id} 號事件的驗證碼不是本系統的金鑰所做：事後插入，或驗證碼遭更改。"]
    if not seals.holds(event.content, event.digest, keys):
        return [f"第 {event.id} 號事件遭更改：內容與驗證碼不符。"]
    return []


def _link(segment: EventSegment, previous: EventSegment | None, keys: seals.Keys) -> list[str]:
    """Whether a segment is whole, and hangs on the one before it."""
    found = []
    number, last_id = (previous.number, previous.last_id) if previous else (0, 0)
    if segment.number != number + 1:
        found.append(f"第 {write_runs([(number + 1, segment.number - 1)])} 段不見了。")
    elif segment.previous != (previous.digest if previous else ""):
        found.append(f"第 {segment.number} 段與前一段接不起來：封存鏈在此中斷。")
    elif segment.first_id != last_id + 1 and (previous is None or segment.first_id != previous.first_id):
        found.append(f"第 {segment.number} 段的編號沒有接著前一段。")
    if not seals.holds(segment_bytes(segment), segment.digest, keys):
        found.append(f"第 {segment.number} 段遭更改：封條不符。")
    return found + _expiry(segment, keys)


def _expiry(segment: EventSegment, keys: seals.Keys) -> list[str]:
    if segment.expired_at is None:
        return []
    if not seals.holds(expiry_bytes(segment), segment.expiry, keys):
        return [f"第 {segment.number} 段的屆期註記不是系統所做：事件遭不當清除。"]
    months = segment.expired_at.year * 12 + segment.expired_at.month - int(segment.month[:4]) * 12 - int(segment.month[5:])
    return [f"第 {segment.number} 段未滿六個月就清除。"] if months <= SOONEST_EXPIRY else []


def _segments(session: Session, first: int, last: int) -> Iterator[EventSegment]:
    """Segments in order, a few at a time; they are let go of again."""
    after = first - 1
    stmt = select(EventSegment).order_by(EventSegment.number).limit(SEGMENTS)
    while rows := session.scalars(stmt.where(EventSegment.number > after, EventSegment.number <= last)).all():
        after = rows[-1].number
        for row in rows:
            session.expunge(row)
        yield from rows


def _segment_before(session: Session, number: int) -> EventSegment | None:
    return session.scalars(
        select(EventSegment).where(EventSegment.number < number).order_by(EventSegment.number.desc()).limit(1)
    ).first()


def sealed_to(session: Session) -> int:
    """The last sealed id."""
    return session.scalar(select(func.max(EventSegment.last_id))) or 0


def newest_event(session: Session) -> int:
    """The last id there is, for progress."""
    return session.scalar(select(func.max(Event.id))) or 0
