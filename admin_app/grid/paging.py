"""Reading one page of a grid, at the same cost however many rows there are.

Two statements. The first counts, but no further than `CAP`. The second finds the ids of one page in an ordered index and only then
looks up the columns of those rows. Which way the ids are found follows from the count: a small set is read whole and sorted, in a
large one the order's index is walked until the page is full. See docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select, union_all

from admin_app.grid import joins
from admin_app.grid.order import Anchor, Key, beyond, read_anchor, write_anchor
from admin_app.grid.query import GridQuery

CAP = 2_500
"""Rows are counted up to here, which is more than a school has students; more are 「2,500 筆以上」."""
SOUGHT_CAP = 1_000
"""Rows that hold a word are counted up to here: who finds more types more."""
END = "end"
"""Before this is the last page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which page an address names: by number, or after or before an anchor (`END`: the last)."""

    size: int
    number: int = 1
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page as read. `rows`: (id, *extra, *columns, *keys). `first`: its first row's number in the order, 0 when unknown.
    `previous` and `next`: the anchors the neighbouring pages go by; empty when there is none."""

    rows: Sequence[Sequence[Any]]
    total: int
    is_capped: bool
    first: int
    previous: str
    next: str


class NoSuchPage(LookupError):
    """The address names a page beyond the last, or beyond those that are counted: those are reached by anchors only, for a
    number would have every row before it read and thrown away."""


def read_page(connection: Connection, query: GridQuery, place: Place, *, known: int | None = None) -> Leaf:
    """The page and how many rows there are in all. Raises NoSuchPage; ValueError when the anchor is not one of this grid's."""
    keys = query.keys()
    anchor = _anchor(query, keys, place)
    total, small = _count(connection, query) if known is None else (known, False)
    cap = _cap(query)
    capped, total = total > cap, min(total, cap)
    if (place.number - 1) * place.size >= max(total, 1):
        raise NoSuchPage
    rows = connection.execute(_statement(query, place, anchor, small=small)).all() if total else []
    if place.before and len(rows) < place.size and (anchor or len(rows) < total):
        return read_page(connection, query, Place(place.size), known=known)
    more, rows = len(rows) > place.size, rows[: place.size]
    rows = rows[::-1] if place.before else rows
    first = _first(place, anchor, len(rows), total, capped) if more or not place.before else 1
    if not rows and first != 1:
        raise NoSuchPage
    before, after = (more, bool(anchor)) if place.before else (first != 1, more)
    return Leaf(
        rows,
        total,
        capped,
        first,
        _written(query, keys, rows[0], first) if before else "",
        _written(query, keys, rows[-1], first and first + len(rows) - 1) if after else "",
    )


def _count(connection: Connection, query: GridQuery) -> tuple[int, bool]:
    """How many rows, but no more than one beyond the cap; and whether they are few enough to be read whole and sorted."""
    word = query.sought()
    if not word:
        some = query.where(select(literal_column("1").label("one"))).limit(CAP + 1).subquery()
        total: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
        return total, total <= CAP
    parts, most = query.seek(word), 2 * (_cap(query) + 1)
    seen, total = connection.execute(_sought(parts, most)).one()
    if seen >= most and total <= _cap(query):  # the same rows found over and over, in several columns: once more without a limit
        seen, total = connection.execute(_sought(parts, None)).one()
    return total, seen < most


def _cap(query: GridQuery) -> int:
    return min(CAP, SOUGHT_CAP) if query.sought() else CAP


def _sought(parts: Sequence[Select[int]], most: int | None) -> Select[int, int]:
    """(found, distinct) of the rows that hold a word, `most` found at the most."""
    found = union_all(*parts).limit(most).subquery()
    return select(func.count(), func.count(func.distinct(found.c.id))).select_from(found)


def _anchor(query: GridQuery, keys: Sequence[Key], place: Place) -> Anchor | None:
    text = place.after or place.before
    return read_anchor(text, keys, query.model.__tablename__) if text and text != END else None


def _written(query: GridQuery, keys: Sequence[Key], row: Sequence[Any], number: int) -> str:
    values = (*row[len(row) - len(keys) + 1 :], row[0])
    return write_anchor(Anchor(number, values), keys, query.model.__tablename__)


