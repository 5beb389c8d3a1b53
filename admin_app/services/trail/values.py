"""The columns an event may speak of, and the rows they name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from models.base import Entity
from models.catalogue import ENTITIES

MODELS: Mapping[str, type[Entity]] = {model.__tablename__: model for model in ENTITIES}
PLUMBING = frozenset({"id", "version"})


def mapped(model: type[Entity], key: str) -> Any:
    """The mapped column of an attribute, None for a word that is none."""
    prop = inspect(model).attrs.get(key)
    return prop.columns[0] if prop is not None and not isinstance(prop, RelationshipProperty) else None


def pointed_at(column: Any) -> type[Entity] | None:
    """The model a foreign key column names a row of by its number."""
    target = next((key.column for key in column.foreign_keys), None)
    return MODELS.get(target.table.name) if target is not None and target.primary_key else None


@cache
def relationship_of(model: type[Entity], key: str) -> str:
    """The relationship that stands on a foreign key column; empty when there is none."""
    for each in inspect(model).relationships:
        if not each.uselist and {column.key for column in each.local_columns} == {key}:
            return each.key
    return ""
