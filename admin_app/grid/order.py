"""A grid's order: its keys, what comes after a row, and the anchor that names a row's place in an address.

Nothing stands before something, on both engines, so that an address means the same page on either. Rows with the same keys stand
in the order of their ids, so that no row is skipped or shown twice.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Enum, and_, false, literal, or_, true

from models.base import Words
from models.vault import VaultLocked, vault

MOST_NUMBER = 2**62


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: `name` as a grid's column is named, `path` what has to be joined for it."""

    name: str
    path: tuple[str, ...]
    expression: Any
    desc: bool
    nullable: bool

    @property
    def ordering(self) -> ColumnElement[Any]:
        """As ORDER BY has it. Where nothing is missing, nothing is said of what is missing: an index then serves both engines."""
        way = self.expression.desc() if self.desc else self.expression.asc()
        if not self.nullable:
            return way  # type: ignore[no-any-return]
        return way.nulls_last() if self.desc else way.nulls_first()  # type: ignore[no-any-return]

    def on(self, expression: Any) -> Key:
        """The same key over a column that carries its value."""
        return replace(self, expression=expression)

    def called(self, name: str) -> Key:
        """The same key under another name."""
        return replace(self, name=name)

    @property
    def backwards(self) -> Key:
        return replace(self, desc=not self.desc)

    def equals(self, value: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = self.expression.is_(None) if value is None else self.expression == self._bound(value)
        return found

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """Rows that come after `value`, whatever the other keys."""
        if value is None:
            return false() if self.desc else self.expression.is_not(None)
        if not self.desc:
            return self.expression > self._bound(value)  # type: ignore[no-any-return]
        less = self.expression < self._bound(value)
        return or_(less, self.expression.is_(None)) if self.nullable else less

    def not_before(self, value: Any) -> ColumnElement[bool]:
        """A bound that an index can begin at; it alone is not enough."""
        if value is None:
            return self.expression.is_(None) if self.desc else true()
        if not self.desc:
            return self.expression >= self._bound(value)  # type: ignore[no-any-return]
        less = self.expression <= self._bound(value)
        return or_(less, self.expression.is_(None)) if self.nullable else less

    def _bound(self, value: Any) -> Any:
        return literal(value, self.expression.type)


def beyond(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows after the one with these values."""
    condition: ColumnElement[bool] = false()
    for key, value in zip(reversed(keys), reversed(values), strict=True):
        condition = or_(key.beyond(value), and_(key.equals(value), condition))
    return and_(keys[0].not_before(values[0]), condition)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row's place: its `number` in the order when it was read (0: not known) and the values of its keys."""

    number: int
    values: tuple[Any, ...]


def write_anchor(anchor: Anchor, keys: Sequence[Key], grid: str) -> str:
    """The anchor as an address carries it: encrypted, for it holds names and dates; good for this grid in this order only."""
    told = [anchor.number, *(_plain(value) for value in anchor.values)]
    return vault().seal(json.dumps(told, ensure_ascii=False, separators=(",", ":")), _purpose(keys, grid))


def read_anchor(text: str, keys: Sequence[Key], grid: str) -> Anchor:
    """What an address carries; raises ValueError when it is not an anchor of this grid in this order."""
    try:
        number, *told = json.loads(vault().unseal(text, _purpose(keys, grid)))
    except VaultLocked:
        raise ValueError("not an anchor of this order") from None
    values = (_value(key.expression.type, each) for key, each in zip(keys, told, strict=True))
    return Anchor(min(int(number), MOST_NUMBER), tuple(values))


def _purpose(keys: Sequence[Key], grid: str) -> str:
    return "|".join([f"page:{grid}", *(f"{'-' if key.desc else ''}{key.name}" for key in keys)])


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return "|".join(value)
    return getattr(value, "name", value)


def _value(kind: Any, told: Any) -> Any:
    if told is None:
        return None
    if isinstance(kind, Words):
        return tuple(told.split("|")) if told else ()
    if isinstance(kind, Enum):
        return kind.enum_class[told] if kind.enum_class else told
    made = kind.python_type
    if issubclass(made, dt.date | dt.time):
        return made.fromisoformat(told)
    return made(told)
