"""Persona × route × method × object, as the reviewed table has it: a fixed stratified sample, or everything in `make soak`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.translating import edge
from tests.access import table
from tests.access.expecting import OBJECTS, Answer, Asked, expected
from tests.access.personas import ACCOUNTS, PERSONAS
from tests.conftest import SchoolClient, sample
from tests.permissions.cases import SCREENS
from tests.permissions.school import School

Browsers = Callable[[str], SchoolClient]
Objects = Callable[[str, str], dict[str, int]]
Abilities = Callable[[str], frozenset[str]]

GAPS = {
    "code": "longtan-107",
    "filename": "app.css",
    "digest": edge.digest(),
    "export_type": "csv",
    "kind": "student",
    "post": "activities_section",
    "number": "1999999999",
    "batch_id": "1999999999",
    "subject": "outcome",
}
"""What stands in a route's gaps. Numbers name what nobody has, so that all must be told the same."""
OF_STUDENTS = {"kind": "artwork"}
"""What stands there instead on the students' own pages: a kind they may begin."""
GRID_ROUTES = [route for route in table.known_routes() if route.startswith(table.GRID)]
OTHER_ROUTES = [route for route in table.known_routes() if not route.startswith(table.GRID)]
PER_PAIR = 3
"""How many requests of each persona on each grid `make test` sends."""
REQUEST_CODE = re.compile(r"[3-9A-Y]{4}-[3-9A-Y]{4}|csp_nonce|nonce-[\w-]+")


# The table is whole


def test_the_table_names_every_route(app: Flask) -> None:
    assert {route for route, _ in table.routes_of(app)} - set(table.known_routes()) == set()


def test_the_table_names_no_route_that_is_gone(app: Flask) -> None:
    assert set(table.known_routes()) - {route for route, _ in table.routes_of(app)} == set()


def test_the_table_names_every_method(app: Flask) -> None:
    taken: dict[str, set[str]] = {}
    for route, methods in table.routes_of(app):
        taken.setdefault(route, set()).update(methods)
    said = {route: {method for row in table.rows() if row.route == route for method in row.methods} for route in taken}
    assert said == taken


# The grids


def combinations() -> list[tuple[str, str, str]]:
    """(route, method, object) of one persona on one grid."""
    found = []
    for route in GRID_ROUTES:
        for method in table.METHODS:
            row = table.row_for(route, method)
            found += [(route, method, each) for each in (OBJECTS if row is not None and row.object else ("",))]
    return found


def pairs() -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Each persona on each grid, with the requests they send: all of them, or every n-th beginning elsewhere each time."""
    every = combinations()
    for number, (persona, screen) in enumerate((persona, screen) for persona in PERSONAS for screen in SCREENS):
        turned = every[number * 7 % len(every) :] + every[: number * 7 % len(every)]
        yield persona, screen, sample(turned, PER_PAIR)


@pytest.mark.parametrize(("persona", "screen", "requests"), list(pairs()), ids=lambda each: each if isinstance(each, str) else "")
def test_on_a_grid_everybody_gets_what_the_duty_table_gives(
    persona: str,
    screen: str,
    requests: list[tuple[str, str, str]],
    place: School,
    browser_of: Browsers,
    objects: Objects,
    abilities: Abilities,
) -> None:
    for route, method, named in requests:
        found = objects(persona, screen)
        if named and named not in found:
            continue
        asked = Asked(persona, route, method, screen, named, found.get(named, 0))
        answer = expected(place, asked, can=abilities(screen))
        if answer is Answer.allowed and sent_only_if_denied(asked):
            continue
        holds(browser_of(persona), asked, answer)


def sent_only_if_denied(asked: Asked) -> bool:
    row = table.row_for(asked.route, asked.method)
    return row is not None and row.sent == "denied"


def holds(client: SchoolClient, asked: Asked, answer: Answer) -> None:
    """Send the request and look at how it ends."""
    found = send(client, asked)
    assert found.status_code < 500, asked
    assert b"Traceback" not in found.data, asked
    assert ends_as(found, answer), f"{asked}: {answer.value}, 但得到 {found.status_code} {found.headers.get('Location', '')}"


def send(client: SchoolClient, asked: Asked) -> Any:
    row = table.row_for(asked.route, asked.method) or next(row for row in table.rows() if row.route == asked.route)
    address = row.address(asked.screen, GAPS | OF_STUDENTS if row.route.startswith("/portfolio/") else GAPS)
    named = {"id": asked.number} if asked.object else {}
    return client.open(address, method=asked.method, query_string=named, data=body(client, asked), buffered=True)


def body(client: SchoolClient, asked: Asked) -> dict[str, Any] | None:
    """What a POST carries: the page's token and the id, nothing that would change anything."""
    if asked.method in ("GET", "HEAD"):
        return None
    return {"csrf_token": client.token, **({"id": asked.number} if asked.object else {})}


def ends_as(found: Any, answer: Answer) -> bool:
    to_sign_in = found.status_code == 302 and found.headers["Location"].startswith("/login")
    match answer:
        case Answer.allowed:
            return found.status_code in (200, 204, 302, 303, 304, 400, 404, 409, 422) and not to_sign_in
        case Answer.sign_in:
            return to_sign_in or found.status_code in (401, 403, 404)
        case Answer.forbidden:
            return found.status_code in (403, 404)
        case Answer.hidden:
            return bool(found.status_code == 404)
        case Answer.no_method:
            return bool(found.status_code == 405)


# All other routes


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("route", OTHER_ROUTES)
def test_everybody_gets_what_the_table_says(persona: str, route: str, place: School, browser_of: Browsers) -> None:
    for method in table.METHODS:
        asked = Asked(persona, route, method)
        answer = expected(place, asked, can=frozenset())
        if not (answer is Answer.allowed and sent_only_if_denied(asked)):
            holds(browser_of(persona), asked, answer)


# What is private does not even exist


HIDING = sample([(persona, screen) for persona in PERSONAS[1:] for screen in SCREENS], 120)


@pytest.mark.parametrize(("persona", "screen"), HIDING)
def test_what_one_may_not_see_looks_like_what_is_not_there(
    persona: str, screen: str, place: School, browser_of: Browsers, objects: Objects
) -> None:
    client, found = browser_of(persona), objects(persona, screen)
    absent = told(client.get(f"/admin/{screen}/details/?id={found['absent']}"))
    hidden = [number for name, number in found.items() if name != "own" and not sees(place, persona, screen, number)]
    assert [number for number in hidden if told(client.get(f"/admin/{screen}/details/?id={number}")) != absent] == []


def sees(place: School, persona: str, screen: str, number: int) -> bool:
    return number in place.expected(ACCOUNTS[persona], screen)


def told(answer: Any) -> tuple[int, str]:
    """The answer without what differs from request to request."""
    text = re.sub(r'name="csrf_token"[^>]*>|data-token="[^"]*"|id=\d+|/login\?next=[^"]*', "", answer.text)
    return answer.status_code, REQUEST_CODE.sub("", text)
