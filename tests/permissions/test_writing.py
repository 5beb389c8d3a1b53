"""Saving, on every screen: nothing but the form's own fields, never over a colleague's text, never without the page's token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect

from tests.conftest import SchoolClient
from tests.permissions.acts import count, desk_of, last_id, record, stored
from tests.permissions.cases import KEEPERS, WRITTEN
from tests.permissions.conftest import enter
from tests.permissions.forms import body_for
from tests.permissions.pages import Pairs, changed, form_of, names_of
from tests.permissions.school import MODELS, School

Clients = Callable[[str], SchoolClient]

TEXTS = ("brief", "remark", "remarks", "place", "name", "zh", "title", "topic", "merit", "text", "work", "relation", "email")
"""Free text of a form, the first that a screen has is edited."""
OTHERS = {
    "elective_course": ("credits", "3", "4"),
    "class_completion": ("students_signed", "31", "32"),
    "teaching": ("credits", "3", "4"),
    "semester": ("starts_source", "府教字第 1 號", "府教字第 2 號"),
    "calendar_window": ("source", "府教字第 1 號", "府教字第 2 號"),
    "account": ("expires_on", "2080-01-01", "2081-01-01"),
    "appointment": ("basis", "聘書", "派令"),
    "delegation": ("reason", "請假", "出差"),
    "club_membership": ("left_on", "2090-01-01", "2090-01-02"),
    "grade": ("score", "61", "62"),
    "school_year": ("year", "101", "102"),
    "learning_outcome": ("brief", "先存的簡述", "後存的簡述"),
}
ITS_OWN = {"id", "id_number_index"}
"""What no two rows have in common."""

on_every_screen = pytest.mark.parametrize("screen", WRITTEN)
on_every_edited_screen = pytest.mark.parametrize("screen", [screen for screen in WRITTEN if screen != "enrolment"])


def keeper(place: School, client_for: Clients, screen: str) -> tuple[SchoolClient, int]:
    """The keeper's browser and a fresh row of theirs."""
    line = KEEPERS[screen]
    client = client_for(line.post)
    return client, record(place, client, line.post, screen, line.division)


def texts(screen: str, form: Pairs) -> tuple[str, str, str]:
    """A field of the form, what the first editor writes there and what the second does."""
    if screen in OTHERS:
        return OTHERS[screen]
    name = next(name for name in TEXTS if name in dict(form))
    return name, "先存的內容", "後存的內容"


def extras(screen: str, known: set[str]) -> dict[str, str]:
    """A value for every column and relationship of the model that the form does not have."""
    return {prop.key: foreign_value(prop.key) for prop in inspect(MODELS[screen]).attrs if prop.key not in known | {"version"}}


def foreign_value(key: str) -> str:
    if key.endswith(("_on", "_at")):
        return "2001-01-01"
    return {"division": "evening", "state": "certified", "demo": "y", "id": "1"}.get(key, "1")


@on_every_screen
def test_saving_an_untouched_form_changes_nothing(screen: str, place: School, client_for: Clients) -> None:
    client, row = keeper(place, client_for, screen)
    url, before = f"/admin/{screen}/edit/?id={row}", stored(place, screen, row)
    assert client.post(url, data=form_of(client.get(url).text)).status_code == 302
    after = stored(place, screen, row)
    assert before is not None
    assert after is not None
    assert {**after, "version": 0} == {**before, "version": 0}


@on_every_screen
def test_fields_the_form_lacks_are_ignored_when_saving(screen: str, place: School, client_for: Clients) -> None:
    client, row = keeper(place, client_for, screen)
    url, before = f"/admin/{screen}/edit/?id={row}", stored(place, screen, row)
    page = client.get(url).text
    assert client.post(url, data=[*form_of(page), *extras(screen, names_of(page)).items()]).status_code == 302
    after = stored(place, screen, row)
    assert before is not None
    assert after is not None
    assert {**after, "version": 0} == {**before, "version": 0}


@on_every_screen
def test_fields_the_form_lacks_are_ignored_when_creating(screen: str, place: School, client_for: Clients) -> None:
    client, plain = keeper(place, client_for, screen)
    one, line = stored(place, screen, plain), KEEPERS[screen]
    fields = names_of(client.get(f"/admin/{screen}/new/").text)
    desk = desk_of(place, line.post, screen, line.division)
    desk.clear()
    answer = client.post(f"/admin/{screen}/new/", data={**extras(screen, fields), **body_for(desk)})
    assert answer.status_code == 302
    other = stored(place, screen, last_id(place, screen))
    assert one is not None
    assert other is not None
    apart = ITS_OWN | from_form(screen, fields)
    assert {key: other[key] for key in other if key not in apart} == {key: one[key] for key in one if key not in apart}


