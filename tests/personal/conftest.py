"""The demo school behind the application, for pages about a person's data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from models.sign_in import SignInSession
from tests.conftest import SchoolClient
from tests.permissions.conftest import enter


@pytest.fixture
def here(app: Flask) -> Iterator[Session]:
    """A signed session on the database behind the pages."""
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def client_for(app: Flask) -> Callable[[str], SchoolClient]:
    """A client for a demo persona, by the demo's one click; one per persona and module."""
    clients: dict[str, SchoolClient] = {}

    def client(username: str) -> SchoolClient:
        if username not in clients:
            clients[username] = enter(app, username)
        return clients[username]

    return client


def confirm_everybody(here: Session, *, lately: bool = True) -> None:
    """As if everybody who is signed in had given the password again just now, or long ago."""
    for row in here.query(SignInSession):
        row.confirmed_at = clock.now() if lately else None
    here.commit()
