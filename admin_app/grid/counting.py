"""How many rows a grid has, but no further than a cap, and how few they are: which way a page is read follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, distinct, func, literal_column, select, union_all

from admin_app.grid.columns import Column
from admin_app.grid.query import GridQuery


@dataclass(frozen=True, slots=True)
class Counted:
    """`total`: no more than one beyond the cap. `whole`: so few that they are read whole and sorted. `few` and `many`: the columns
    in which the word sought was found; those in which it was not are not looked into again."""

    total: int
    whole: bool
    few: Sequence[Column] = ()
    many: Sequence[Column] = ()


def count(connection: Connection, query: GridQuery, cap: int) -> Counted:
    """Count the rows."""
    if query.sought():
        return _count_sought(connection, query, cap)
    some = query.where(select(literal_column("1").label("one"))).limit(cap + 1).subquery()
    total: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Counted(total, total <= cap)


def known(query: GridQuery, total: int) -> Counted:
    """What is known when somebody else has counted them all."""
    return Counted(total, whole=False, many=query.searchable if query.sought() else ())


def _count_sought(connection: Connection, query: GridQuery, cap: int) -> Counted:
    total, *held = connection.execute(_sought(query, cap + 1)).one()
    if max(held) > cap >= total:  # the same rows found over and over in one column: once more without a limit
        total, *held = connection.execute(_sought(query, None)).one()
    found = [(each, number) for each, number in zip(query.searchable, held, strict=True) if number]
    few = [each for each, number in found if number <= cap or total <= cap]
    return Counted(min(total, cap + 1), total <= cap, few, [each for each, _ in found if each not in few])


def _sought(query: GridQuery, most: int | None) -> Select[Any]:
    """How many rows hold the word, then how many were found in each column; `most` in each at the most."""
    parts = [query.seek(each, query.sought()).limit(most).subquery() for each in query.searchable]
    numbered = [select(part.c.id, literal_column(str(number)).label("part")) for number, part in enumerate(parts)]
    found = union_all(*numbered).subquery()
    held = (func.count().filter(found.c.part == number) for number in range(len(parts)))
    told: list[Any] = [func.count(distinct(found.c.id)), *held]
    return select(*told).select_from(found)
