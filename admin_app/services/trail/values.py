"""An event's plain value as the column's own value again, and the columns an event may speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Date, DateTime, Enum, Integer, Numeric, Time, inspect
from sqlalchemy.orm import RelationshipProperty

from admin_app.audit import _plain as plain
from models.base import Entity, Words
from models.catalogue import ENTITIES

MODELS: Mapping[str, type[Entity]] = {model.__tablename__: model for model in ENTITIES}
PLUMBING = frozenset({"id", "version"})


def restored(column: Any, plain: Any) -> Any:
    """The value of `column` that an event wrote as `plain`. Raises ValueError or KeyError when the column no longer knows it."""
    if plain is None:
        return None
    match column.type:
        case Enum() if column.type.enum_class is not None:
            return column.type.enum_class[plain]
        case Words():
            return tuple(plain)
        case DateTime():
            return dt.datetime.fromisoformat(plain)
        case Date():
            return dt.date.fromisoformat(plain)
        case Time():
            return dt.time.fromisoformat(plain)
        case Numeric() if not isinstance(column.type, Integer):
            return Decimal(str(plain))
    return plain


def mapped(model: type[Entity], key: str) -> Any:
    """The mapped column of an attribute, None for a word that is none."""
    prop = inspect(model).attrs.get(key)
    return prop.columns[0] if prop is not None and not isinstance(prop, RelationshipProperty) else None


def pointed_at(column: Any) -> type[Entity] | None:
    """The model a foreign key column names a row of."""
    target = next((key.column.table.name for key in column.foreign_keys), "")
    return MODELS.get(target)


@cache
def relationship_of(model: type[Entity], key: str) -> str:
    """The relationship that stands on a foreign key column; empty when there is none."""
    for each in inspect(model).relationships:
        if not each.uselist and {column.key for column in each.local_columns} == {key}:
            return each.key
    return ""


__all__ = ["MODELS", "PLUMBING", "mapped", "plain", "pointed_at", "relationship_of", "restored"]
