"""A grid's statement: plain columns over joins, one row filter, search, filters, order. Counting shares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Enum, Select, String, Text, cast, func, inspect, literal, or_, select
from sqlalchemy.orm import RelationshipProperty, aliased

from admin_app.grid.columns import Column, column
from models.base import Entity
from models.people import Student
from models.values.identity import check_id_number
from models.vault import vault

ONE_ALIAS = Lock()


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of the page: `column` `op` `value`; of several values (a tuple) any one will do."""

    column: Column
    op: str
    value: Any


@dataclass
class GridQuery:
    """What a grid asks the database. `scope` is the policy's condition and is always there."""

    model: type[Entity]
    columns: Sequence[Column]
    scope: ColumnElement[bool]
    order: Sequence[str] = ()
    searchable: Sequence[Column] = ()
    search: str = ""
    filters: Sequence[Filter] = ()
    extra: Sequence[ColumnElement[Any]] = ()
    finds_id_numbers: bool = False
    _joined: set[tuple[str, ...]] = field(default_factory=set)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> Select[Any]:
        """(id, *extra, *columns) in order."""
        selected = [self._expression(each) for each in self.columns]
        order = [self._ordering(key) for key in self.order]
        stmt = self._where(select(self._id, *self.extra, *selected)).order_by(*order, self._id)
        return stmt.limit(limit).offset(offset) if limit is not None else stmt

    def count(self) -> Select[int]:
        """How many rows, joining only what search and filters need."""
        return self._where(select(func.count()))

    def ids(self) -> Select[int]:
        """The ids of the same rows, unordered."""
        return self._where(select(self._id))

    def totals(self, measured: Sequence[Column]) -> Select[Any]:
        """(sum, mean) of each measured column over all matching rows."""
        values = [self._expression(each) for each in measured]
        return self._where(select(*(total for value in values for total in (func.sum(value), func.avg(value)))))

    @property
    def _id(self) -> Any:
        return self.model.id

    def _where(self, stmt: Select[Any]) -> Select[Any]:
        """The statement with the page's conditions, and with the joins its expressions were found to need."""
        conditions = self._conditions()
        joined, self._joined = self._joined, set()
        stmt = stmt.select_from(self.model)
        for path in sorted(joined, key=lambda path: (len(path), path)):
            stmt = stmt.join(_step(self.model, path), isouter=_may_be_missing(self.model, path))
        return stmt.where(*conditions)

    def _expression(self, shown: Column) -> Any:
        self._joined.update(shown.path[: number + 1] for number in range(len(shown.path)))
        return getattr(_source(self.model, shown.path), shown.attribute)

    def _ordering(self, key: str) -> Any:
        expression = self._expression(column(self.model, key.removeprefix("-")))
        return expression.desc() if key.startswith("-") else expression

    def _conditions(self) -> list[ColumnElement[bool]]:
        return [self.scope, *self._search_conditions(), *(self._filter_condition(each) for each in self.filters)]

    def _search_conditions(self) -> Iterable[ColumnElement[bool]]:
        for word in self.search.split():
            number = self._id_number(word)
            if number is not None:
                yield number
            else:
                yield or_(*(_contains(self._expression(each), word) for each in self.searchable))

    def _id_number(self, word: str) -> ColumnElement[bool] | None:
        """A whole 身分證號 is found by its blind index, and only by those who may see it."""
        if not self.finds_id_numbers or self.model is not Student:
            return None
        try:
            return Student.id_number_index.in_(vault().indexes(check_id_number(word)))
        except ValueError:
            return None

    def _filter_condition(self, each: Filter) -> ColumnElement[bool]:
        expression, holds = self._expression(each.column), OPERATORS[each.op]
        if not isinstance(each.value, tuple):
            return holds(expression, each.value)
        return expression.in_(each.value) if each.op == "is" else or_(*(holds(expression, value) for value in each.value))


def _source(model: type[Entity], path: tuple[str, ...]) -> Any:
    """Where a path's columns come from: the model itself, or the alias for the rows at the end of the path."""
    if not path:
        return model
    with ONE_ALIAS:
        return _alias(model, path)


@cache
def _alias(model: type[Entity], path: tuple[str, ...]) -> Any:
    """One alias per path and process, never a second one made by another thread: joins and columns must mean the same."""
    return aliased(_relation(model, path).mapper.class_)


@cache
def _step(model: type[Entity], path: tuple[str, ...]) -> Any:
    """The join to the last step of a path."""
    return getattr(_source(model, path[:-1]), path[-1]).of_type(_source(model, path))


@cache
def _may_be_missing(model: type[Entity], path: tuple[str, ...]) -> bool:
    """Whether a row may have nothing at the end of the path. Where it cannot, an inner join lets the engine begin there."""
    steps = (_relation(model, path[: number + 1]) for number in range(len(path)))
    return any(column.nullable for step in steps for column in step.local_columns)


def _relation(model: type[Entity], path: tuple[str, ...]) -> RelationshipProperty[Any]:
    """The last relationship of a path."""
    owner = _relation(model, path[:-1]).mapper if len(path) > 1 else inspect(model)
    return owner.relationships[path[-1]]


def _contains(expression: Any, text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    column_type = expression.type
    is_text = isinstance(column_type, String) and not isinstance(column_type, Enum)
    searched = expression if is_text else cast(expression, String)
    condition: ColumnElement[bool] = searched.ilike(literal(f"%{escaped}%"), escape="\\")
    return condition


def _is_empty(expression: Any, value: Any) -> ColumnElement[bool]:
    empty: ColumnElement[bool] = expression.is_(None)
    if isinstance(expression.type, String) and not isinstance(expression.type, Enum):
        empty = or_(empty, expression == "")
    return empty if value else ~empty


def _holds(expression: Any, code: str) -> ColumnElement[bool]:
    """Whether a `Words` column, stored as `a|b`, holds exactly this code."""
    stored = literal("|") + cast(expression, Text) + literal("|")
    escaped = code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    condition: ColumnElement[bool] = stored.like(literal(f"%|{escaped}|%"), escape="\\")
    return condition


OPERATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "has": _contains,
    "is": lambda expression, value: expression == value,
    "in": lambda expression, value: expression.in_(value),
    "from": lambda expression, value: expression >= value,
    "to": lambda expression, value: expression <= value,
    "empty": _is_empty,
    "holds": _holds,
}
