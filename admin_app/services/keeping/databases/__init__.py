"""A consistent copy of the database while everybody works, and a copy back into an empty one; each engine by its own means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from admin_app.services.keeping.databases import postgresql, sqlite
from admin_app.services.keeping.problem import KeepingError

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def part_name(engine: str) -> str:
    """The file of a restore point that holds the database."""
    return str(ENGINES[engine].PART)


@contextmanager
def copied(engine: Engine, target: Path) -> Iterator[Connection]:
    """Write the database to the new file `target`; the connection sees exactly the moment that was written."""
    with ENGINES[engine.dialect.name].copied(engine, target) as connection:
        yield connection


def examine(path: Path, engine: str) -> None:
    """Open a copy and read it through; `Damaged` if its engine finds fault with it."""
    ENGINES[engine].examine(path)


def put_back(path: Path, engine: Engine) -> None:
    """Fill an empty database from a copy: all of it or nothing."""
    refuse_unless_empty(engine)
    ENGINES[engine.dialect.name].put_back(path, engine)


def refuse_unless_empty(engine: Engine) -> None:
    """A restore never writes over anything."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise KeepingError(
            f"這個資料庫裡已有 {len(tables)} 個資料表，沒有寫入任何資料。"
            "請改用空的資料庫（另設 PORTFOLIO_DATABASE_URL 或 PORTFOLIO_DATA_DIR）。"
        )
