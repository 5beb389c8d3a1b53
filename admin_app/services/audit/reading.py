"""Events read in order, a few at a time, as the database holds them: nothing a tamperer wrote there can stop the reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from models import seals
from models.event import Event
from models.vault import VaultLocked, vault

ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Read:
    """An event as it was read. `content` None: it cannot be read any more."""

    id: int
    month: str
    digest: str
    content: bytes | None


def events_between(session: Session, first: int, last: int) -> Iterator[Read]:
    """Events with an id from `first` to `last`, in order."""
    after = first - 1
    while rows := session.execute(_page(after, last)).mappings().all():
        yield from map(_read, rows)
        after = rows[-1]["id"]


def _page(after: int, last: int) -> Any:
    columns = (type_coerce(getattr(Event, name), String).label(name) for name in seals.SEALED)
    return select(Event.id, Event.digest, *columns).where(Event.id > after, Event.id <= last).order_by(Event.id).limit(ROWS)


def _read(row: Any) -> Read:
    try:
        at = row["at"] if isinstance(row["at"], dt.datetime) else dt.datetime.fromisoformat(row["at"])
        content = seals.event_bytes({**row, "at": at, "changes": vault().decrypt(row["changes"])})
    except (ValueError, TypeError, AttributeError, InvalidToken, VaultLocked):
        return Read(row["id"], str(row["at"])[:7], str(row["digest"]), None)
    return Read(row["id"], f"{at:%Y-%m}", str(row["digest"]), content)
