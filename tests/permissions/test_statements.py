"""A page of a grid costs six statements at most, whether it shows 20 rows or 200; a form, a known few.

Once a minute one more notes that the sign-in is in use; it is not counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from admin_app.extensions import db
from tests.permissions.cases import PERSONAS, SCREENS, scene
from tests.permissions.pages import changed, form_of, seen
from tests.permissions.school import School

MOST = 6


@dataclass(frozen=True)
class Form:
    """The most statements for opening a form and for saving it with another text in `field`."""

    screen: str
    field: str
    opened: int
    saved: int


FORMS = (
    Form("learning_outcome", "brief", 4, 7),
    Form("service_learning", "brief", 4, 7),
    Form("club_office", "brief", 5, 8),
    Form("grade", "description", 5, 8),
    Form("consultation", "topic", 6, 11),
    Form("staff", "title", 4, 8),
    Form("student", "experimental_class", 6, 8),
)
"""Opening: the frame's three, and the row together with its permission and the names it shows. Saving: also the row, its event, and
whether the row it has become is still the person's. Code lists and lists of related rows come on top; a student's form notes who
saw what nobody else may."""


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


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.screen)
def test_a_form_takes_few_statements(form: Form, statements: list[str], place: School, client_for: Callable[[str], Any]) -> None:
    here = scene(place, client_for, form.screen)
    address = f"/admin/{form.screen}/edit/?id={here.mine}"
    statements.clear()
    page = here.client.get(address)
    assert page.status_code == 200
    assert len(statements) <= form.opened, "\n".join(statements)
    sent = changed(form_of(page.text), **{form.field: "改寫過的內容。"})
    statements.clear()
    assert here.client.post(address, data=MultiDict(sent)).status_code == 302
    assert len(statements) <= form.saved, "\n".join(statements)
