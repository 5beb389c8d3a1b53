"""A grid's statement: plain columns over outer joins, one row filter, search, filters, order. Counting shares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Enum, Select, String, Text, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from admin_app.grid.columns import Column, column
from models.base import Entity
from models.people import Student
from models.values.identity import check_id_number
from models.vault import vault


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of the page: `column` `op` `value`."""

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
    _joined: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> Select[Any]:
        """(id, *extra, *columns) in order."""
        self._joined = {}
        selected = [self._expression(each) for each in self.columns]
        conditions = self._conditions()
        order = [self._ordering(key) for key in self.order]
        stmt = select(self._id, *self.extra, *selected)
        stmt = self._join(stmt).where(*conditions).order_by(*order, self._id)
        return stmt.limit(limit).offset(offset) if limit is not None else stmt

    def count(self) -> Select[int]:
        """How many rows, joining only what search and filters need."""
        self._joined = {}
        conditions = self._conditions()
        return self._join(select(func.count(self._id))).where(*conditions)

    def ids(self) -> Select[int]:
        """The ids of the same rows, unordered."""
        self._joined = {}
        conditions = self._conditions()
        return self._join(select(self._id)).where(*conditions)

    @property
    def _id(self) -> Any:
        return self.model.id

    def _join(self, stmt: Select[Any]) -> Select[Any]:
        stmt = stmt.select_from(self.model)
        for path in sorted(self._joined, key=len):
            source = self._joined[path[:-1]] if len(path) > 1 else self.model
            stmt = stmt.outerjoin(getattr(source, path[-1]).of_type(self._joined[path]))
        return stmt

    def _expression(self, shown: Column) -> Any:
        return getattr(self._source(shown.path), shown.attribute)

    def _source(self, path: tuple[str, ...]) -> Any:
        if not path:
            return self.model
        parent = self._source(path[:-1])
        if path not in self._joined:
            related = getattr(parent, path[-1]).property.mapper.class_
            self._joined[path] = aliased(related)
        return self._joined[path]

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
            return Student.id_number_index == vault().index(check_id_number(word))
        except ValueError:
            return None

    def _filter_condition(self, each: Filter) -> ColumnElement[bool]:
        return OPERATORS[each.op](self._expression(each.column), each.value)


def _contains(expression: Any, text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    column_type = expression.type
    searched = expression if isinstance(column_type, String) and not isinstance(column_type, Enum) else cast(expression, String)
    condition: ColumnElement[bool] = searched.ilike(literal(f"%{escaped}%"), escape="\\")
    return condition


def _is_empty(expression: Any, value: Any) -> ColumnElement[bool]:
    empty = expression.is_(None)
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
