"""Reading changes nothing: no GET and no HEAD of any route leaves a row of the school otherwise than it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.catalogue import METADATA
from tests.access import table
from tests.access.test_matrix import GAPS
from tests.conftest import SchoolClient
from tests.permissions.cases import SCREENS, opener
from tests.permissions.school import School

READING = ("GET", "HEAD")
TRACES = {"event", "sign_in_session"}
"""Where reading leaves its trace: who looked at what, and that somebody is still here."""


def dump(place: School) -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with place.engine.connect() as connection:
        for each in METADATA.sorted_tables:
            if each.name not in TRACES:
                rows = sorted(repr(tuple(row)) for row in connection.execute(select(each)))
                found[each.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.mark.parametrize("screen", SCREENS)
def test_reading_a_grid_changes_nothing(screen: str, place: School, browser_of: Callable[[str], SchoolClient]) -> None:
    username = opener(screen)
    client, row = browser_of(username), max(place.kept_by(username, screen) or place.expected(username, screen), default=1)
    before = dump(place)
    for route in table.known_routes():
        if route.startswith(table.GRID):
            for method in READING:
                client.open(_address(route, screen), method=method, query_string={"id": row, "name": "student"}, buffered=True)
    assert dump(place) == before


def test_reading_any_other_page_changes_nothing(place: School, browser_of: Callable[[str], SchoolClient]) -> None:
    browsers = [browser_of(persona) for persona in ("student", "homeroom_teacher", "executive_secretary", "system_admin")]
    before = dump(place)
    for browser in browsers:
        for route in table.known_routes():
            if not route.startswith(table.GRID):
                for method in READING:
                    browser.open(_address(route, ""), method=method, buffered=True)
    assert dump(place) == before


def _address(route: str, screen: str) -> str:
    row = next(row for row in table.rows() if row.route == route)
    return row.address(screen, GAPS)
