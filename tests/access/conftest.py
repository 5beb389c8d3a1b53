"""The demo school with the sixteen personas in it, a browser for each, and for every grid the objects they try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.services.editions import copy_to_draft
from models.regulation import Edition
from tests.access.personas import ACCOUNTS, ANONYMOUS, GRADUATE, settle
from tests.conftest import SchoolClient
from tests.permissions.acts import last_id
from tests.permissions.conftest import enter
from tests.permissions.school import Row, School


@pytest.fixture(scope="module")
def place(app: Flask) -> Any:
    """The school behind `app`, with the personas the demo lacks and a draft of the rule."""
    school = School(app.extensions["settings"].database_url)
    with school.session() as session:
        copy_to_draft(session, session.scalars(select(Edition)).one(), code="draft-115", basis="示範修正")
    settle(school)
    yield school
    school.engine.dispose()


@pytest.fixture(scope="module")
def browser_of(app: Flask, place: School) -> Callable[[str], SchoolClient]:
    """A persona's browser (or that of another account), signed in where the persona can sign in."""
    app.test_client_class = SchoolClient
    known: dict[str, SchoolClient] = {}

    def client(persona: str) -> SchoolClient:
        if persona not in known:
            known[persona] = _nobody(app) if persona in (ANONYMOUS, GRADUATE) else enter(app, ACCOUNTS.get(persona, persona))
        return known[persona]

    return client


def _nobody(app: Flask) -> SchoolClient:
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    found: SchoolClient = client
    return found


@pytest.fixture(scope="module")
def deleted(place: School) -> Callable[[str], int]:
    """The id of a row of the screen that is no more: the last one was, and ids are never used again."""
    return lambda screen: last_id(place, screen) + 1


@pytest.fixture(scope="module")
def objects(place: School, deleted: Callable[[str], int]) -> Callable[[str, str], dict[str, int]]:
    """The six objects a persona tries on a screen; those that do not exist there are left out."""
    known: dict[tuple[str, str], dict[str, int]] = {}

    def found(persona: str, screen: str) -> dict[str, int]:
        if (persona, screen) not in known:
            known[persona, screen] = _objects(place, persona, screen, deleted(screen))
        return known[persona, screen]

    return found


def _objects(place: School, persona: str, screen: str, gone: int) -> dict[str, int]:
    username = ACCOUNTS[persona]
    mine = place.expected(username, screen) if username else set()
    classes = {place.class_of.get(place.person(username).student or 0)} if username else set()
    classes |= {each.school_class for each in place.person(username).holdings} if username else set()
    rows, side = place.rows(screen), place.person(username).division if username else None
    found = {
        "own": next((row for row in rows if row.id in mine), None),
        "same_class": next((row for row in rows if _class(place, row) in classes - {None}), None),
        "other_class": next((row for row in rows if _class(place, row) not in classes | {None}), None),
        "other_division": next((row for row in rows if side and row.division not in (None, side)), None),
    }
    existing = {name: row.id for name, row in found.items() if row is not None}
    return {**existing, "deleted": gone, "absent": 2_000_000_000}


def _class(place: School, row: Row) -> int | None:
    student = next(iter(row.students), None)
    return row.school_class or (place.class_of.get(student) if student else None)


@pytest.fixture(scope="module")
def abilities(app: Flask) -> Callable[[str], frozenset[str]]:
    """What a screen can do at all."""
    views = app.extensions["screens"]
    return lambda screen: frozenset(verb for verb in ("create", "edit", "delete") if getattr(views[screen], f"can_{verb}"))