def _first(place: Place, anchor: Anchor | None, shown: int, total: int, capped: bool) -> int:
    """The number of the page's first row."""
    if place.after and anchor:
        return anchor.number and anchor.number + 1
    if place.before and anchor:
        return max(anchor.number - shown, 0)
    if place.before:
        return 0 if capped else total - shown + 1
    return (place.number - 1) * place.size + 1


def _statement(query: GridQuery, place: Place, anchor: Anchor | None, *, small: bool) -> Select[Any]:
    """(id, *extra, *columns, *keys) of one page and one row more, in the order the page was walked."""
    walk = _Walk(query, backwards=bool(place.before), values=anchor.values if anchor else None)
    walk.limit, walk.offset = place.size + 1, 0 if anchor or place.before else (place.number - 1) * place.size
    page = (walk.sorted_whole() if small else walk.in_order()).subquery("page")
    keys = [page.c[key.name] for key in _named(walk.keys())[:-1]]
    columns = [query.expression(each) for each in query.columns]
    stmt = select(page.c.id, *query.extra, *columns, *keys).select_from(page).join(query.model, query.id == page.c.id)
    stmt = joins.joined(stmt, query.model, [each.path for each in query.columns])
    return stmt.order_by(*(key.on(page.c[key.name]).ordering for key in _named(walk.keys())))


def _named(keys: Sequence[Key]) -> list[Key]:
    """The keys under the short names they have inside the statement."""
    return [key.called(f"k{number}") for number, key in enumerate(keys[:-1])] + [keys[-1].called("id")]


@dataclass
class _Walk:
    """Finds the ids of a page, with their keys."""

    query: GridQuery
    backwards: bool
    values: Sequence[Any] | None
    limit: int = 0
    offset: int = 0

    def keys(self, present: joins.Path = ()) -> list[Key]:
        found = self.query.keys(present=present)
        return [key.backwards for key in found] if self.backwards else found

    def sorted_whole(self) -> Select[Any]:
        """All that match are read first, then sorted: they are few, and no index of the order is walked past all the others."""
        keys = _named(self.keys())
        word = self.query.sought()
        by_word = [self.query.id.in_(select(union_all(*self.query.seek(word)).subquery().c.id))] if word else []
        found = self._found(keys, *by_word, found=word).cte("found").prefix_with("MATERIALIZED")
        return self._cut(select(found), [key.on(found.c[key.name]) for key in keys]).offset(self.offset)

    def in_order(self) -> Select[Any]:
        """The order's index is walked until the page is full. What has no row at the end of the first key's path is no part of that
        index and is walked apart. Where the index is another table's, the conditions offer none of their own."""
        path = self.keys()[0].path
        self.query = replace(self.query, conditions_aside=bool(path))
        gap = joins.gap(self.query.model, path) if path and joins.may_be_missing(self.query.model, path) else None
        if gap is None:
            return self._cut(self._found(_named(self.keys())), self.keys()).offset(self.offset)
        parts = [self._part((), gap.is_(None)), self._part(path, gap.is_not(None))]
        both = union_all(*(select(part.subquery()) for part in parts)).subquery("both")
        keys = [key.on(both.c[key.name]) for key in _named(self.keys())]
        return select(both).order_by(*(key.ordering for key in keys)).limit(self.limit).offset(self.offset)

    def _part(self, present: joins.Path, condition: ColumnElement[bool]) -> Select[Any]:
        keys = self.keys(present)
        return self._cut(self._found(_named(keys), condition, present=present), keys, self.offset)

    def _found(self, keys: Sequence[Key], *more: ColumnElement[bool], present: joins.Path = (), found: str = "") -> Select[Any]:
        named = [key.expression.label(key.name) for key in keys]
        return self.query.where(select(*named), *more, paths=[key.path for key in keys], present=present, found=found)

    def _cut(self, stmt: Select[Any], keys: Sequence[Key], further: int = 0) -> Select[Any]:
        if self.values is not None:
            stmt = stmt.where(beyond(keys, self.values))
        return stmt.order_by(*(key.ordering for key in keys)).limit(self.limit + further)
