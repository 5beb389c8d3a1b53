"""A record's events played back: what its columns held after any of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import inspect

from models import plain
from models.base import Entity
from models.catalogue import ENTITIES
from models.event import Event

MODELS = {model.__tablename__: model for model in ENTITIES}
Changes = dict[str, tuple[Any, Any]]


def replay(events: Iterable[Event]) -> dict[str, Any] | None:
    """What the record's columns hold after `events` (oldest first), as `{column: JSON value}`; None: there is no such record."""
    held: dict[str, Any] | None = None
    for event in events:
        changes = changes_of(event)
        if _is_end(changes):
            held = None
        elif changes:
            held = {**(held or {}), **{key: after for key, (_, after) in changes.items()}}
    return held


def changes_of(event: Event) -> Changes:
    """The columns an event changes: `{column: (before, after)}` in JSON values.

    A created record names every column, a deleted one ends with its id. What was only tracked (an export, a look at a masked
    value) has facts instead, which `audit.track` keeps from being named like a column.
    """
    columns: Collection[str] = inspect(MODELS[event.kind]).column_attrs.keys() if event.kind in MODELS else ()
    return {key: (before, after) for key, (before, after) in json.loads(event.changes).items() if key in columns}


def restore_value(model: type[Entity], key: str, told: Any) -> Any:
    """A column's Python value from its JSON value in an event."""
    return plain.restore(told, inspect(model).column_attrs[key].columns[0].type)


def restored(model: type[Entity], held: Mapping[str, Any]) -> dict[str, Any]:
    """Replayed values as Python values; columns the model no longer has are left out."""
    known = inspect(model).column_attrs
    return {key: restore_value(model, key, told) for key, told in held.items() if key in known}


def _is_end(changes: Changes) -> bool:
    before, after = changes.get("id", (None, None))
    return before is not None and after is None