def from_form(screen: str, fields: set[str]) -> set[str]:
    """Columns a form field fills, by its own name or as the key of a relationship."""
    mapper = inspect(MODELS[screen])
    links = {column.key for name in fields if name in mapper.relationships for column in mapper.relationships[name].local_columns}
    return fields | {str(key) for key in links}


@on_every_edited_screen
def test_a_stale_form_shows_both_texts_and_overwrites_nothing(screen: str, place: School, client_for: Clients) -> None:
    client, row = keeper(place, client_for, screen)
    url = f"/admin/{screen}/edit/?id={row}"
    opened = form_of(client.get(url).text)
    name, first, second = texts(screen, opened)
    assert client.post(url, data=changed(opened, **{name: first})).status_code == 302
    saved = stored(place, screen, row)
    answer = client.post(url, data=changed(opened, **{name: second}))
    assert answer.status_code == 409
    assert stored(place, screen, row) == saved
    if not first[:2].isdigit():
        assert first in answer.text
        assert second in answer.text


@on_every_edited_screen
@pytest.mark.parametrize("version", ["", "abc", "999"])
def test_a_forged_version_saves_nothing(
    screen: str, version: str, place: School, client_for: Clients, forged: Callable[[str], Any]
) -> None:
    client, row, form = forged(screen)
    before = stored(place, screen, row)
    assert client.post(f"/admin/{screen}/edit/?id={row}", data=changed(form, version=version)).status_code == 409
    assert stored(place, screen, row) == before


@pytest.fixture(scope="module")
def forged(place: School, client_for: Clients) -> Callable[[str], Any]:
    """Each screen's keeper, a row of theirs and its form, once."""
    found: dict[str, Any] = {}

    def of(screen: str) -> Any:
        if screen not in found:
            client, row = keeper(place, client_for, screen)
            found[screen] = (client, row, form_of(client.get(f"/admin/{screen}/edit/?id={row}").text))
        return found[screen]

    return of


@on_every_screen
def test_nothing_is_changed_without_the_pages_token(screen: str, place: School, forged: Callable[[str], Any]) -> None:
    client, row, form = forged(screen)
    before, rows = stored(place, screen, row), count(place, screen)
    for page, body in pages(screen, row, form):
        assert client.post(f"/admin/{screen}/{page}", data=body, with_token=False).status_code == 400
    assert (stored(place, screen, row), count(place, screen)) == (before, rows)


@on_every_screen
def test_nothing_is_changed_with_another_sessions_token(
    screen: str, place: School, forged: Callable[[str], Any], app: Flask
) -> None:
    client, row, form = forged(screen)
    before, rows = stored(place, screen, row), count(place, screen)
    for page, body in pages(screen, row, form):
        stolen = [*body, ("csrf_token", another(app).token)]
        assert client.post(f"/admin/{screen}/{page}", data=stolen, with_token=False).status_code == 400
    assert (stored(place, screen, row), count(place, screen)) == (before, rows)


STRANGERS: dict[int, SchoolClient] = {}


def another(app: Flask) -> SchoolClient:
    """Somebody else's browser."""
    return STRANGERS.setdefault(id(app), STRANGERS.get(id(app)) or enter(app, "library_director"))


def pages(screen: str, row: int, form: Pairs) -> list[tuple[str, Pairs]]:
    """Every POST of a grid."""
    return [
        ("new/", form),
        (f"edit/?id={row}", form),
        ("delete/", [("id", str(row))]),
        ("action/", [("action", "delete"), ("rowid", str(row)), ("confirmed", "1")]),
        ("export/csv/", []),
    ]


@on_every_screen
def test_a_duplicate_is_refused_in_words(screen: str, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    desk = desk_of(place, line.post, screen, line.division)
    desk.clear()
    body = body_for(desk)
    answers = [client_for(line.post).post(f"/admin/{screen}/new/", data=body) for _ in range(2)]
    assert answers[0].status_code == 302
    assert answers[1].status_code in (302, 422)
    for secret in ("INSERT", "UNIQUE", "constraint", "sqlite", "psycopg", "violates", "DETAIL", "id_number_index"):
        assert secret not in answers[1].text
