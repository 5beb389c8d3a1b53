"""Many rows into one table at once: what the columns' own types make of the values, by the engine's quickest way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, inspect, text

BATCH = 10_000
Row = tuple[Any, ...]


def fill(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of `names`; other columns get their defaults. Indexes are made anew afterwards, in one go."""
    constants = _constants(table, names)
    writers = _writers(connection, table, [*names, *constants])
    ready = (_ready(writers, (*row, *constants.values())) for row in rows)
    with _without_indexes(connection, table):
        columns = [*names, *constants]
        (_copy if connection.dialect.name == "postgresql" else _execute)(connection, table.name, columns, ready)
    if connection.dialect.name == "postgresql" and "id" in names:
        top = f"setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608
        connection.execute(text(f"SELECT {top}"))


def _constants(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """Defaults of the columns not named."""
    rest = [each for each in table.columns if each.name not in names and each.default is not None]
    return {each.name: each.default.arg for each in rest if each.default.is_scalar}


def _writers(connection: Connection, table: Table, names: Sequence[str]) -> list[tuple[int, Callable[[Any], Any]]]:
    """What has to be done to a value before the driver takes it, by position; most need nothing."""
    dialect = connection.dialect
    types = [table.c[name].type.dialect_impl(dialect) for name in names]
    found = [(number, each.bind_processor(dialect)) for number, each in enumerate(types)]
    return [(number, process) for number, process in found if process is not None]


def _ready(writers: Sequence[tuple[int, Callable[[Any], Any]]], row: Row) -> Sequence[Any]:
    values = list(row)
    for number, process in writers:
        values[number] = process(values[number])
    return values


def _copy(connection: Connection, table: str, names: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute(connection: Connection, table: str, names: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    while batch := list(islice(rows, BATCH)):
        connection.connection.driver_connection.executemany(statement, batch)  # type: ignore[union-attr]


@contextmanager
def _without_indexes(connection: Connection, table: Table) -> Iterator[None]:
    """Drop the table's plain indexes for the time being. Those of constraints stay."""
    made = dict(_definitions(connection, table.name))
    for name in made:
        connection.execute(text(f'DROP INDEX "{name}"'))
    yield
    for definition in made.values():
        connection.exec_driver_sql(definition.replace("%", "%%") if connection.dialect.name == "postgresql" else definition)


def _definitions(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        stmt = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL")
        yield from ((name, sql) for name, sql in connection.execute(stmt, {"table": table}))
        return
    held = {each["name"] for each in inspect(connection).get_indexes(table) if "duplicates_constraint" in each}
    held.add(inspect(connection).get_pk_constraint(table)["name"])
    stmt = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :table AND schemaname = current_schema()")
    yield from ((name, sql) for name, sql in connection.execute(stmt, {"table": table}) if name not in held)
