"""One event for the whole of a bulk deed, beside the event of each row; and a person's own recent deeds, read from these."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.services.trail import trash
from admin_app.services.trail.words import changes_of
from models.event import Event
from models.verbs import Verb

UNDO_HOURS = 24
"""For how long a bulk change can be taken back. What was deleted can be put back as long as the 回收桶 keeps it."""
MOST_LISTED = 100
HOW, ROWS, DEED = "辦理方式", "筆數", "批次"


class How(enum.Enum):
    """What a deed did to its rows, and so how it is taken back."""

    change = "修改"
    delete = "刪除"
    restore = "復原刪除"


@dataclass(frozen=True, slots=True)
class Deed:
    """One bulk deed. `code` is the code of the request that did it, which its rows' events carry too."""

    code: str
    kind: str
    how: How
    what: str
    total: int
    at: dt.datetime
    until: dt.datetime
    undone_at: dt.datetime | None

    def can_be_undone(self, now: dt.datetime) -> bool:
        return self.undone_at is None and now < self.until


def note(session: Session, kind: str, how: How, what: str, total: int) -> None:
    """Tell of a deed that was just done; `what` is the sentence its list shows."""
    signed = audit.signature(session)
    verb, signed.verb = signed.verb, ""
    audit.track(session, Verb.bulk.name, kind, note=what, 辦理方式=how.name, 筆數=total)
    signed.verb = verb


def note_undone(session: Session, deed: Deed) -> None:
    """Tell that a deed was taken back."""
    signed = audit.signature(session)
    signed.verb = ""
    audit.track(session, Verb.undo_bulk.name, deed.kind, note=deed.what, 批次=deed.code, 筆數=deed.total)


def recent(session: Session, by: Actor, *, now: dt.datetime, trash_days: int) -> list[Deed]:
    """The person's own deeds of the last days, the newest first."""
    start = min(trash.since(now, trash_days), now - dt.timedelta(hours=UNDO_HOURS))
    told = select(Event).where(Event.account_id == by.account_id, Event.at >= start)
    verbs = Event.verb.in_((Verb.bulk.name, Verb.undo_bulk.name))
    found = session.scalars(told.where(verbs).order_by(Event.at.desc(), Event.id.desc()).limit(2 * MOST_LISTED)).all()
    undone = {_fact(each, DEED): each.at for each in found if each.verb == Verb.undo_bulk.name}
    return [_deed(each, undone, trash_days) for each in found if each.verb == Verb.bulk.name][:MOST_LISTED]


def find(session: Session, by: Actor, code: str, *, now: dt.datetime, trash_days: int) -> Sequence[Deed]:
    """The person's deeds of one request: of several kinds, if it put back rows of several kinds."""
    return [each for each in recent(session, by, now=now, trash_days=trash_days) if each.code == code]


def until(how: How, at: dt.datetime, trash_days: int) -> dt.datetime:
    """From when on a deed cannot be taken back."""
    if how is How.delete:
        return dt.datetime.combine(at.date() + dt.timedelta(days=trash_days), dt.time())
    return at + dt.timedelta(hours=UNDO_HOURS)


def _deed(event: Event, undone: dict[str, dt.datetime], trash_days: int) -> Deed:
    how = How[_fact(event, HOW)]
    return Deed(
        code=event.request_id,
        kind=event.kind,
        how=how,
        what=event.note,
        total=int(_fact(event, ROWS)),
        at=event.at,
        until=until(how, event.at, trash_days),
        undone_at=undone.get(event.request_id),
    )


def _fact(event: Event, name: str) -> str:
    return str(changes_of(event).get(name, ("", ""))[1])
