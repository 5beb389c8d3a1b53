"""Taking a bulk deed back: every row as it was before, or none. A row that somebody changed since keeps all of them as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin_app.services.deeds.noting import Deed, How
from admin_app.services.trail import trash
from admin_app.services.trail.values import MODELS, PLUMBING, mapped
from admin_app.services.trail.words import changes_of
from models.event import Event
from models.plain import plain, restore
from models.verbs import Verb

GONE = "這一筆已刪除，或已不在您可辦理的範圍"
BACK = "這一筆已經另外復原過"
Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A row that stands against the undo, by the event of the deed, and why."""

    event: Event
    why: str
    since: Event | None = None


class CannotTakeBackError(Exception):
    """The deed cannot be taken back; nothing was changed."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(f"{len(obstacles)} 筆不能復原")
        self.obstacles = obstacles


def events_of(session: Session, deed: Deed, account_id: int | None) -> Sequence[Event]:
    """What the deed did, row by row."""
    stmt = select(Event).where(Event.request_id == deed.code, Event.kind == deed.kind, Event.record_id.is_not(None))
    mine = stmt.where(Event.account_id == account_id, Event.verb.in_(_verbs(deed.how)))
    return session.scalars(mine.order_by(Event.id)).all()


def _verbs(how: How) -> tuple[str, ...]:
    match how:
        case How.delete:
            return (Verb.delete.name,)
        case How.restore:
            return (Verb.restore.name,)
    return (Verb.update.name,)


def take_back(session: Session, deed: Deed, events: Sequence[Event], doable: ColumnElement[bool]) -> list[int]:
    """Undo in `session`, which is signed and flushed; the caller judges the rows as they have become, and commits.

    `doable`: the rows the person may write now. Returns the rows' numbers. Raises CannotTakeBackError, and DBAPIError where the
    database refuses.
    """
    model = MODELS[deed.kind]
    if deed.how is How.delete:
        return _put_back(session, deed, events)
    rows = {row.id: row for row in session.scalars(select(model).where(model.id.in_(_numbers(events)), doable))}
    _must_be_untouched(session, deed, events, rows)
    for number, changes in _changes(events).items():
        if deed.how is How.restore:
            session.delete(rows[number])
        else:
            _write(rows[number], changes)
    session.flush()
    return sorted(rows)


def _put_back(session: Session, deed: Deed, events: Sequence[Event]) -> list[int]:
    """Make the deleted rows anew, all or none."""
    if later := _later(session, deed, events, _numbers(events)):
        raise CannotTakeBackError([Obstacle(each, BACK, found) for each in events if (found := later.get(each.record_id or 0))])
    try:
        made, others = trash.rebuild_all(session, MODELS[deed.kind], events)
    except trash.CannotRestoreManyError as error:
        raise CannotTakeBackError([Obstacle(event, why) for event, why in error.reasons]) from None
    for rows in (made, others):
        session.add_all(rows)
        session.flush()
    return [row.id for row in made]


def _numbers(events: Iterable[Event]) -> list[int]:
    return sorted({each.record_id for each in events if each.record_id is not None})


def _changes(events: Iterable[Event]) -> dict[int, dict[str, Pair]]:
    """row → column → (before the deed, after it)."""
    found: dict[int, dict[str, Pair]] = defaultdict(dict)
    for event in events:
        for key, (before, after) in changes_of(event).items():
            first = found[event.record_id or 0].get(key, (before, after))
            found[event.record_id or 0][key] = (first[0], after)
    return found


def _must_be_untouched(session: Session, deed: Deed, events: Sequence[Event], rows: dict[int, Any]) -> None:
    """Raise CannotTakeBackError unless each row still stands as the deed left it."""
    why: dict[int, str] = {}
    for number, changes in _changes(events).items():
        if (row := rows.get(number)) is None:
            why[number] = GONE
        elif moved := _moved_on(row, changes):
            why[number] = f"{'、'.join(f'「{zh}」' for zh in moved)}後來又改過"
    if why:
        later = _later(session, deed, events, why)
        first = {each.record_id: each for each in reversed(events)}
        raise CannotTakeBackError([Obstacle(first[number], reason, later.get(number)) for number, reason in why.items()])


def _moved_on(row: Any, changes: dict[str, Pair]) -> list[str]:
    """Labels of the columns that no longer hold what the deed wrote."""
    columns = ((key, mapped(type(row), key), after) for key, (_, after) in changes.items() if key not in PLUMBING)
    known = ((key, target, after) for key, target, after in columns if target is not None)
    return [str(target.info.get("zh") or key) for key, target, after in known if plain(getattr(row, key), target.type) != after]


def _later(session: Session, deed: Deed, events: Sequence[Event], numbers: Iterable[int]) -> dict[int, Event]:
    """The last thing that happened to each of these rows after the deed."""
    after = max(each.id for each in events)
    stmt = select(Event).where(Event.kind == deed.kind, Event.record_id.in_(sorted(numbers)), Event.id > after)
    return {each.record_id or 0: each for each in session.scalars(stmt.order_by(Event.id))}


def _write(row: Any, changes: dict[str, Pair]) -> None:
    for key, (before, _) in changes.items():
        target = mapped(type(row), key)
        if target is not None and key not in PLUMBING:
            setattr(row, key, restore(before, target.type))
