"""What a bulk deed will change, in words: for each column the old contents by count, and the new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin_app.extensions import db
from admin_app.grid.columns import column, formatter
from admin_app.services.codes import load_codes
from models.base import Entity

MOST_OLD = 6
UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class Told:
    """One column: `olds` are (what stands there, in how many rows), the most frequent first; `others` rows hold yet other contents;
    `same` rows hold the new content already."""

    zh: str
    olds: Sequence[tuple[str, int]]
    others: int
    new: str
    same: int


def tell_now(model: type[Entity], rows: Sequence[Any], key: str) -> list[Told]:
    """What stands in one column now."""
    return [_told(model, key, [getattr(row, key) for row in rows])]


def tell_changes(model: type[Entity], rows: Sequence[Any], values: Mapping[str, Any]) -> list[Told]:
    """`values`: column → what every row will hold."""
    return [_told(model, key, [getattr(row, key) for row in rows], new) for key, new in values.items()]


def _told(model: type[Entity], key: str, held: Sequence[Any], new: Any = UNKNOWN) -> Told:
    shown = column(model, key)
    book = load_codes(db.session, [shown.codes] if shown.codes else [], year=None)
    write, old = formatter(shown, book.name), Counter(held)
    same = old.pop(new, 0)
    olds = [(str(write(value)), count) for value, count in old.most_common(MOST_OLD)]
    others = sum(old.values()) - sum(count for _, count in olds)
    return Told(shown.zh, olds, others, "" if new is UNKNOWN else str(write(new)), same)
