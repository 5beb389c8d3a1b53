"""What a batch does to each row, written down in the same transaction: whatever the flush adds, changes or takes away."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Date, DateTime, Enum, Numeric, Time, event, insert, inspect
from sqlalchemy.orm import Session

from admin_app.audit import removed
from models.base import Entity, Words
from models.catalogue import METADATA
from models.import_batch import ImportBatch, ImportRow

CREATED, CHANGED, REMOVED = "create", "update", "delete"
DERIVED = frozenset({"version", "id_number_index"})
"""Not put back: the one is counted, the other computed from what it is the index of."""


@dataclass
class Journal:
    """The rows written so far, by model and id."""

    batch_id: int
    rows: list[tuple[type[Entity], int]] = field(default_factory=list)

    def note(self, session: Session, context: Any) -> None:
        """Listens after each flush. Within one, what others point at comes first, so that undoing backwards is safe."""
        found = sorted(self._found(session, context), key=lambda row: _order(row["kind"]))
        if found:
            session.connection().execute(insert(ImportRow), found)

    def _found(self, session: Session, context: Any) -> Iterator[dict[str, Any]]:
        gone = dict.fromkeys(removed(context))
        for row in _entities(session.new):
            self.rows.append((type(row), row.id))
            yield self._row(row, CREATED, None)
        for row in _entities(session.dirty):
            changed = {} if row in gone else _replaced(row)
            if changed:
                self.rows.append((type(row), row.id))
                yield self._row(row, CHANGED, changed)
        for row in _entities(gone):
            yield self._row(row, REMOVED, _everything(row))

    def _row(self, row: Entity, verb: str, before: dict[str, Any] | None) -> dict[str, Any]:
        text = None if before is None else json.dumps(before, ensure_ascii=False)
        fixed = {"batch_id": self.batch_id, "kind": row.__tablename__, "record_id": row.id}
        return {**fixed, "verb": verb, "version": row.version, "before": text}


@contextlib.contextmanager
def journal(session: Session, batch_id: int) -> Iterator[Journal]:
    """Everything flushed inside belongs to the batch."""
    found = Journal(batch_id)
    event.listen(session, "after_flush", found.note)
    try:
        yield found
    finally:
        event.remove(session, "after_flush", found.note)


def thawed(model: type[Entity], before: str) -> dict[str, Any]:
    """What was written down, as values of the model."""
    columns = inspect(model).columns
    return {key: _thaw(columns[key].type, value) for key, value in json.loads(before).items()}


def _entities(rows: Any) -> Iterator[Entity]:
    return (row for row in rows if isinstance(row, Entity) and not isinstance(row, ImportBatch))


def _replaced(row: Entity) -> dict[str, Any]:
    """Each stored value the flush replaced."""
    state = inspect(row)
    found = {}
    for key in _stored(type(row)):
        history = state.attrs[key].history
        if history.deleted and history.added and history.deleted[0] != history.added[0]:
            found[key] = _plain(history.deleted[0])
        elif history.added and not history.deleted:
            raise RuntimeError(f"{row.__tablename__}.{key} 的原內容未讀取，不能匯入")
    return found


def _everything(row: Entity) -> dict[str, Any]:
    return {key: _plain(getattr(row, key)) for key in ("id", *_stored(type(row)))}


@cache
def _stored(model: type[Entity]) -> tuple[str, ...]:
    """The columns a row is stored in that are put back."""
    own = inspect(model).column_attrs
    return tuple(each.key for each in own if each.columns[0].table is model.__table__ and each.key not in (*DERIVED, "id"))


@cache
def _order(table: str) -> int:
    return [each.name for each in METADATA.sorted_tables].index(table)


def _plain(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.name
        case dt.date() | dt.time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple():
            return list(value)
    return value


def _thaw(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case Enum() if kind.enum_class is not None:
            return kind.enum_class[value]
        case DateTime():
            return dt.datetime.fromisoformat(value)
        case Date():
            return dt.date.fromisoformat(value)
        case Time():
            return dt.time.fromisoformat(value)
        case Numeric():
            return Decimal(value)
        case Words():
            return tuple(value)
    return value
