"""逐格編輯: the cell's own address asks the policy, checks the version, speaks in sentences and never opens what is secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from models.calendar import Semester
from models.records.club_office import ClubOffice
from models.regulation import Edition
from tests.deeds.help import Clients
from tests.permissions import paper
from tests.permissions.acts import record, stored
from tests.permissions.cases import KEEPERS, READERS, WRITTEN
from tests.permissions.school import School
from tests.permissions.test_events import events
from tests.permissions.test_races import a_colleague_saves_first

CLERK = "activities_section"
JSON = {"Accept": "application/json"}


def cell(client: Any, screen: str, row: int, field: str) -> Any:
    """The editor of a cell."""
    return client.get(f"/admin/{screen}/cell/?id={row}&field={field}", headers=JSON)


def save(client: Any, screen: str, row: int, field: str, value: str, version: object = 1, **more: str) -> Any:
    body = {field: value, "version": str(version), **more}
    return client.post(f"/admin/{screen}/cell/?id={row}&field={field}", data=body, headers=JSON)


@pytest.fixture
def row(place: School, client_for: Clients) -> int:
    return record(place, client_for(CLERK), CLERK, "club_office")


def title(place: School, row: int) -> str:
    return str((stored(place, "club_office", row) or {})["title"])


def test_the_editor_is_the_forms_own_field(row: int, place: School, client_for: Clients) -> None:
    answer = cell(client_for(CLERK), "club_office", row, "title")
    said = answer.get_json()
    assert answer.status_code == 200
    assert said["version"] == 1
    assert f'value="{title(place, row)}"' in said["html"]
    assert 'name="title"' in said["html"]
    assert "<script" not in said["html"]


def test_a_saved_cell_answers_what_the_row_shows_now(row: int, place: School, client_for: Clients) -> None:
    answer = save(client_for(CLERK), "club_office", row, "ended_on", "1160120", shown="title,ended_on,student.name")
    assert answer.status_code == 200
    assert answer.get_json()["cells"]["ended_on"] == "116/01/20"
    assert answer.get_json()["cells"]["student.name"]
    (event,) = events(place, "club_office", "update", row)
    assert json.loads(event.changes) == {"ended_on": [None, "2027-01-20"]}
    assert event.via.startswith("依")


def test_what_does_not_fit_is_said_and_not_saved(row: int, place: School, client_for: Clients) -> None:
    before = title(place, row)
    for field, value, word in (
        ("ended_on", "下週", "不是日期"),
        ("title", "", "請填寫"),
        ("title", "長" * 300, "字"),
        ("ended_on", "1000101", "不可早於"),
    ):
        answer = save(client_for(CLERK), "club_office", row, field, value)
        assert (answer.status_code, word in answer.get_json()["error"]) == (422, True), (field, answer.get_json())
    assert title(place, row) == before


def take_back(client: Any, row: int, field: str, saved: Any, **changed: object) -> Any:
    """「復原」 of a saved cell, as the page's script asks for it."""
    said = saved.get_json()
    body = {"undo": str(changed.get("undo", said["event"])), "version": str(changed.get("version", said["version"]))}
    return client.post(f"/admin/club_office/cell/?id={row}&field={field}", data={**body, "shown": field}, headers=JSON)


def test_a_saved_cell_is_taken_back_and_the_trail_tells_both(row: int, place: School, client_for: Clients) -> None:
    client, before = client_for(CLERK), title(place, row)
    first = save(client, "club_office", row, "title", "器材長")
    second = save(client, "club_office", row, "title", "總務長", version=first.get_json()["version"])
    back = take_back(client, row, "title", second)
    assert (back.status_code, back.get_json()["cells"]["title"], title(place, row)) == (200, "器材長", "器材長")
    assert take_back(client, row, "title", first, version=back.get_json()["version"]).status_code == 200
    assert title(place, row) == before
    last = events(place, "club_office", "revert", row)[0]
    assert json.loads(last.changes) == {"title": ["器材長", before]}
    assert last.note == f"復原第 {first.get_json()['event']} 號異動"
    assert last.via.startswith("依")


