"""SQLite: its online backup, which copies the pages of one moment while others go on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine

from admin_app.services.keeping.folder import read, sync, write
from admin_app.services.keeping.problem import Damaged

PART = "database.sqlite"


@contextmanager
def copied(engine: Engine, target: Path) -> Iterator[Connection]:
    """Copy, then read the copy."""
    source = engine.raw_connection()
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE").close()  # one file, without a log beside it
    finally:
        source.close()
    target.chmod(0o600)
    sync(target)
    reading = create_engine(f"sqlite:///file:{target}?mode=ro&immutable=1&uri=true", hide_parameters=True)
    try:
        with reading.connect() as connection:
            yield connection
    finally:
        reading.dispose()


def examine(path: Path) -> None:
    """Let SQLite look at every page and every index entry."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as copy:
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError:
        found = ["讀不出來"]
    if found != ["ok"]:
        raise Damaged(f"備份裡的資料庫沒有通過 SQLite 的完整性檢查（{'；'.join(found)[:120]}）。")


def put_back(path: Path, engine: Engine) -> None:
    """Beside where it belongs first; one rename puts it in place."""
    place = Path(str(engine.url.database))
    engine.dispose()
    draft = place.with_name(f".restoring-{place.name}")
    write(draft, read(path))
    for log in ("-wal", "-shm"):
        place.with_name(place.name + log).unlink(missing_ok=True)
    draft.rename(place)
    sync(place.parent)
