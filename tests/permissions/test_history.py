"""A record's past on every screen: who sees it, and who may put a change back. Judged like an edit, and recorded as what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.calendar import Semester
from models.event import Event
from models.people import Student
from models.records.award import Award
from models.records.club_office import ClubOffice
from models.vocabulary import Division
from tests.conftest import SchoolClient
from tests.permissions import paper
from tests.permissions.acts import last_id, record, stored
from tests.permissions.cases import KEEPERS, READERS, SCREENS, WRITTEN, opener
from tests.permissions.conftest import enter
from tests.permissions.pages import changed, form_of
from tests.permissions.school import School
from tests.permissions.test_events import CHANGED, events
from tests.permissions.test_writing import texts

Clients = Callable[[str], Any]
STAMPS = {"version"}


def keeper(screen: str) -> str:
    return KEEPERS[screen].post


def a_change(place: School, client_for: Clients, screen: str) -> tuple[int, str, dict[str, Any], Event]:
    """(row, changed field, the row before, the event) of a row just recorded and then edited by its keeper."""
    line = KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    before = stored(place, screen, row) or {}
    url = f"/admin/{screen}/edit/?id={row}"
    form = form_of(client.get(url).text)
    name, first, _ = texts(screen, form)
    assert client.post(url, data=changed(form, **{name: first})).status_code == 302
    return row, name, before, events(place, screen, "update", row)[0]


def revert_url(screen: str, row: int, event: int) -> str:
    return f"/admin/{screen}/revert/?id={row}&event={event}"


def version_on(html: str) -> str:
    return re.search(r'name="version" value="(\d+)"', html)[1]  # type: ignore[index]


# Seeing


@pytest.mark.parametrize("screen", WRITTEN)
def test_the_history_says_who_and_through_what(screen: str, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    row = record(place, client_for(line.post), line.post, screen, line.division)
    page = client_for(line.post).get(f"/admin/{screen}/history/?id={row}")
    assert page.status_code == 200
    assert "新增" in page.text
    assert events(place, screen, "create", row)[0].actor in page.text
    assert not re.search(r">(create|update|delete|None)<", page.text)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("page", ["history", "revert"])
def test_a_hidden_row_has_no_past(screen: str, page: str, place: School, client_for: Clients) -> None:
    username = keeper(screen) if screen in KEEPERS else opener(screen)
    seen = place.expected(username, screen)
    hidden = next((row.id for row in place.rows(screen) if row.id not in seen), last_id(place, screen) + 1000)
    client = client_for(username)
    assert client.get(f"/admin/{screen}/{page}/?id={hidden}&event=1").status_code == 404
    assert client.post(f"/admin/{screen}/{page}/?id={hidden}&event=1").status_code == 404


def test_the_history_is_paged_by_where_the_last_page_ended(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club_office")
    with place.session() as session:
        for number in range(55):
            session.get_one(ClubOffice, row).title = f"社長 {number}"
            session.flush()
    first = client.get(f"/admin/club_office/history/?id={row}").text
    assert '<ins data-say="words">社長 54' in first
    older = re.search(r'href="([^"]+before=[^"]+)"', first)
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&")).text
    assert "新增" in second
    assert '<ins data-say="words">社長 54' not in second


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~", "~1", "2026-13-01~1", "2026-01-01~9999999999999999999999"])
def test_a_page_of_the_history_that_is_none_is_refused(cursor: str, place: School, client_for: Clients) -> None:
    row = min(place.expected("activities_section", "club"))
    assert client_for("activities_section").get(f"/admin/club/history/?id={row}&before={cursor}").status_code == 400


# In words


def test_a_term_a_date_and_a_name_are_words(place: School, client_for: Clients) -> None:
    client = client_for("registration_section")
    row = record(place, client, "registration_section", "student")
    with place.session() as session:
        in_a_class = select(Student).where(Student.division == Division.day, Student.school_class_id.is_not(None))
        other = session.scalars(in_a_class).first()
        assert other is not None
        assert other.school_class is not None
        label, class_id = other.school_class.name, other.school_class_id
    form = form_of(client.get(f"/admin/student/edit/?id={row}").text)
    body = changed(form, status="suspended", status_changed_on="115/11/20", school_class=str(class_id), gender="female")
    assert client.post(f"/admin/student/edit/?id={row}", data=body).status_code == 302
    page = client.get(f"/admin/student/history/?id={row}").text
    for words in ("在學", "休學", "115/11/20", ">男</del>", ">女</ins>"):
        assert words in page
    if f'<ins data-say="words">{label}' not in page:  # the new student may have begun in that very class
        assert "suspended" not in page
    assert "2026-11-20" not in page


def test_a_yes_or_no_is_a_word(place: School, client_for: Clients) -> None:
    client = client_for("equipment_section")
    row = record(place, client, "equipment_section", "account")
    form = form_of(client.get(f"/admin/account/edit/?id={row}").text)
    without = [(name, value) for name, value in form if name != "enabled"]
    assert client.post(f"/admin/account/edit/?id={row}", data=without).status_code == 302
    page = client.get(f"/admin/account/history/?id={row}").text
    assert ">是</del>" in page
    assert ">否</ins>" in page


# Putting back


@pytest.mark.parametrize("screen", CHANGED)
def test_a_keeper_puts_a_change_back(screen: str, place: School, client_for: Clients) -> None:
    row, name, before, event = a_change(place, client_for, screen)
    client = client_for(keeper(screen))
    page = client.get(revert_url(screen, row, event.id))
    assert page.status_code == 200, page.text
    answer = client.post(revert_url(screen, row, event.id), data={"version": version_on(page.text), "field": name})
    assert answer.status_code == 302, answer.text
    after = stored(place, screen, row) or {}
    assert after[name] == before[name]
    (last, *_) = events(place, screen, "revert", row)
    assert str(event.id) in last.note
    assert last.via.startswith("依")


@pytest.mark.parametrize("screen", sorted(set(READERS) & set(CHANGED)))
def test_a_reader_puts_nothing_back(screen: str, place: School, client_for: Clients) -> None:
    row, name, _, event = a_change(place, client_for, screen)
    reader = client_for(READERS[screen])
    now = stored(place, screen, row)
    assert reader.get(revert_url(screen, row, event.id)).status_code in (403, 404)
    answer = reader.post(revert_url(screen, row, event.id), data={"version": "2", "field": name})
    assert answer.status_code in (403, 404)
    assert stored(place, screen, row) == now


@pytest.fixture(scope="module")
def change(place: School, client_for: Clients) -> tuple[int, int]:
    """(row, event) of a change by the day's 活動組."""
    row, _, _, event = a_change(place, client_for, "club_office")
    return row, event.id


