"""Events as JSON lines for another machine: every column as it is kept, so that the digests can be checked there too.

Sensitive values are masked unless asked for; a masked line says so, because its digest is of what stood there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select, tuple_
from sqlalchemy.orm import Session

from admin_app.services.audit.replaying import MODELS
from models.base import Encrypted
from models.event import Event
from models.plain import plain

ROWS = 1_000
MASK = "（遮蔽）"
COLUMNS = tuple(column.key for column in inspect(Event).column_attrs)


def count_between(session: Session, begins: dt.date, ends: dt.date) -> int:
    """How many events `json_lines` gives."""
    return session.query(Event.id).filter(*_between(begins, ends)).count()


def json_lines(session: Session, begins: dt.date, ends: dt.date, *, in_full: bool) -> Iterator[str]:
    """Events of the days from `begins` to `ends`, oldest first, one JSON object a line."""
    place = (dt.datetime.combine(begins, dt.time()), -1)
    while True:
        newer = tuple_(Event.at, Event.id) > place
        page = session.scalars(select(Event).where(*_between(begins, ends), newer).order_by(Event.at, Event.id).limit(ROWS)).all()
        for event in page:
            yield json.dumps(_told(event, in_full=in_full), ensure_ascii=False)
        if not page:
            return
        place = (page[-1].at, page[-1].id)
        session.expunge_all()


def _between(begins: dt.date, ends: dt.date) -> tuple[Any, ...]:
    start, end = (dt.datetime.combine(day, dt.time()) for day in (begins, ends + dt.timedelta(days=1)))
    return Event.at >= start, Event.at < end


def _told(event: Event, *, in_full: bool) -> dict[str, Any]:
    told = {name: plain(getattr(event, name)) for name in COLUMNS}
    changes: dict[str, list[Any]] = json.loads(event.changes)
    hidden = [] if in_full else [key for key in changes if _is_sensitive(event.kind, key)]
    told["changes"] = {key: [_masked(each) for each in pair] if key in hidden else pair for key, pair in changes.items()}
    return {**told, "masked": hidden} if hidden else told


def _is_sensitive(kind: str, key: str) -> bool:
    columns = inspect(MODELS[kind]).column_attrs if kind in MODELS else None
    if columns is None or key not in columns:
        return False
    column = columns[key].columns[0]
    return isinstance(column.type, Encrypted) or bool(getattr(column, "info", {}).get("sensitive"))


def _masked(value: Any) -> Any:
    return MASK if value not in (None, "") else value