def test_what_was_empty_is_empty_again(row: int, place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    saved = save(client, "club_office", row, "ended_on", "1160120")
    assert take_back(client, row, "ended_on", saved).get_json()["cells"]["ended_on"] == ""
    assert (stored(place, "club_office", row) or {})["ended_on"] is None


def test_what_others_changed_since_is_not_taken_back(row: int, place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    saved = save(client, "club_office", row, "title", "器材長")
    with place.session() as session:
        session.get_one(ClubOffice, row).title = "同事改的總務"
    for version in (saved.get_json()["version"], saved.get_json()["version"] + 1):
        answer = take_back(client, row, "title", saved, version=version)
        assert (answer.status_code, "異動紀錄" in answer.get_json()["error"]) == (409, True)
    assert title(place, row) == "同事改的總務"


def test_only_ones_own_edit_of_this_row_and_field_is_taken_back(row: int, place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    saved = save(client, "club_office", row, "title", "器材長")
    with place.session() as session:
        session.get_one(ClubOffice, row).title = "同事改的總務"
    theirs, now = events(place, "club_office", "update", row)[0].id, saved.get_json()["version"] + 1
    for number in (theirs, 1, 0, "x", ""):
        assert take_back(client, row, "title", saved, undo=number, version=now).status_code in (404, 409, 422), number
    assert take_back(client, row, "ended_on", saved, version=now).status_code == 409
    assert title(place, row) == "同事改的總務"


def test_a_closed_semester_and_a_reader_take_nothing_back(row: int, place: School, client_for: Clients) -> None:
    saved = save(client_for(CLERK), "club_office", row, "title", "器材長")
    assert take_back(client_for(READERS["club_office"]), row, "title", saved).status_code in (403, 404)
    with place.session() as session:
        closed = session.scalars(select(Semester.id).where(Semester.closed_on.is_not(None))).first()
    with place.engine.begin() as connection:
        connection.execute(update(ClubOffice).where(ClubOffice.id == row).values(semester_id=closed))
    answer = take_back(client_for(CLERK), row, "title", saved)
    assert (answer.status_code, "已關閉" in answer.get_json()["error"], title(place, row)) == (409, True, "器材長")


def test_a_cell_saved_as_it_was_offers_nothing_to_take_back(row: int, place: School, client_for: Clients) -> None:
    assert save(client_for(CLERK), "club_office", row, "title", title(place, row)).get_json()["event"] == 0


def test_a_colleague_saved_first(row: int, place: School, client_for: Clients) -> None:
    with place.session() as session:
        session.get_one(ClubOffice, row).title = "同事改的副社長"
    answer = save(client_for(CLERK), "club_office", row, "title", "我改的總務", version=1)
    said = answer.get_json()
    assert answer.status_code == 409
    assert (said["theirs"], said["mine"], said["who"]) == ("同事改的副社長", "我改的總務", "測試")
    assert title(place, row) == "同事改的副社長"
    assert save(client_for(CLERK), "club_office", row, "title", "我改的總務", version=said["version"]).status_code == 200
    assert title(place, row) == "我改的總務"


def test_a_colleague_saves_at_the_very_moment(row: int, place: School, client_for: Clients) -> None:
    with a_colleague_saves_first(place, ClubOffice, row, title="先存的社長"):
        answer = save(client_for(CLERK), "club_office", row, "title", "後存的社長")
    assert answer.status_code == 409
    assert answer.get_json()["theirs"] == "先存的社長"
    assert title(place, row) == "先存的社長"


@pytest.mark.parametrize("version", ["", "x", "0", "99"])
def test_without_the_version_that_was_shown_nothing_is_saved(version: str, row: int, place: School, client_for: Clients) -> None:
    before = title(place, row)
    assert save(client_for(CLERK), "club_office", row, "title", "沒有看過版次", version=version).status_code == 409
    assert title(place, row) == before


@pytest.mark.parametrize("field", ["student", "division", "version", "id", "semester_id", "", "x", "__class__"])
def test_other_columns_have_no_cell(field: str, row: int, client_for: Clients) -> None:
    assert cell(client_for(CLERK), "club_office", row, field).status_code == 404
    assert save(client_for(CLERK), "club_office", row, field, "1").status_code == 404


@pytest.mark.parametrize("field", ["id_number", "born_on", "special_status", "language_dialect"])
def test_what_is_secret_is_never_edited_in_the_list(field: str, place: School, client_for: Clients) -> None:
    """Not even by 註冊組, who sees it in full (R26)."""
    client = client_for("registration_section")
    row = record(place, client, "registration_section", "student")
    assert cell(client, "student", row, field).status_code == 404
    assert save(client, "student", row, field, "A123456789").status_code == 404


def test_only_plain_columns_of_the_form_are_ever_cells(app: Flask) -> None:
    for view in app.extensions["screens"].values():
        assert view.inlined <= set(view.form_columns), view
        assert all(view.is_plain(key) for key in view.inlined), view
        assert view.can_edit or not view.inlined, view


LIVES = ["learning_outcome", "account", "appointment", "delegation", "semester", "duty", "relation", "personal_request", "mail"]


@pytest.mark.parametrize("screen", LIVES)
def test_rows_with_a_life_have_no_cells(screen: str, app: Flask) -> None:
    assert app.extensions["screens"][screen].inlined == frozenset()


def first_cell(app: Flask, screen: str) -> str:
    return min(app.extensions["screens"][screen].inlined, default="")


@pytest.mark.parametrize("screen", WRITTEN)
def test_the_keeper_of_the_paper_edits_and_a_reader_is_told_why_not(
    screen: str, app: Flask, place: School, client_for: Clients
) -> None:
    field, line = first_cell(app, screen), KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    assert cell(client, screen, row, field).status_code == (200 if field else 404)
    reader = READERS.get(screen)
    if not field or reader is None or not app.extensions["screens"][screen].can_edit:
        return
    before, seen = stored(place, screen, row), row in place.expected(reader, screen)
    answer = save(client_for(reader), screen, row, field, "1")
    assert answer.status_code == (403 if seen else 404)
    assert answer.get_json()["error"]
    assert not seen or "分工表未將" in answer.get_json()["error"] or "僅負責" in answer.get_json()["error"]
    assert stored(place, screen, row) == before


def test_the_other_side_of_the_wall_is_not_there(row: int, place: School, client_for: Clients) -> None:
    evening = next(line.post for line in paper.lines() if line.screen == "club_office" and line.writes and "evening" in line.post)
    assert cell(client_for(evening), "club_office", row, "title").status_code == 404
    assert save(client_for(evening), "club_office", row, "title", "偷改").status_code == 404


def test_a_closed_semester_is_only_read(row: int, place: School, client_for: Clients) -> None:
    with place.session() as session:
        closed = session.scalars(select(Semester.id).where(Semester.closed_on.is_not(None))).first()
    with place.engine.begin() as connection:
        connection.execute(update(ClubOffice).where(ClubOffice.id == row).values(semester_id=closed))
    for answer in (cell(client_for(CLERK), "club_office", row, "title"), save(client_for(CLERK), "club_office", row, "title", "x")):
        assert answer.status_code == 409
        assert "已關閉" in answer.get_json()["error"]


def test_not_without_the_pages_token(row: int, place: School, client_for: Clients) -> None:
    before = title(place, row)
    body = {"title": "沒有權杖", "version": "1"}
    answer = client_for(CLERK).post(f"/admin/club_office/cell/?id={row}&field=title", data=body, headers=JSON, with_token=False)
    assert (answer.status_code, title(place, row)) == (400, before)


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "9" * 30, "1 or 1=1"])
def test_what_is_no_number_is_not_there(number: str, client_for: Clients) -> None:
    answer = client_for(CLERK).get("/admin/club_office/cell/", query_string={"id": number, "field": "title"}, headers=JSON)
    assert answer.status_code == 404
    assert answer.get_json()["error"]


def test_nothing_of_the_database_is_told(row: int, client_for: Clients) -> None:
    answer = save(client_for(CLERK), "club_office", row, "ended_on", "1000101")
    assert not any(word in answer.text for word in ("CHECK", "sqlite", "psycopg", "UPDATE"))


def test_the_draft_of_the_rule_is_not_edited_cell_by_cell(place: School, client_for: Clients) -> None:
    with place.session() as session:
        assert session.scalars(select(Edition)).first()
    assert cell(client_for("equipment_section"), "duty", 1, "work").status_code in (404, 409)
