"""Finding the ids of one page, with the keys of its order.

A small set is read whole and sorted. In a large one the order's index is walked until the page is full. What a word was found in is
read column by column, each its own way, and the pages of the columns are merged: a walk that looks into one column only meets that
column early, where one that looks into all of them would read every row before it could tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union, union_all

from admin_app.grid import joins
from admin_app.grid.columns import Column
from admin_app.grid.counting import Counted
from admin_app.grid.order import Key, beyond
from admin_app.grid.query import GridQuery


def named(keys: Sequence[Key]) -> list[Key]:
    """The keys under the short names they have inside the statement."""
    return [key.called(f"k{number}") for number, key in enumerate(keys[:-1])] + [keys[-1].called("id")]


@dataclass
class Walk:
    """Finds the ids of a page, with their keys."""

    query: GridQuery
    backwards: bool
    values: Sequence[Any] | None
    limit: int = 0
    offset: int = 0

    def keys(self, present: joins.Path = ()) -> list[Key]:
        found = self.query.keys(present=present)
        return [key.backwards for key in found] if self.backwards else found

    def page(self, counted: Counted) -> Select[Any]:
        """The page's ids and keys, as the count says they are best found."""
        if counted.whole:
            return self._sorted_whole(counted.few)
        parts = [self._part_of(each, few=True) for each in counted.few]
        parts += [self._part_of(each, few=False) for each in counted.many]
        return self._merged(parts) if parts else self._in_order()

    def _part_of(self, shown: Column, *, few: bool) -> Select[Any]:
        """The first rows that hold the word in this column: enough of them for the page."""
        walk = replace(self, query=replace(self.query, sought_in=shown), limit=self.limit + self.offset, offset=0)
        return walk._sorted_whole([shown]) if few else walk._in_order()

    def _merged(self, parts: Sequence[Select[Any]]) -> Select[Any]:
        """A row that several columns found comes once."""
        merged = union(*(select(part.subquery()) for part in parts)).subquery("merged")
        return self._cut_sorted(select(merged), [key.on(merged.c[key.name]) for key in named(self.keys())])

    def _sorted_whole(self, searched: Sequence[Column]) -> Select[Any]:
        """All that match are read first, then sorted: they are few, and no index of the order is walked past all the others."""
        keys = named(self.keys())
        ids = [select(self.query.seek(each, self.query.sought()).subquery().c.id) for each in searched]
        stmt = self._looked_up(keys, union_all(*ids)) if ids else self._found(keys)
        name = "found" if self.query.sought_in is None else f"found_{self.query.searchable.index(self.query.sought_in)}"
        found = stmt.cte(name).prefix_with("MATERIALIZED")
        return self._cut(select(found), [key.on(found.c[key.name]) for key in keys]).offset(self.offset)

    def _looked_up(self, keys: Sequence[Key], ids: Any) -> Select[Any]:
        """The keys of rows that were found with all the page's conditions: an engine told them again would begin with those."""
        stmt = select(*(key.expression.label(key.name) for key in keys))
        return self.query.among(stmt, select(ids.subquery().c.id), paths=[key.path for key in keys])

    def _in_order(self) -> Select[Any]:
        """The order's index is walked until the page is full. What has no row at the end of the first key's path is no part of that
        index and is walked apart. Where the index is another table's, the conditions offer none of their own."""
        path = self.keys()[0].path
        self.query = replace(self.query, conditions_aside=bool(path))
        gap = joins.gap(self.query.model, path) if path and joins.may_be_missing(self.query.model, path) else None
        if gap is None:
            return self._cut(self._found(named(self.keys())), self.keys()).offset(self.offset)
        parts = [self._beside((), gap.is_(None)), self._beside(path, gap.is_not(None))]
        both = union_all(*(select(part.subquery()) for part in parts)).subquery("both")
        return self._cut_sorted(select(both), [key.on(both.c[key.name]) for key in named(self.keys())])

    def _beside(self, present: joins.Path, condition: ColumnElement[bool]) -> Select[Any]:
        keys = self.keys(present)
        return self._cut(self._found(named(keys), condition, present=present), keys, self.offset)

    def _found(self, keys: Sequence[Key], *more: ColumnElement[bool], present: joins.Path = ()) -> Select[Any]:
        labels = [key.expression.label(key.name) for key in keys]
        return self.query.where(select(*labels), *more, paths=[key.path for key in keys], present=present)

    def _cut(self, stmt: Select[Any], keys: Sequence[Key], further: int = 0) -> Select[Any]:
        if self.values is not None:
            stmt = stmt.where(beyond(keys, self.values))
        return stmt.order_by(*(key.ordering for key in keys)).limit(self.limit + further)

    def _cut_sorted(self, stmt: Select[Any], keys: Sequence[Key]) -> Select[Any]:
        """Of rows of which each part was cut already."""
        return stmt.order_by(*(key.ordering for key in keys)).limit(self.limit).offset(self.offset)
