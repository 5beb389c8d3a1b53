"""The schema: migrations from empty give what the models say, and can be taken back, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.database import engine_options, is_current, migrate
from models.catalogue import METADATA
from models.event import is_partition
from tests.databases import Servers


@pytest.fixture
def connection(servers: Servers, engine_name: str) -> Iterator[Connection]:
    engine = create_engine(**engine_options(servers.empty(engine_name, f"migrations_{next(servers.numbers)}")))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_migrations_from_empty_equal_the_models(connection: Connection) -> None:
    migrate(connection)
    options = {"compare_type": True, "include_name": lambda name, kind, parents: not (kind == "table" and is_partition(name))}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert found == []


def test_up_down_up_leaves_the_same_tables(connection: Connection) -> None:
    migrate(connection)
    before = set(inspect(connection).get_table_names())
    migrate(connection, "base")
    assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate(connection)
    assert set(inspect(connection).get_table_names()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE duty SET work = '別的工作'",
        "DELETE FROM duty WHERE code = 'D12'",
        "UPDATE edition SET title = '別的規定'",
        "DELETE FROM relation",
        "UPDATE post SET zh = '別的職務'",
    ],
)
def test_the_database_itself_refuses_to_change_a_published_edition(session: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="never changes"):
        session.execute(text(statement))


COLLATIONS = """
    SELECT DISTINCT collname FROM pg_attribute JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE attname = 'name' AND attrelid::regclass::text IN ('staff', 'student', 'guardian')
"""


@pytest.mark.parametrize("known", [True, False])
def test_names_stand_by_stroke_where_postgresql_knows_how(servers: Servers, known: bool) -> None:
    engine = create_engine(**engine_options(servers.empty("postgresql", f"strokes_{next(servers.numbers)}")))
    with engine.connect() as connection:
        if known:
            connection.execute(text("CREATE COLLATION \"zh-Hant-TW-x-icu\" (provider = libc, locale = 'C')"))
        migrate(connection)
        assert connection.execute(text(COLLATIONS)).scalars().all() == ["zh-Hant-TW-x-icu" if known else "default"]
    engine.dispose()


def test_a_schema_of_another_version_is_known_as_one(connection: Connection) -> None:
    assert not is_current(connection)
    migrate(connection)
    assert is_current(connection)
    connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    assert not is_current(connection)