def test_nobody_reverts_across_the_wall(change: tuple[int, int], place: School, client_for: Clients) -> None:
    row, event = change
    now = stored(place, "club_office", row)
    lines = (line for line in paper.lines() if line.screen == "club_office" and line.division is Division.evening)
    client = client_for(next(line.post for line in lines if line.writes))
    assert client.get(revert_url("club_office", row, event)).status_code == 404
    assert client.post(revert_url("club_office", row, event), data={"version": "2", "field": "title"}).status_code == 404
    assert stored(place, "club_office", row) == now


def test_the_event_of_another_row_is_none_of_this_one(change: tuple[int, int], place: School, client_for: Clients) -> None:
    _, event = change
    client = client_for("activities_section")
    other = record(place, client, "activities_section", "club_office")
    assert client.get(revert_url("club_office", other, event)).status_code == 404
    for text in ("", "x", "-1", "999999999999999999999999"):
        assert client.get(f"/admin/club_office/revert/?id={other}&event={text}").status_code == 404


def test_a_revert_without_a_token_is_refused(change: tuple[int, int], place: School, client_for: Clients) -> None:
    row, event = change
    now = stored(place, "club_office", row)
    body = {"version": "2", "field": "title"}
    assert (
        client_for("activities_section").post(revert_url("club_office", row, event), data=body, with_token=False).status_code == 400
    )
    assert stored(place, "club_office", row) == now


def test_a_field_changed_again_since_is_not_ticked(place: School, client_for: Clients) -> None:
    row, name, _, event = a_change(place, client_for, "club_office")
    client = client_for("activities_section")
    url = f"/admin/club_office/edit/?id={row}"
    assert client.post(url, data=changed(form_of(client.get(url).text), **{name: "後來的內容"})).status_code == 302
    page = client.get(revert_url("club_office", row, event.id)).text
    assert "後來又改過" in page
    assert not re.search(rf'name="field" value="{name}"[^>]* checked', page)
    answer = client.post(revert_url("club_office", row, event.id), data={"version": version_on(page)})
    assert answer.status_code == 422
    assert (stored(place, "club_office", row) or {})[name] == "後來的內容"


def test_a_row_changed_meanwhile_is_shown_again(place: School, client_for: Clients) -> None:
    row, name, _, event = a_change(place, client_for, "club_office")
    client = client_for("activities_section")
    version = version_on(client.get(revert_url("club_office", row, event.id)).text)
    with place.session() as session:
        session.get_one(ClubOffice, row).title = "同事改的職稱"
    answer = client.post(revert_url("club_office", row, event.id), data={"version": version, "field": name})
    assert answer.status_code == 409
    assert "同事改的職稱" in answer.text
    assert (stored(place, "club_office", row) or {})["title"] == "同事改的職稱"


def test_a_new_row_is_not_put_back_field_by_field(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club_office")
    (event,) = events(place, "club_office", "create", row)
    assert client.get(revert_url("club_office", row, event.id)).status_code == 409


def test_what_the_person_may_not_pick_is_not_put_back(place: School, client_for: Clients) -> None:
    """A clerk of the day finds in the past of a row a student of the other side: putting it back is refused."""
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club_office")
    with place.session() as session:
        office = session.get_one(ClubOffice, row)
        mine, foreign = office.student_id, session.scalars(select(Student.id).where(Student.division == Division.evening)).first()
        office.student_id = foreign or 0
        session.flush()
        office.student_id = mine
    event = events(place, "club_office", "update", row)[0]
    version = version_on(client.get(revert_url("club_office", row, event.id)).text)
    answer = client.post(revert_url("club_office", row, event.id), data={"version": version, "field": "student"})
    assert answer.status_code == 422
    assert (stored(place, "club_office", row) or {})["student_id"] == mine


def test_a_closed_semester_takes_nothing_back(place: School, client_for: Clients) -> None:
    row, name, _, event = a_change(place, client_for, "award")
    with place.session() as session:
        award = session.get_one(Award, row)
        semester = session.get_one(Semester, award.semester_id)
        closed = session.scalars(select(Semester).where(Semester.closed_on.is_not(None))).first()
        assert closed is not None
        assert semester.id != closed.id
        award.semester_id = closed.id
    client, url = client_for(keeper("award")), revert_url("award", row, event.id)
    assert client.get(url).status_code == 409
    assert client.post(url, data={"version": "3", "field": name}).status_code == 409


def test_somebody_elses_token_reverts_nothing(change: tuple[int, int], place: School, app: Flask, client_for: Clients) -> None:
    row, event = change
    stranger: SchoolClient = enter(app, "library_director")
    body = [("version", "2"), ("field", "title"), ("csrf_token", stranger.token)]
    answer = client_for("activities_section").post(revert_url("club_office", row, event), data=body, with_token=False)
    assert answer.status_code == 400
