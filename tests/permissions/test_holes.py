"""Rows out of sight, on every screen: by id, by delete, by bulk action, by inline edit, by picker. All of them do not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.permissions.acts import count, desk_of, stored
from tests.permissions.cases import KEEPERS, READERS, SCREENS, SHARED, WRITTEN, Scene, opener, related_screen, scene
from tests.permissions.forms import body_for
from tests.permissions.pages import changed, form_of, offered, pickers_of
from tests.permissions.school import MODELS, School

Clients = Callable[[str], Any]


@pytest.fixture(scope="module")
def scenes(place: School, client_for: Clients) -> Callable[[str], Scene]:
    """Each screen's scene, set once: these tests change nothing."""
    found: dict[str, Scene] = {}

    def of(screen: str) -> Scene:
        return found.setdefault(screen, found.get(screen) or scene(place, client_for, screen))

    return of


@pytest.fixture
def at(scenes: Callable[[str], Scene], place: School, screen: str) -> Any:
    """The scene of the test's screen; afterwards its rows must be as they were."""
    here = scenes(screen)
    before = (stored(place, screen, here.mine), stored(place, screen, here.hidden), count(place, screen))
    yield here
    assert (stored(place, screen, here.mine), stored(place, screen, here.hidden), count(place, screen)) == before


on_every_screen = pytest.mark.parametrize("screen", WRITTEN)


@on_every_screen
def test_details_of_a_hidden_row_do_not_exist(at: Scene, screen: str) -> None:
    assert at.client.get(f"/admin/{screen}/details/?id={at.hidden}").status_code == 404


@on_every_screen
def test_the_form_of_a_hidden_row_does_not_exist(at: Scene, screen: str) -> None:
    assert at.client.get(f"/admin/{screen}/edit/?id={at.hidden}").status_code == 404


@on_every_screen
def test_a_hidden_row_cannot_be_saved(at: Scene, screen: str) -> None:
    mine = form_of(at.client.get(f"/admin/{screen}/edit/?id={at.mine}").text)
    assert mine
    assert at.client.post(f"/admin/{screen}/edit/?id={at.hidden}", data=mine).status_code == 404


@on_every_screen
def test_a_hidden_row_cannot_be_deleted(at: Scene, screen: str) -> None:
    assert at.client.get(f"/admin/{screen}/delete/?id={at.hidden}").status_code == 404
    assert at.client.post(f"/admin/{screen}/delete/", data={"id": at.hidden}).status_code == 404


@on_every_screen
def test_an_action_on_a_hidden_row_refuses_the_whole_batch(at: Scene, screen: str) -> None:
    body = {"action": "delete", "rowid": [at.mine, at.hidden], "confirmed": "1"}
    answer = at.client.post(f"/admin/{screen}/action/", data=body)
    assert answer.status_code == (400 if screen == "delegation" else 404)


@on_every_screen
def test_marks_on_a_hidden_row_refuse_the_whole_batch(at: Scene, screen: str) -> None:
    for mark in ("consistent", "confirm", "done"):
        body = {"action": mark, "rowid": [at.mine, at.hidden], "confirmed": "1"}
        assert at.client.post(f"/admin/{screen}/action/", data=body).status_code in (400, 404)


@on_every_screen
def test_an_action_nobody_declared_is_refused(at: Scene, screen: str) -> None:
    body = {"action": "approve_all", "rowid": at.mine, "confirmed": "1"}
    assert at.client.post(f"/admin/{screen}/action/", data=body).status_code == 400


@on_every_screen
def test_inline_edit_does_not_exist(at: Scene, screen: str) -> None:
    body = {"list_form_pk": at.mine, "brief": "被改了", "remark": "被改了"}
    assert at.client.post(f"/admin/{screen}/ajax/update/", data=body).status_code == 404


@on_every_screen
def test_a_hidden_row_cannot_be_named_in_a_form(at: Scene, screen: str, place: School) -> None:
    body = body_for(desk_of(place, at.username, screen, KEEPERS[screen].division))
    before = count(place, screen)
    for picker in pickers_of(at.client.get(f"/admin/{screen}/new/").text):
        related = related_screen(screen, picker)
        foreign = foreigner(place, at.username, screen, related)
        if foreign is not None:
            answer = at.client.post(f"/admin/{screen}/new/", data={**body, picker: foreign})
            assert (answer.status_code, count(place, screen)) == (422, before), picker


