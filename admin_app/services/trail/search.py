"""Finding events: behind the wall, by filters, newest first. Pages are reached by where the last one ended, never counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, tuple_
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from models.event import Event
from models.people import Account
from models.vocabulary import Division, Subject

PAGE = 50
LONGEST_CURSOR = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty word does not limit. `until` is the last day still included."""

    account_id: int | None = None
    kind: str = ""
    record_id: int | None = None
    verb: str = ""
    post: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    request_id: str = ""
    division: Division | None = None

    @property
    def names(self) -> list[str]:
        """The filters in use, by name: what the event of a search says, which holds no value."""
        words = {
            "人員": self.account_id,
            "資料種類": self.kind,
            "編號": self.record_id,
            "動作": self.verb,
            "職務": self.post,
            "起日": self.since,
            "迄日": self.until,
            "請求代碼": self.request_id,
            "部別": self.division,
        }
        return [zh for zh, value in words.items() if value]

    @property
    def is_about_somebody(self) -> bool:
        """Whether one person's doings or one record's past is looked up, which is itself recorded."""
        return bool(self.account_id or self.record_id or self.request_id)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last event of the page before."""

    at: dt.datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor an address holds, None for none. Raises ValueError for anything else."""
    if not text:
        return None
    at, _, number = text[:LONGEST_CURSOR].partition("~")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        raise ValueError(text)
    return Cursor(dt.datetime.fromisoformat(at).replace(tzinfo=None), int(number))


def divisions_of(by: Actor) -> frozenset[Division]:
    """The sides of the wall whose events the person may read."""
    divisions = {held.grant.division for held in by.held_at_all(Subject.event)}
    return frozenset(Division) if None in divisions else frozenset(each for each in divisions if each)


def readable(by: Actor) -> ColumnElement[bool]:
    """The events the person may read. One that concerns no side in particular stands on the side of whoever did it."""
    divisions = divisions_of(by)
    if divisions == frozenset(Division):
        return true()
    if not divisions:
        return false()
    doers = select(Account.id).where(Account.division.in_(divisions))
    nobodys = and_(Event.division.is_(None), or_(Event.account_id.is_(None), Event.account_id.in_(doers)))
    return or_(Event.division.in_(divisions), nobodys)


def matching(by: Actor, wanted: Wanted) -> Select[Event]:
    """The statement for the events wanted, newest first."""
    stmt = select(Event).where(readable(by), *_conditions(wanted))
    return stmt.order_by(Event.at.desc(), Event.id.desc())


def page(session: Session, stmt: Select[Event], after: Cursor | None, size: int = PAGE) -> tuple[Sequence[Event], Cursor | None]:
    """One page, and where the next one begins (None: this is the last)."""
    if after is not None:
        stmt = stmt.where(Event.at <= after.at, tuple_(Event.at, Event.id) < tuple_(after.at, after.id))
    found = session.scalars(stmt.limit(size + 1)).all()
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Cursor(last.at, last.id)


def batches(session: Session, stmt: Select[Event], *, most: int, size: int = 500) -> Iterator[Sequence[Event]]:
    """The events in batches, `most` at most."""
    after, left = None, most
    while left > 0:
        found, after = page(session, stmt, after, min(size, left))
        if found:
            yield found
        left -= len(found)
        if after is None:
            return


def of_record(kind: str, record_id: int) -> Select[Event]:
    """Everything that happened to one record, newest first."""
    return select(Event).where(Event.kind == kind, Event.record_id == record_id).order_by(Event.at.desc(), Event.id.desc())


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.account_id:
        yield Event.account_id == wanted.account_id
    if wanted.kind:
        yield Event.kind == wanted.kind
    if wanted.record_id:
        yield Event.record_id == wanted.record_id
    if wanted.verb:
        yield Event.verb == wanted.verb
    if wanted.post:
        yield Event.post == wanted.post
    if wanted.request_id:
        yield Event.request_id == wanted.request_id
    if wanted.division:
        yield Event.division == wanted.division
    if wanted.since:
        yield Event.at >= dt.datetime.combine(wanted.since, dt.time())
    if wanted.until:
        yield Event.at < dt.datetime.combine(wanted.until + dt.timedelta(days=1), dt.time())
