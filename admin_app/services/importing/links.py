"""How rows point at each other: keys that are the same for a row of the school and for a row of a file."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Column, inspect
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.base import Entity

Key = tuple[Any, ...]


@cache
def links_of(model: type[Entity]) -> dict[str, tuple[str, str]]:
    """Each many-to-one relationship with the column it is stored in and the column it points at."""
    found = {}
    for each in inspect(model).relationships:
        if each.direction is RelationshipDirection.MANYTOONE:
            local, remote = next(iter(each.local_remote_pairs or ()))
            found[each.key] = (str(local.key), str(remote.key))
    return found


@cache
def link_at(model: type[Entity], column: str) -> RelationshipProperty[Any] | None:
    """The relationship stored in a column."""
    relationships = inspect(model).relationships
    return next((relationships[key] for key, (local, _) in links_of(model).items() if local == column), None)


@cache
def lists_of(model: type[Entity]) -> dict[str, RelationshipProperty[Any]]:
    """Relationships to many that have a 中文 label and may be set, such as the students of a consultation."""
    return {each.key: each for each in inspect(model).relationships if each.uselist and each.info.get("zh") and each.viewonly}


def default_of(column: Column[Any]) -> Any:
    """What a column holds when nothing is given."""
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


@cache
def table_columns(model: type[Entity]) -> dict[str, Column[Any]]:
    """The columns a model is stored in."""
    return {column.key: column for column in model.__table__.columns if isinstance(column, Column)}


def stored(model: type[Entity], attr: str, value: Any) -> Any:
    """A value as it is stored: of an entity the column that is pointed at, or the entity itself while it has none yet."""
    link = links_of(model).get(attr)
    if link is None or value is None:
        return value
    pointed = getattr(value, link[1], None)
    return value if pointed is None else pointed


def held(entity: Entity, attr: str) -> Any:
    """What a row of the school has stored for an attribute."""
    link = links_of(type(entity)).get(attr)
    return getattr(entity, link[0] if link else attr)


def key_of(model: type[Entity], values: dict[str, Any], attrs: tuple[str, ...]) -> Key | None:
    """The key a file's row has; None when a part is missing that cannot be left out."""
    key = []
    for attr in attrs:
        link = links_of(model).get(attr)
        column = table_columns(model)[link[0] if link else attr]
        value = stored(model, attr, values.get(attr))
        value = default_of(column) if value is None else value
        if value is None and not column.nullable:
            return None
        key.append(value)
    return tuple(key)


def key_in(entity: Entity, attrs: tuple[str, ...]) -> Key:
    """The key a row of the school has."""
    return tuple(held(entity, attr) for attr in attrs)
