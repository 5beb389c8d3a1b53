"""Every route that may change something × no token, another browser's, one of a sign-in that is over, another site's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.access import table
from tests.access.test_matrix import GAPS
from tests.access.test_reading import dump
from tests.conftest import SchoolClient, sample
from tests.permissions.cases import KEEPERS, SCREENS
from tests.permissions.conftest import enter
from tests.permissions.school import School

Browsers = Callable[[str], SchoolClient]
TRIED = 240
ENOUGH = ("system_admin", "executive_secretary", "unit_clerk", "homeroom_teacher", "student")
"""Personas one of whom may use each route that is no grid's."""


def posts() -> Iterator[tuple[str, str]]:
    """(route, screen) of everything that is posted to."""
    for row in table.rows():
        if "POST" in row.methods and row.route != "/csp-report":
            yield from ((row.route, screen) for screen in (SCREENS if row.of_a_grid else ("",)))


ATTACKS = ("no_token", "another_sessions_token", "token_of_a_sign_in_that_is_over", "another_site")
CASES = [(route, screen, attack) for route, screen in posts() for attack in ATTACKS]


@pytest.fixture(scope="module")
def stale(app: Flask) -> str:
    """The token of a browser that has signed out."""
    client = enter(app, "library_director")
    token = client.token
    client.post("/logout")
    return token


@pytest.mark.parametrize(("route", "screen", "attack"), sample(CASES, TRIED))
def test_a_forged_request_does_nothing(
    route: str, screen: str, attack: str, place: School, browser_of: Browsers, stale: str
) -> None:
    client = browser_of(who(route, screen))
    row = next(row for row in table.rows() if row.route == route and "POST" in row.methods)
    number = max(place.kept_by(KEEPERS[screen].post, screen), default=1) if screen in KEEPERS else 1
    forged = {"id": number, "rowid": number, "action": "delete", "confirmed": "1", **TOKENS[attack](client, browser_of, stale)}
    headers = {"Origin": "https://evil.example"} if attack == "another_site" else {}
    answer = client.open(row.address(screen, GAPS), method="POST", data=forged, headers=headers, buffered=True)
    assert answer.status_code == (403 if attack == "another_site" else 400)


def who(route: str, screen: str) -> str:
    """Somebody who may."""
    if screen:
        return KEEPERS[screen].post if screen in KEEPERS else "executive_secretary"
    allowed = next(row.who for row in table.rows() if row.route == route and "POST" in row.methods)
    return next((persona for persona in ENOUGH if persona in allowed.split()), ENOUGH[0])


TOKENS: dict[str, Callable[[SchoolClient, Browsers, str], dict[str, Any]]] = {
    "no_token": lambda client, browsers, stale: {},
    "another_sessions_token": lambda client, browsers, stale: {"csrf_token": browsers("convener").token},
    "token_of_a_sign_in_that_is_over": lambda client, browsers, stale: {"csrf_token": stale},
    "another_site": lambda client, browsers, stale: {"csrf_token": client.token},
}


def test_after_all_of_it_the_school_is_as_it_was(place: School, browser_of: Browsers, stale: str) -> None:
    """The worst of them once more, all rows counted before and after."""
    browsers = {screen: browser_of(who("", screen)) for screen in SCREENS}
    browser_of("convener")
    before = dump(place)
    for screen, client in browsers.items():
        number = max(place.kept_by(KEEPERS[screen].post, screen), default=1) if screen in KEEPERS else 1
        for attack in ATTACKS:
            forged = {"id": number, **TOKENS[attack](client, browser_of, stale)}
            headers = {"Sec-Fetch-Site": "cross-site"} if attack == "another_site" else {}
            client.open(f"/admin/{screen}/delete/", method="POST", data=forged, headers=headers)
    assert dump(place) == before
