"""Engine options for both engines, and the schema's migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from admin_app.config import Settings
from admin_app.keyring import open_vault

MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`: PostgreSQL connections are checked before use; an error never holds a statement's values."""
    if url.startswith("sqlite"):
        return {"url": url, "connect_args": {"timeout": 30}, "hide_parameters": True}
    return {"url": normal_url(url), "pool_pre_ping": True, "hide_parameters": True}


def normal_url(url: str) -> str:
    """`postgres://` and `postgresql://` name the psycopg 3 driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, record: Any) -> None:
    """SQLite: foreign keys on, WAL, and `synchronous=FULL` so that an acknowledged commit survives a power loss."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}").close()


def refresh_statistics(session: Session) -> None:
    """Count what the tables hold, after many rows were added. SQLite never does so by itself, and sorts a table for one page."""
    session.execute(text("ANALYZE"))
    session.commit()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to `revision` (up or down)."""
    config = alembic_config()
    config.attributes["connection"] = connection
    _leave_children_alone(connection)
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _leave_children_alone(connection: Connection) -> None:
    """SQLite alters a table by making it anew; dropping the old one would be refused for its children, or take them along."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        driver.execute("PRAGMA foreign_keys=OFF").close()
        connection.info["altering"] = True


@event.listens_for(Pool, "checkin")
def guard_children_again(connection: Any, record: Any) -> None:
    """After the migrations' transaction, for whoever is handed the connection next."""
    if record.info.pop("altering", False) and connection is not None:
        connection.execute("PRAGMA foreign_keys=ON").close()


def is_current(connection: Connection) -> bool:
    """Whether the schema is the one this code was written for."""
    heads = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads


def alembic_revisions() -> set[str]:
    """Every revision of the schema this code knows."""
    return {each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()}


def alembic_head() -> str:
    """The revision this code was written for."""
    return ",".join(ScriptDirectory.from_config(alembic_config()).get_heads())


def alembic_config() -> Config:
    """Alembic told where the migrations are; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def app_session(settings: Settings) -> Iterator[Session]:
    """A session outside any request, for the command line; it closes without committing."""
    options = engine_options(settings.database_url)
    engine = create_engine(**options)
    try:
        open_vault(engine, settings)
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
