"""Indexes that give a large grid its order: one page then costs the same however many rows there are.

A grid is read within a semester or over all of them, so that a column has an index for each. The id ends every one, for rows with
the same value stand in the order of their ids. Nothing stands first (see `admin_app.grid.order`): SQLite keeps it so by itself,
PostgreSQL has to be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, MetaData, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex

TERM = "semester_id"
ORDERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "learning_outcome": (
        *((TERM, name) for name in ("name", "state", "practical", "sent_at", "certified_at")),
        *((name,) for name in ("name", "state", "sent_at", "certified_at")),
    ),
    "grade": tuple((TERM, name) for name in ("course_grade", "credits", "periods", "score", "pass_mark", "passed", "counted"))
    + tuple((TERM, name) for name in ("makeup_score", "makeup_passed", "year_score", "year_passed")),
    "elective_course": tuple((TERM, name) for name in ("course_name", "credits", "chosen_on")),
    "student": (
        ("school_class_id", "seat_no"),
        ("seat_no",),
        ("name",),
        *((name,) for name in ("gender", "status", "status_changed_on", "division", "entry_year", "admission_route")),
        *((name,) for name in ("group_code", "department_code", "class_type")),
    ),
}
"""Table → the columns of each index, the id left out."""


def add_indexes(metadata: MetaData) -> None:
    """Give the tables their indexes."""
    for name, orders in ORDERS.items():
        for columns in orders:
            table = metadata.tables[name]
            Index(index_name(name, columns), *_expressions(table, columns))


def index_name(table: str, columns: tuple[str, ...]) -> str:
    """As the naming convention would have it."""
    return f"ix_{table}_{'_'.join(columns)}_id"


def _expressions(table: Table, columns: tuple[str, ...]) -> Iterator[Any]:
    for name in columns:
        column = table.c[name]
        yield column.nulls_first() if column.nullable else column
    yield table.c.id


@compiles(CreateIndex, "sqlite")
def _without_saying_so(element: CreateIndex, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.visit_create_index(element, **kwargs)).replace(" NULLS FIRST", "")
