"""Where a column's values come from: the joins on the way to it, the same ones for every statement of the process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import Select, inspect
from sqlalchemy.orm import RelationshipProperty, aliased

from models.base import Entity

Path = tuple[str, ...]
ONE_ALIAS = Lock()


def source(model: type[Entity], path: Path) -> Any:
    """Where a path's columns come from: the model itself, or the alias for the rows at the end of the path."""
    if not path:
        return model
    with ONE_ALIAS:
        return _alias(model, path)


def joined(stmt: Select[Any], model: type[Entity], paths: Iterable[Path], *, present: Path = ()) -> Select[Any]:
    """The statement with a join for each step of these paths, the nearest first. At the end of `present` a row is known to be."""
    steps = {path[: number + 1] for path in paths for number in range(len(path))}
    for path in sorted(steps, key=lambda path: (len(path), path)):
        stmt = stmt.join(_step(model, path), isouter=may_be_missing(model, path) and not leads_to(path, present))
    return stmt


def leads_to(path: Path, end: Path) -> bool:
    """Whether `path` is on the way to `end`, or is it."""
    return path == end[: len(path)]


def gap(model: type[Entity], path: Path) -> Any:
    """The column that is empty when there is no row at the end of the path, if one alone can say so."""
    found = [
        getattr(source(model, path[:number]), str(column.key))
        for number in range(len(path))
        for column in relation(model, path[: number + 1]).local_columns
        if column.nullable
    ]
    return found[0] if len(found) == 1 else None


def relation(model: type[Entity], path: Path) -> RelationshipProperty[Any]:
    """The last relationship of a path."""
    owner = relation(model, path[:-1]).mapper if len(path) > 1 else inspect(model)
    return owner.relationships[path[-1]]


@cache
def may_be_missing(model: type[Entity], path: Path) -> bool:
    """Whether a row may have nothing at the end of the path. Where it cannot, an inner join lets the engine begin there."""
    steps = (relation(model, path[: number + 1]) for number in range(len(path)))
    return any(column.nullable for step in steps for column in step.local_columns)


@cache
def _alias(model: type[Entity], path: Path) -> Any:
    """One alias per path and process, never a second one made by another thread: joins and columns must mean the same."""
    return aliased(relation(model, path).mapper.class_)


@cache
def _step(model: type[Entity], path: Path) -> Any:
    """The join to the last step of a path."""
    return getattr(source(model, path[:-1]), path[-1]).of_type(source(model, path))
