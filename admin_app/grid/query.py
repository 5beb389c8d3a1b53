"""A grid's statement: plain columns over joins, one row filter, search, filters, order. Counting shares it.

`GridQuery` says what is asked; `admin_app.grid.paging` reads one page of it. The policy's condition is part of every statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, inspect, or_, select, true

from admin_app.grid import joins
from admin_app.grid.aside import aside
from admin_app.grid.columns import Column, column
from admin_app.grid.conditions import OPERATORS
from admin_app.grid.order import Key
from models.base import Entity
from models.containing import contains
from models.grams import GRAMMED, holding
from models.people import Student
from models.values.identity import check_id_number
from models.vault import vault


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
    within: ColumnElement[bool] = field(default_factory=true)
    """Beside the scope: the semester of the page."""
    conditions_aside: bool = False
    """All these are checked row by row while another index is walked; see `admin_app.grid.aside`."""
    sought_in: Column | None = None
    """The one column in which the word sought is looked for, where the others are read apart."""

    def rows(self, *, limit: int | None = None, offset: int = 0) -> Select[Any]:
        """(id, *extra, *columns) in order."""
        keys = self.keys()
        stmt = select(self.id, *self.extra, *(self.expression(each) for each in self.columns))
        stmt = self.where(stmt, paths=[*(each.path for each in self.columns), *(key.path for key in keys)])
        stmt = stmt.order_by(*(key.ordering for key in keys))
        return stmt.limit(limit).offset(offset) if limit is not None else stmt

    def count(self) -> Select[int]:
        """How many rows, joining only what search and filters need."""
        return self.where(select(func.count()))

    def ids(self) -> Select[int]:
        """The ids of the same rows, unordered."""
        return self.where(select(self.id))

    def totals(self, measured: Sequence[Column]) -> Select[Any]:
        """How many rows match, then (sum, mean) of each measured column over all of them."""
        values = [self.expression(each) for each in measured]
        stmt = select(func.count(), *(total for value in values for total in (func.sum(value), func.avg(value))))
        return self.where(stmt, paths=[each.path for each in measured])

    @property
    def id(self) -> Any:
        return self.model.id

    def expression(self, shown: Column) -> Any:
        """The column in a statement that joins its path."""
        return getattr(self.at(shown.path), shown.attribute)

    def at(self, path: joins.Path) -> Any:
        """Where the columns at the end of a path come from."""
        return joins.source(self.model, path)

    def where(
        self,
        stmt: Select[Any],
        *more: ColumnElement[bool],
        paths: Iterable[joins.Path] = (),
        present: joins.Path = (),
        found: str = "",
    ) -> Select[Any]:
        """The statement with the page's conditions, and with the joins that these and `paths` need. `found`: a word whose rows the
        statement finds by itself."""
        words = [word for word in self.words if word != found]
        searched = {each.path for word in words for each in self._looked_in(word)}
        needed = [*paths, *searched, *(each.column.path for each in self.filters)]
        stmt = joins.joined(stmt.select_from(self.model), self.model, needed, present=present)
        filters = (self._filter_condition(each) for each in self.filters)
        conditions = [self.within, *self._search_conditions(words), *filters]
        return stmt.where(self.scope, *(map(aside, conditions) if self.conditions_aside else conditions), *more)

    def among(self, stmt: Select[Any], ids: Select[int], *, paths: Iterable[joins.Path]) -> Select[Any]:
        """The statement over rows found before by all the page's conditions; of these only the scope is said again."""
        stmt = joins.joined(stmt.select_from(self.model), self.model, paths)
        return stmt.where(self.scope, self.id.in_(ids))

    def keys(self, *, present: joins.Path = ()) -> list[Key]:
        """The order's keys. Ties go by the ids on the way to a related label, for an index gives those, and then by the own id."""
        keys = [self._key(name, present) for name in self.order]
        desc = bool(keys) and keys[-1].desc
        if len(keys) == 1:
            path = keys[0].path
            keys += [self._tie(path[:length], desc, present) for length in range(len(path), 0, -1)]
        return [*keys, Key("id", (), self.id, desc, nullable=False)]

    def _key(self, name: str, present: joins.Path) -> Key:
        shown = column(self.model, name.removeprefix("-"))
        nullable = getattr(inspect(shown.owner).attrs[shown.attribute].columns[0], "nullable", True)
        missing = self._missing(shown.path, present)
        return Key(shown.key, shown.path, self.expression(shown), name.startswith("-"), nullable or missing)

    def _tie(self, path: joins.Path, desc: bool, present: joins.Path) -> Key:
        return Key(f"{'.'.join(path)}.id", path, self.at(path).id, desc, self._missing(path, present))

    def _missing(self, path: joins.Path, present: joins.Path) -> bool:
        return bool(path) and joins.may_be_missing(self.model, path) and not joins.leads_to(path, present)

    @property
    def words(self) -> list[str]:
        """The words searched for; every one must be found. A grid in which nothing is searched has none."""
        return self.search.split() if self.searchable else []

    def id_number(self, word: str) -> ColumnElement[bool] | None:
        """A whole 身分證號 is found by its blind index, and only by those who may see it."""
        if not self.finds_id_numbers or self.model is not Student:
            return None
        try:
            return Student.id_number_index.in_(vault().indexes(check_id_number(word)))
        except ValueError:
            return None

    def sought(self) -> str:
        """The word whose rows are looked up by its characters: the longest. None when a column searched has no grams."""
        if not all(each.attribute in GRAMMED.get(each.owner.__tablename__, ()) for each in self.searchable):
            return ""
        return max((word for word in self.words if self.id_number(word) is None), key=len, default="")

    def seek(self, shown: Column, word: str) -> Select[int]:
        """The ids of the rows that hold the word in a column searched, with all the page's other conditions."""
        may = holding(shown.owner.__tablename__, shown.attribute, word).subquery()
        stmt = select(self.id.label("id"))
        stmt = self.where(stmt, contains(self.expression(shown), word), paths=[shown.path], found=word)
        return stmt.join(may, may.c.record_id == self.at(shown.path).id)

    def _search_conditions(self, words: Iterable[str]) -> Iterable[ColumnElement[bool]]:
        for word in words:
            number = self.id_number(word)
            if number is not None:
                yield number
            else:
                yield or_(*(contains(self.expression(each), word) for each in self._looked_in(word)))

    def _looked_in(self, word: str) -> Sequence[Column]:
        """The columns one of which has to hold the word."""
        if self.id_number(word) is not None:
            return ()
        return (self.sought_in,) if self.sought_in and word == self.sought() else self.searchable

    def _filter_condition(self, each: Filter) -> ColumnElement[bool]:
        expression, holds = self.expression(each.column), OPERATORS[each.op]
        if not isinstance(each.value, tuple):
            return holds(expression, each.value)
        return expression.in_(each.value) if each.op == "is" else or_(*(holds(expression, value) for value in each.value))
