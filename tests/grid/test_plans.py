"""What the engines make of a grid's statements over a large table: an index leads, and no big table is read from end to end.

The plans are asked for a database of the bench's small school, with statistics, on both engines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, true

from admin_app.database import engine_options, migrate
from admin_app.grid import paging
from admin_app.grid.columns import column
from admin_app.grid.paging import Place, read_page
from admin_app.grid.query import Filter, GridQuery
from models.catalogue import METADATA
from models.orders import ORDERS, index_name
from models.records.learning_outcome import LearningOutcome
from tests.databases import Servers
from views.records.outcomes import LearningOutcomeView
from views.screens import all_views

STUDENTS = 4_000
EACH = 5
CROWDED = ("learning_outcome", "grade", "elective_course", "student")
"""Tables that grow with students times courses; others are small beside them, and a semester of theirs is quickly sorted."""

FEW = ("department",)
"""A few dozen rows in all."""


def test_every_column_of_a_crowded_grid_has_an_index_that_gives_its_order() -> None:
    for view in (view for view in all_views() if view.model.__tablename__ in CROWDED):
        indexed = {tuple(each.name for each in index.columns) for index in view.model.__table__.indexes}
        for each in {*view.columns, *view.filterable}:
            if not each.path and each.sortable:
                led = [("semester_id", each.attribute, "id"), (each.attribute, "id")]
                unique = view.model.__table__.c[each.attribute].unique
                assert unique or indexed & set(led), (view.slug, each.key)


def test_every_label_a_grid_sorts_by_has_an_index_of_its_own() -> None:
    leading = {
        (table.name, next(iter(index.columns)).name)
        for table in METADATA.tables.values()
        for index in [*table.indexes, *(each for each in table.constraints if getattr(each, "columns", None))]
    }
    for view in (view for view in all_views() if view.model.__tablename__ in CROWDED):
        for each in (each for each in view.columns if each.path and each.attribute in ("name", "title", "student_no")):
            if each.owner.__tablename__ in FEW:
                continue
            assert (each.owner.__tablename__, each.attribute) in leading, (view.slug, each.key)


def test_the_indexes_are_named_as_the_migration_names_them() -> None:
    for table, orders in ORDERS.items():
        have = {index.name for index in METADATA.tables[table].indexes}
        assert {index_name(table, columns) for columns in orders} <= have


@pytest.fixture(scope="module")
def crowded(servers: Servers, engine_name: str) -> Iterator[Connection]:
    """20,000 outcomes of 4,000 students, written past the mapper: only the plans matter."""
    engine = create_engine(**engine_options(servers.empty(engine_name, f"plans_{next(servers.numbers)}")))
    with engine.begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF").close()
            numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0})"
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            numbers = "WITH n(i) AS (SELECT generate_series(1, {0}))"
        for into in FILL:
            head, _, rest = into.partition(" SELECT ")
            count = STUDENTS * EACH if "learning_outcome" in head else STUDENTS if "student" in head else 100
            rest = rest if engine.dialect.name == "sqlite" else rest.replace("%", "%%")
            connection.exec_driver_sql(f"{head} {numbers.format(count)} SELECT {rest} FROM n")  # noqa: S608 - our own text
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        yield connection
    engine.dispose()


FILL = (
    "INSERT INTO staff (id, code, name, unit, title, division, email, version) SELECT i, 'T' || i, '師' || i, '', '', 'day', '', 1",
    "INSERT INTO department (id, division, name, short, track, code, group_code, version)"
    " SELECT i, 'day', '科' || i, '科', 'vocational', '', '', 1",
    "INSERT INTO school_class (id, school_year_id, division, department_id, name, grade, version)"
    " SELECT i, 1, 'day', 1, '班' || i, 1, 1",
    "INSERT INTO course (id, code, name, credits, division, entry_year, category, attribute, former_code, former_name, version)"
    " SELECT i, '11403040221301010200' || (100 + i), '課' || i, '', 'day', 114, '', '', '', '', 1",
    "INSERT INTO teaching (id, semester_id, division, school_class_id, course_id, staff_id, version)"
    " SELECT i, 1, 'day', i, i, i, 1",
    "INSERT INTO student (id, student_no, name, id_number, id_number_index, gender, born_on, division, school_class_id, seat_no,"
    " status, admission_route, group_code, department_code, division_code, class_type, experimental_class, pass_mark,"
    " special_status, indigenous_group, indigenous_status, language_dialect, language_exam_year, language_valid_until, version)"
    " SELECT i, '' || (11500000 + i), '生' || i, '', '' || i, 'male', '2009-09-01', 'day', i % 100 + 1, i / 100 + 1, 'enrolled',"
    " '', '', '', '', '', '', 60, '', '', '', '', '', '', 1",
    "INSERT INTO learning_outcome (id, semester_id, division, student_id, teaching_id, name, brief, practical, state,"
    " certification_note, version)"
    " SELECT i, i % 2 + 1, 'day', i % 4000 + 1, i % 100 + 1, '果' || i, '簡', i % 2 = 0, 'draft', '', 1",
)

ORDERINGS = (
    LearningOutcomeView.column_default_sort,
    ("student.name",),
    ("-student.name",),
    ("student.school_class.name",),
    ("teaching.staff.name",),
    ("name",),
    ("-name",),
    ("state",),
    ("-sent_at",),
    ("certified_at",),
)


@pytest.mark.parametrize("order", ORDERINGS, ids=",".join)
def test_a_page_of_a_large_grid_is_read_along_an_index(
    order: tuple[str, ...], crowded: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "CAP", 300)
    shown = [column(LearningOutcome, key) for key in LearningOutcomeView.column_list]
    query = GridQuery(model=LearningOutcome, columns=shown, scope=true(), order=order)
    query.within = LearningOutcome.semester_id == 1
    first = read_page(crowded, query, Place(50))
    for place in (Place(50), Place(50, after=first.next)):
        assert _sorted_rows(crowded, query, place) <= 600


def _sorted_rows(connection: Connection, query: GridQuery, place: Place) -> int:
    """The most rows any step of the page's statement handles; SQLite does not say, so its plan is read instead."""
    plan = _plan(connection, query, place)
    if connection.dialect.name == "postgresql":
        return max(int(float(rows)) for rows in re.findall(r"actual (?:time=\S+ )?rows=([\d.]+)", plan))
    inner = plan.split("SCAN page")[0]
    assert "SCAN learning_outcome\n" not in inner, plan
    if "UNION ALL" in inner:  # those without a class are few and sorted; the others are walked, and the two halves of a page merged
        inner = inner.split("RIGHT")[1].split("SCAN anon")[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in inner, plan
    return 0


def _plan(connection: Connection, query: GridQuery, place: Place) -> str:
    seen: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(connection.engine, "before_cursor_execute", note)
    read_page(connection, query, place)
    event.remove(connection.engine, "before_cursor_execute", note)
    statement, parameters = seen[-1]
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, TIMING OFF)"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)) + "\n"


def test_a_filter_does_not_make_the_engine_sort_a_large_set(crowded: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "CAP", 300)
    shown = [column(LearningOutcome, key) for key in LearningOutcomeView.column_list]
    state = column(LearningOutcome, "state")
    query = GridQuery(model=LearningOutcome, columns=shown, scope=true(), order=LearningOutcomeView.column_default_sort)
    query.filters = [Filter(state, "is", state.term["draft"])]
    query.within = LearningOutcome.semester_id == 1
    assert _sorted_rows(crowded, query, Place(50)) <= 600
