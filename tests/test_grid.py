"""What a grid asks the database: few statements whatever its size, no row lost to a join, no pager longer for more rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, true
from sqlalchemy.orm import Session

from admin_app.grid.columns import column
from admin_app.grid.query import GridQuery
from models.base import Entity
from models.people import Student
from models.records.grade import Grade
from tests.conftest import SchoolClient

MOST_STATEMENTS = 6
READERS = (
    ("registration_section", "student"),
    ("registration_section", "grade"),
    ("activities_section", "club_office"),
    ("homeroom_teacher", "grade"),
    ("teacher", "grade"),
    ("student", "grade"),
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("size", [20, 50, 200])
@pytest.mark.parametrize(("reader", "screen"), READERS)
def test_a_page_sends_at_most_six_statements(
    reader: str, screen: str, size: int, client_for: Callable[[str], SchoolClient]
) -> None:
    client = client_for(reader)
    for address in (f"/admin/{screen}/?page_size={size}", f"/admin/{screen}/?page_size={size}&semester=all&search=王"):
        with counted() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= MOST_STATEMENTS, "\n".join(seen)


def grid(model: type[Entity], *keys: str) -> GridQuery:
    return GridQuery(model=model, columns=[column(model, key) for key in keys], scope=true(), order=keys[:1])


def test_a_row_without_the_related_row_is_still_listed(school: Session) -> None:
    query = grid(Student, "school_class.name", "name")
    without = school.query(Student).first()
    assert without is not None
    without.school_class = None
    school.flush()
    rows = school.execute(query.rows()).all()
    assert len(rows) == school.execute(query.count()).scalar_one() == school.query(Student).count()
    assert (without.id, None, without.name) in [tuple(row) for row in rows]


def test_a_link_that_is_always_there_is_joined_so_that_an_index_can_give_the_order() -> None:
    statement = str(grid(Grade, "student.school_class.name", "course.name").rows())
    assert "JOIN student" in statement and "OUTER JOIN student" not in statement
    assert "JOIN course" in statement and "OUTER JOIN course" not in statement
    assert "LEFT OUTER JOIN school_class" in statement


def test_the_same_columns_give_the_same_statement() -> None:
    assert str(grid(Grade, "student.name").rows()) == str(grid(Grade, "student.name").rows())
