"""Browsers, a clock that can be turned, and the demo school behind an application, for the tests of signing in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from models.event import Event
from models.people import Account
from models.sign_in import SignInSession
from tests.conftest import SchoolClient
from tests.databases import PASSWORD

Clients = Callable[..., Any]


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = clock.now()

    def turn(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The application's clock in the test's hands."""
    turned = Clock()
    monkeypatch.setattr(clock, "now", lambda: turned.now)
    monkeypatch.setattr(clock, "today", lambda: turned.now.date())
    return turned


@pytest.fixture
def browser_of(app: Flask) -> Clients:
    """A new browser, signed in by the demo's one click when a name is given."""

    def browser(username: str = "", *, agent: str = "", source: str = "127.0.0.1") -> Any:
        app.test_client_class = SchoolClient
        client: Any = app.test_client()
        client.environ_base.update({"HTTP_USER_AGENT": agent, "REMOTE_ADDR": source})
        client.token = client.read_token("/login")
        if username:
            assert client.post("/login", data={"persona": username}).status_code == 302
            client.token = client.read_token("/account")
        return client

    return browser


@pytest.fixture
def with_password(browser_of: Clients) -> Clients:
    """Tries to sign in by name and password in a browser (a new one when none is given)."""

    def enter(username: str, password: str = PASSWORD, *, client: Any = None, **kinds: str) -> Any:
        client = client or browser_of(**kinds)
        client.token = client.read_token("/login")
        client.answer = client.post("/login", data={"username": username, "password": password})
        if client.answer.status_code == 302:
            page = client.get("/account", follow_redirects=True).text
            client.token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return client

    return enter


@pytest.fixture
def records(app: Flask) -> Iterator[Session]:
    """A session of the test's own on the application's database."""
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


def account_of(session: Session, username: str) -> Account:
    return session.scalars(select(Account).where(Account.username == username)).one()


def newest_session(session: Session, username: str) -> SignInSession:
    stmt = select(SignInSession).join(SignInSession.account).where(Account.username == username)
    return session.scalars(stmt.order_by(SignInSession.id.desc()).limit(1).execution_options(populate_existing=True)).one()


def events_of(session: Session, verb: str) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.verb == verb).order_by(Event.id.desc()).limit(20)))


def is_inside(client: Any) -> bool:
    return bool(client.get("/admin/").status_code == 200)
