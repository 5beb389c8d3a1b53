"""The demo school as the permission tests read it, beside the application that serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.services.editions import copy_to_draft
from models.regulation import Edition
from tests.conftest import SchoolClient, confirm_everybody
from tests.permissions.school import School


@pytest.fixture(scope="module")
def place(app: Flask) -> Iterator[School]:
    """The school behind `app`, with a draft of the rule so that the rows of an edition can be edited."""
    school = School(app.extensions["settings"].database_url)
    with school.session() as session:
        copy_to_draft(session, session.scalars(select(Edition)).one(), code="draft-115", basis="示範修正")
    yield school
    school.engine.dispose()


@pytest.fixture(scope="module")
def client_for(app: Flask) -> Callable[[str], SchoolClient]:
    """A signed-in client for a demo persona, by the demo's one click: forty password hashes a module would cost too much."""
    app.test_client_class = SchoolClient
    clients: dict[str, SchoolClient] = {}

    def client(username: str) -> SchoolClient:
        if username not in clients:
            clients[username] = enter(app, username)
        return clients[username]

    return client


def enter(app: Flask, username: str) -> SchoolClient:
    """A new browser in which `username` has just signed in."""
    app.test_client_class = SchoolClient
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    assert client.post("/login", data={"persona": username}).status_code == 302, f"{username} 無法登入"
    client.token = client.read_token("/account")
    confirm_everybody(app)
    entered: SchoolClient = client
    return entered
