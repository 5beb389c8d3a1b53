"""Column values as JSON, for events, and back: what a column holds can be told from its event without loss."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, Numeric, Time
from sqlalchemy.types import TypeEngine

from models.base import Words


def plain(value: Any, kind: TypeEngine[Any] | None = None) -> Any:
    """A value as JSON. With the column's type it is told as the database will hold it: 85 in a column of two decimals is 85.00."""
    if value is None or (type(value) is str and not isinstance(kind, Numeric)):
        return value
    if kind is not None:
        value = _as_held(value, kind)
    match value:
        case enum.Enum():
            return value.name
        case dt.date() | dt.time():
            return value.isoformat()
        case tuple() | list():
            return [plain(each) for each in value]
        case None | str() | int() | float():
            return value
    return str(value)


def restore(told: Any, kind: TypeEngine[Any]) -> Any:
    """The Python value of a column from its JSON."""
    if told is None:
        return None
    if isinstance(kind, Enum):
        return kind.enum_class[told] if kind.enum_class else told
    return next((read(told) for types, read in READERS if isinstance(kind, types)), told)


READERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Words, tuple),
    (DateTime, dt.datetime.fromisoformat),
    (Date, dt.date.fromisoformat),
    (Time, dt.time.fromisoformat),
    (Boolean, bool),
    (Integer, int),
    (Numeric, Decimal),
)
"""How the JSON of a type is read; what is not here is text."""


@cache
def _step(scale: int) -> Decimal:
    return Decimal(1).scaleb(-scale)


def _as_held(value: Any, kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, Numeric) and kind.asdecimal and kind.scale is not None:
        return Decimal(str(value)).quantize(_step(kind.scale), ROUND_HALF_UP)
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, Date) and isinstance(value, dt.datetime):
        return value.date()
    return value
