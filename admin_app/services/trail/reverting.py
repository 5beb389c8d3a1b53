"""Putting a change back: which of its fields a person may restore, and what stands in each now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import RelationshipProperty, Session

from admin_app.services.trail.values import mapped, pointed_at, relationship_of
from admin_app.services.trail.words import Change, Wording
from models.base import Entity
from models.event import Event
from models.plain import plain, restore

MOST_ID = 2**62


@dataclass(frozen=True, slots=True)
class Back:
    """One field that can be put back. `name` is the form's field; `moved_on`: it was changed again since."""

    name: str
    key: str
    zh: str
    before: str
    after: str
    now: str
    moved_on: bool
    already: bool


def find_change(session: Session, row: Entity, text: str) -> Event | None:
    """The event of this very row with the number an address holds, if it changed the row."""
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_ID:
        return None
    stmt = select(Event).where(Event.id == int(text), Event.kind == row.__tablename__, Event.record_id == row.id)
    return session.scalar(stmt)


def fields_of(wording: Wording, event: Event, row: Any, names: Iterable[str]) -> list[Back]:
    """What may be put back: the changed columns that stand in the person's own form of this row (`names`)."""
    writable = {_column_of(type(row), name): name for name in names}
    changes = wording.changed(event)
    if any(change.key == "id" for change in changes):
        return []
    return [_back(wording, row, writable[change.key], change) for change in changes if change.key in writable]


def value_of(session: Session, row: Entity, event_pair: tuple[Any, Any], key: str) -> Any:
    """What the form's field of a column is to hold again: a value, or the related row. Raises ValueError in words."""
    column = mapped(type(row), key)
    try:
        value = restore(event_pair[0], column.type)
    except (ValueError, KeyError, ArithmeticError):
        raise ValueError(f"「{column.info.get('zh', key)}」原來的內容已不是現在可用的值，請改用編輯") from None
    related, model = pointed_at(column), type(row)
    if value is None or related is None or not relationship_of(model, key):
        return value
    found = session.get(related, value)
    if found is None:
        raise ValueError(f"「{column.info.get('zh', key)}」原來所指的資料已刪除，不能復原這一欄")
    return found


def _back(wording: Wording, row: Any, name: str, change: Change) -> Back:
    now = plain(getattr(row, change.key), mapped(type(row), change.key).type)
    return Back(
        name=name,
        key=change.key,
        zh=change.zh,
        before=change.before,
        after=change.after,
        now=wording.say(type(row), change.key, now),
        moved_on=now != change.plain[1],
        already=now == change.plain[0],
    )


def _column_of(model: type[Entity], name: str) -> str:
    """The column a form's field writes; empty for lists and words that are none."""
    prop = inspect(model).attrs.get(name)
    if not isinstance(prop, RelationshipProperty):
        return name if prop is not None else ""
    return "" if prop.uselist else str(next(iter(prop.local_columns)).key)
