"""A record's page: its values under their headings, and what happened to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import RelationshipProperty, Session

from admin_app.actor import Actor
from admin_app.grid.columns import display, formatter, guard, sees
from admin_app.policy import unmasked, visible
from admin_app.services.codes import CodeBook
from models.base import Entity
from models.event import Event
from models.values.roc import format_roc
from models.verbs import verb_zh
from views.forms import group_of

MOST_EVENTS = 50
PLUMBING = {"id", "version"}


def detail_groups(session: Session, view: Any, row: Any, by: Actor, book: CodeBook) -> list[dict[str, Any]]:
    """The record's columns as (label, text) under their headings."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in view.detailed:
        heading = group_of(view.model, each.path[0] if each.path else each.attribute)
        groups.setdefault(heading, []).append((each.zh, _text(each, row, by, book)))
    for key in view.form_columns:
        prop = inspect(view.model).attrs[key]
        if isinstance(prop, RelationshipProperty) and prop.uselist:
            shown = [("", str(each)) for each in _visible_among(session, by, prop.mapper.class_, getattr(row, key))]
            groups.setdefault(str(prop.info.get("zh", key)), []).extend(shown)
    return [{"zh": zh, "rows": rows} for zh, rows in groups.items()]


def _visible_among(session: Session, by: Actor, related: type[Entity], rows: Sequence[Any]) -> list[Any]:
    """Of a list of related rows those the person may see: a student sees that others took part, not who."""
    ids = select(related.id).where(related.id.in_([each.id for each in rows]), visible(by, related))
    seen = set(session.scalars(ids)) if rows else set()
    return [each for each in rows if each.id in seen]


def _text(each: Any, row: Any, by: Actor, book: CodeBook) -> str:
    owner = row
    for step in each.path:
        owner = getattr(owner, step, None)
    value = getattr(owner, each.attribute, None)
    if each.sensitive:
        subject = each.owner.__subject__
        if not sees(subject, getattr(row, "division", None), {subject: unmasked(by, subject)}):
            return guard(each, value)
    return formatter(each, book.name)(value)


def history(session: Session, row: Any, by: Actor, *, most: int = MOST_EVENTS) -> list[dict[str, Any]]:
    """The record's events, newest first, with values in words; sensitive ones are not repeated here."""
    found = session.scalars(
        select(Event)
        .where(Event.kind == row.__tablename__, Event.record_id == row.id)
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(most)
    )
    return [_event(event, row) for event in found]


def _event(event: Event, row: Any) -> dict[str, Any]:
    changes = json.loads(event.changes)
    shown = changes if event.verb == "update" else {}
    return {
        "at": f"{format_roc(event.at.date())} {event.at:%H:%M}",
        "who": event.actor,
        "via": event.via,
        "act": verb_zh(event.verb),
        "changes": [_change(row, key, pair) for key, pair in shown.items() if key not in PLUMBING],
    }


def _change(row: Any, key: str, pair: list[Any]) -> tuple[str, str, str]:
    prop = inspect(type(row)).attrs.get(key)
    column = prop.columns[0] if prop is not None and not isinstance(prop, RelationshipProperty) else None
    info = column.info if column is not None else {}
    if info.get("sensitive"):
        return str(info.get("zh", key)), "（保密）", "（保密）"
    return str(info.get("zh", key)), _words(column, pair[0]), _words(column, pair[1])


def _words(column: Any, value: Any) -> str:
    enum_class = getattr(getattr(column, "type", None), "enum_class", None)
    if enum_class is not None and value in enum_class.__members__:
        return str(enum_class[value].value)
    return display(value)
