"""A page of a grid costs six statements at most, whether it shows 20 rows or 200.

Once a minute one more notes that the sign-in is in use; it is not counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from admin_app.extensions import db
from tests.permissions.cases import PERSONAS, SCREENS
from tests.permissions.pages import seen
from tests.permissions.school import School

MOST = 6


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Statements the application sends while the test runs."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("UPDATE sign_in_session", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_takes_six_statements_whatever_its_size(
    screen: str, statements: list[str], place: School, client_for: Callable[[str], Any]
) -> None:
    client = client_for(max(PERSONAS, key=lambda username: len(place.expected(username, screen))))
    shown = []
    for size in ("20", "200"):
        statements.clear()
        assert client.get(f"/admin/{screen}/?semester=all&page_size={size}").status_code == 200
        assert len(statements) <= MOST, "\n".join(statements)
        shown.append(len(seen(client, screen, page_size=size).ids))
    assert shown[0] <= 20
    assert shown[1] == min(200, seen(client, screen).total)
