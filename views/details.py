"""A record's page: its values under their headings, and the last things that happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import RelationshipProperty, Session

from admin_app.actor import Actor
from admin_app.grid.columns import formatter, guard, sees
from admin_app.policy import unmasked, visible
from admin_app.services.codes import CodeBook
from admin_app.services.trail import search
from admin_app.services.trail.words import Entry, Full, Wording
from models.base import Entity
from models.event import Event
from views.forms import group_of

FEW_EVENTS = 5


def detail_groups(
    session: Session, view: Any, row: Any, by: Actor, book: CodeBook, *, full: Full | None = None
) -> list[dict[str, Any]]:
    """The record's columns as (label, text) under their headings. Sensitive ones are masked unless asked for in `full`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in view.detailed:
        heading = group_of(view.model, each.path[0] if each.path else each.attribute)
        groups.setdefault(heading, []).append((each.zh, _text(each, row, book, full or {})))
    for key in view.form_columns:
        prop = inspect(view.model).attrs[key]
        if isinstance(prop, RelationshipProperty) and prop.uselist:
            shown = [("", str(each)) for each in _visible_among(session, by, prop.mapper.class_, getattr(row, key))]
            groups.setdefault(str(prop.info.get("zh", key)), []).extend(shown)
    return [{"zh": zh, "rows": rows} for zh, rows in groups.items()]


def may_reveal(view: Any, row: Any, by: Actor) -> Mapping[Any, Any]:
    """For which subjects and divisions the person may see this row's sensitive columns in full; empty when for none."""
    secret = [each for each in view.detailed if each.sensitive]
    full = {each.owner.__subject__: unmasked(by, each.owner.__subject__) for each in secret}
    division = getattr(row, "division", None)
    return full if any(sees(each.owner.__subject__, division, full) for each in secret) else {}


def secrets_of(view: Any, row: Any, full: Full) -> list[str]:
    """Labels of the sensitive columns that `full` shows."""
    division = getattr(row, "division", None)
    return [each.zh for each in view.detailed if each.sensitive and sees(each.owner.__subject__, division, full)]


def _visible_among(session: Session, by: Actor, related: type[Entity], rows: Sequence[Any]) -> list[Any]:
    """Of a list of related rows those the person may see: a student sees that others took part, not who."""
    ids = select(related.id).where(related.id.in_([each.id for each in rows]), visible(by, related))
    seen = set(session.scalars(ids)) if rows else set()
    return [each for each in rows if each.id in seen]


def _text(each: Any, row: Any, book: CodeBook, full: Full) -> str:
    owner = row
    for step in each.path:
        owner = getattr(owner, step, None)
    value = getattr(owner, each.attribute, None)
    if each.sensitive and not sees(each.owner.__subject__, getattr(row, "division", None), full):
        return guard(each, value)
    return str(formatter(each, book.name)(value))


def last_events(session: Session, row: Any, by: Actor, *, most: int = FEW_EVENTS, verbs: Sequence[str] = ()) -> list[Entry]:
    """The record's last events, newest first, in words; `verbs`: of these alone."""
    events = search.of_record(row.__tablename__, row.id)
    found = session.scalars((events.where(Event.verb.in_(verbs)) if verbs else events).limit(most)).all()
    return Wording(session, by, found).entries()
