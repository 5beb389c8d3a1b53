"""Every change and every refusal leaves an event: who, through which post, what, before and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.event import Event
from models.people import Account
from tests.permissions.acts import record
from tests.permissions.cases import KEEPERS, READERS, WITHOUT_FORM, WRITTEN
from tests.permissions.conftest import enter
from tests.permissions.pages import changed, form_of
from tests.permissions.school import School
from tests.permissions.test_writing import texts

Clients = Callable[[str], Any]
CHANGED = [screen for screen in WRITTEN if screen != "enrolment"]
DELETED = [screen for screen in WRITTEN if screen not in ("delegation", "account")]


def events(place: School, kind: str, verb: str, row: int | None = None) -> list[Event]:
    """Events of a kind, the newest first."""
    with place.session() as session:
        stmt = select(Event).where(Event.kind == kind, Event.verb == verb).order_by(Event.id.desc()).limit(5)
        found = list(session.scalars(stmt if row is None else stmt.where(Event.record_id == row)))
        session.expunge_all()
    return found


def name_of(place: School, username: str) -> str:
    with place.session() as session:
        return session.scalars(select(Account).where(Account.username == username)).one().person.name


@pytest.mark.parametrize("screen", WRITTEN)
def test_what_is_created_says_who_and_by_which_row(screen: str, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    row = record(place, client_for(line.post), line.post, screen, line.division)
    (event,) = events(place, screen, "create", row)
    assert event.actor == name_of(place, line.post)
    assert event.via.startswith("依")
    assert line.basis in event.via or "系統預設" in event.via
    assert event.request_id
    assert json.loads(event.changes)["id"][0] is None


@pytest.mark.parametrize("screen", CHANGED)
def test_what_is_changed_says_before_and_after(screen: str, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    client = client_for(line.post)
    url = f"/admin/{screen}/edit/?id={record(place, client, line.post, screen, line.division)}"
    form = form_of(client.get(url).text)
    name, first, second = texts(screen, form)
    assert client.post(url, data=changed(form, **{name: first})).status_code == 302
    assert client.post(url, data=changed(form_of(client.get(url).text), **{name: second})).status_code == 302
    before, after = json.loads(events(place, screen, "update")[0].changes)[name]
    assert before != after
    assert before is not None


@pytest.mark.parametrize("screen", DELETED)
def test_what_is_deleted_says_what_it_was(screen: str, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    assert client.post(f"/admin/{screen}/delete/", data={"id": row}).status_code == 302
    (event,) = events(place, screen, "delete", row)
    assert json.loads(event.changes)["id"] == [row, None]
    assert event.actor == name_of(place, line.post)


@pytest.mark.parametrize("screen", sorted(READERS))
def test_a_refusal_is_an_event(screen: str, place: School, client_for: Clients) -> None:
    username, client = READERS[screen], client_for(READERS[screen])
    before = total(place)
    assert client.get(f"/admin/{screen}/new/").status_code in (403, 404)
    if screen not in WITHOUT_FORM:
        (event,) = events(place, screen, "refuse")[:1]
        assert (event.actor, total(place) - before) == (name_of(place, username), 1)


def total(place: School) -> int:
    with place.session() as session:
        return session.scalar(select(func.count(Event.id))) or 0


def test_a_refused_change_leaves_only_the_refusal(place: School, client_for: Clients) -> None:
    row = record(place, client_for("activities_section"), "activities_section", "club_office")
    client, before = client_for("discipline_section"), total(place)
    client.post(f"/admin/club_office/edit/?id={row}", data={"title": "被改了"})
    assert total(place) - before == 1


def test_a_failed_save_leaves_no_event(place: School, client_for: Clients) -> None:
    before = total(place)
    assert client_for("activities_section").post("/admin/club/new/", data={"name": ""}).status_code == 422
    assert total(place) == before


def test_an_action_leaves_an_event_for_each_row(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    rows = [record(place, client, "activities_section", "club_office") for _ in range(3)]
    body = {"action": "delete", "rowid": [str(row) for row in rows], "confirmed": "1"}
    assert client.post("/admin/club_office/action/", data=body).status_code == 302
    assert [len(events(place, "club_office", "delete", row)) for row in rows] == [1, 1, 1]


def test_signing_in_is_one_event(place: School, app: Flask) -> None:
    before = total(place)
    enter(app, "sports_section")
    assert total(place) - before == 1
    assert events(place, "account", "sign_in")[0].actor == name_of(place, "sports_section")


def test_a_new_row_inherits_no_history(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club")
    assert client.post("/admin/club/delete/", data={"id": row}).status_code == 302
    assert record(place, client, "activities_section", "club") > row
