"""Reading one page of a grid, at the same cost however many rows there are.

Two statements. The first counts, but no further than `CAP`. The second finds the ids of one page in an ordered index and only then
looks up the columns of those rows. Which way the ids are found follows from the count: a small set is read whole and sorted, in a
large one the order's index is walked until the page is full. See docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from admin_app.grid import counting, joins
from admin_app.grid.counting import Counted
from admin_app.grid.order import Anchor, Key, read_anchor, write_anchor
from admin_app.grid.query import GridQuery
from admin_app.grid.walking import Walk, named

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
    cap = min(CAP, SOUGHT_CAP) if query.sought() else CAP
    counted = counting.count(connection, query, cap) if known is None else counting.known(query, known)
    capped, total = counted.total > cap, min(counted.total, cap)
    if (place.number - 1) * place.size >= max(total, 1):
        raise NoSuchPage
    rows = connection.execute(_statement(query, place, anchor, counted)).all() if total else []
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


def _statement(query: GridQuery, place: Place, anchor: Anchor | None, counted: Counted) -> Select[Any]:
    """(id, *extra, *columns, *keys) of one page and one row more, in the order the page was walked."""
    walk = Walk(query, backwards=bool(place.before), values=anchor.values if anchor else None)
    walk.limit, walk.offset = place.size + 1, 0 if anchor or place.before else (place.number - 1) * place.size
    page = walk.page(counted).subquery("page")
    keys = [page.c[key.name] for key in named(walk.keys())[:-1]]
    columns = [query.expression(each) for each in query.columns]
    stmt = select(page.c.id, *query.extra, *columns, *keys).select_from(page).join(query.model, query.id == page.c.id)
    stmt = joins.joined(stmt, query.model, [each.path for each in query.columns])
    return stmt.order_by(*(key.on(page.c[key.name]).ordering for key in named(walk.keys())))
