"""Databases and people for the tests. Whatever touches the database runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.config import Settings
from admin_app.database import engine_options
from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.services.passwords import hashing
from models import vault
from models.second_factor import Required
from models.sign_in import SignInSession
from tests.databases import ENGINES, PASSWORD, Servers, start_servers

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
CHEAP = hashing.Cost(*hashing.LEAST[1], 1)
"""The least OWASP allows: the tests sign in thousands of times."""
hashing.install(CHEAP)
DATA_KEY = b"a data key for tests, 32 bytes or more"
vault.install(vault.Vault([DATA_KEY]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """The tests themselves stay to the end: looking through twenty thousand of them at each collection of garbage finds nothing."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with start_servers(tmp_path_factory.mktemp("databases"), shared / "shared") as made:
        yield made


@pytest.fixture(params=ENGINES, scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _session(servers: Servers, engine_name: str, name: str) -> Iterator[Session]:
    url = servers.copy(engine_name, name)
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()
    servers.drop(url)


@pytest.fixture
def empty_session(servers: Servers, engine_name: str) -> Iterator[Session]:
    """A signed session on a migrated database without any row."""
    yield from _session(servers, engine_name, "blank")


@pytest.fixture
def session(servers: Servers, engine_name: str) -> Iterator[Session]:
    """A signed session on a school that has its rule and code lists, and nobody yet."""
    yield from _session(servers, engine_name, "rule")


@pytest.fixture
def school(servers: Servers, engine_name: str) -> Iterator[Session]:
    """A signed session on a copy of the demo school."""
    yield from _session(servers, engine_name, "school")


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
        argon2=CHEAP,
        require_second_factor=Required.none,
    )


@pytest.fixture(scope="module")
def app(servers: Servers, engine_name: str) -> Iterator[Flask]:
    """The application over a copy of the demo school, shared by a test module. CSRF is on; `client_for` clients carry the token."""
    url = servers.copy(engine_name, "school")
    app = create_app(settings_for(url, servers.folder))
    yield app
    gc.collect()  # an export nobody read to its end gives its connection back when its answer is collected
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    servers.drop(url)


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


def confirm_everybody(app: Flask) -> None:
    """As if everybody signed in by one click had just typed their password, for the rest of the day: no hash is spent on it."""
    long = clock.now() + dt.timedelta(days=1)
    with app.app_context(), db.engine.begin() as connection:
        table = SignInSession.__table__
        connection.execute(update(table).where(table.c.confirmed_at.is_(None)).values(confirmed_at=long))  # type: ignore[arg-type]


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("找不到 Chromium，請安裝後再執行瀏覽器測試")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