@on_every_screen
def test_a_hidden_row_cannot_be_put_into_a_row(at: Scene, screen: str, place: School) -> None:
    url = f"/admin/{screen}/edit/?id={at.mine}"
    page = at.client.get(url).text
    for picker in pickers_of(page):
        foreign = foreigner(place, at.username, screen, related_screen(screen, picker))
        if foreign is not None:
            body = [(name, value) for name, value in form_of(page) if name != picker] + [(picker, str(foreign))]
            assert at.client.post(url, data=body).status_code == 422, picker


WALLED = ["account", "appointment", "delegation", "department", "guardian", "school_class", "staff", "student"]
"""Screens whose form asks for the 部別."""


@pytest.mark.parametrize("screen", WALLED)
def test_nothing_is_recorded_on_the_other_side_of_the_wall(at: Scene, screen: str, place: School) -> None:
    """Judged as it becomes: every field may be one's own to fill, and the row still not one's own to make."""
    body = body_for(desk_of(place, at.username, screen, KEEPERS[screen].division))
    before = count(place, screen)
    answer = at.client.post(f"/admin/{screen}/new/", data={**body, "division": "evening"})
    assert answer.status_code in (403, 422)
    assert count(place, screen) == before


@pytest.mark.parametrize("screen", WALLED)
def test_nothing_is_moved_across_the_wall(at: Scene, screen: str) -> None:
    url = f"/admin/{screen}/edit/?id={at.mine}"
    answer = at.client.post(url, data=changed(form_of(at.client.get(url).text), division="evening"))
    assert answer.status_code in (403, 422)


def foreigner(place: School, username: str, screen: str, related: str) -> int | None:
    """A related row the form may not name; None where everything may be named."""
    if related in SHARED - {"edition"}:
        return None
    if related == "edition":
        return published(place)
    allowed = place.pickable(username, screen, related)
    return next((row.id for row in place.rows(related) if row.id not in allowed), None)


def published(place: School) -> int:
    """The edition in force: nothing may be added to it."""
    with place.session() as session:
        return session.scalar(select(func.min(MODELS["edition"].id))) or 0


@pytest.mark.parametrize("screen", sorted(READERS))
def test_a_reader_is_refused_the_pickers(screen: str, client_for: Clients) -> None:
    for picker in ("student", "staff", "school_class", "course", "edition"):
        answer = client_for(READERS[screen]).get(f"/admin/{screen}/ajax/lookup/?name={picker}&query=")
        assert answer.status_code in (403, 404)
        assert "application/json" not in answer.content_type


@on_every_screen
def test_a_picker_offers_twenty_at_most_whatever_is_asked(at: Scene, screen: str) -> None:
    for picker in pickers_of(at.client.get(f"/admin/{screen}/new/").text):
        assert len(at.client.get(f"/admin/{screen}/ajax/lookup/?name={picker}&query=&limit=9999&offset=-1").get_json()) <= 20


@on_every_screen
def test_a_picker_of_no_field_does_not_exist(at: Scene, screen: str) -> None:
    for name in ("semester", "participants", "version", "password_hash", "__class__", ""):
        answer = at.client.get(f"/admin/{screen}/ajax/lookup/?name={name}&query=")
        assert answer.status_code == (200 if name in pickers_of(at.client.get(f"/admin/{screen}/new/").text) else 404)


@pytest.mark.parametrize("screen", SCREENS)
def test_actions_and_exports_are_never_a_get(screen: str, client_for: Clients) -> None:
    client = client_for(opener(screen))
    assert client.get(f"/admin/{screen}/action/").status_code == 405
    assert client.get(f"/admin/{screen}/export/csv/").status_code == 405


def test_wildcards_of_a_search_are_letters(client_for: Clients) -> None:
    assert offered(client_for("registration_section"), "grade", "student", "%") == []
    assert offered(client_for("registration_section"), "grade", "student", "_") == []


def test_a_screen_without_create_has_no_form(client_for: Clients, place: School) -> None:
    row = min(place.expected("course_counselor", "consultation_student"))
    client = client_for("course_counselor")
    assert client.get("/admin/consultation_student/new/").status_code == 404
    assert client.get(f"/admin/consultation_student/edit/?id={row}").status_code == 404
    assert client.post("/admin/consultation_student/delete/", data={"id": row}).status_code == 404
