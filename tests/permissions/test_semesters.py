"""A row may be recorded from 開學 until the semester is closed; before and after, 409, whoever asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models.calendar import SchoolYear, Semester
from models.catalogue import RECORDS
from models.vocabulary import SemesterTerm
from tests.permissions import paper
from tests.permissions.acts import count, desk_of, record, stored
from tests.permissions.cases import KEEPERS
from tests.permissions.forms import body_for
from tests.permissions.pages import changed, form_of, seen
from tests.permissions.school import MODELS, School

Clients = Callable[[str], Any]
KEPT = [model.__tablename__ for model in RECORDS if model.__tablename__ in KEEPERS]
"""Record screens, each by its keeper."""


@pytest.fixture(scope="module")
def closed(place: School) -> int:
    """The semester before the current one."""
    with place.session() as session:
        stmt = select(Semester.id).where(Semester.closed_on.is_not(None)).order_by(Semester.starts_on.desc())
        return int(session.scalars(stmt).first() or 0)


@pytest.fixture(scope="module")
def ahead(place: School) -> int:
    """A semester that has not begun."""
    with place.session() as session:
        term = Semester(
            school_year=SchoolYear(year=198),
            term=SemesterTerm.first,
            starts_on=dt.date(2109, 9, 1),
            ends_on=dt.date(2110, 1, 20),
        )
        session.add(term)
        session.flush()
        return int(term.id)


def move(place: School, screen: str, row: int, semester: int) -> None:
    """Put a row into another semester, behind everybody's back."""
    with place.session() as session:
        found: Any = session.get_one(MODELS[screen], row)
        found.semester_id = semester
    place.forget()


def refuses_everything(place: School, client: Any, screen: str, semester: int) -> None:
    """No form, no save, no deletion, no action on a row of this semester."""
    line = KEEPERS[screen]
    row = record(place, client, line.post, screen, line.division)
    url = f"/admin/{screen}/edit/?id={row}"
    form = form_of(client.get(url).text)
    move(place, screen, row, semester)
    before, rows = stored(place, screen, row), count(place, screen)
    body = body_for(desk_of(place, line.post, screen, line.division))
    answers = [
        client.get(url),
        client.post(url, data=changed(form, version=str((before or {})["version"]))),
        client.get(f"/admin/{screen}/delete/?id={row}"),
        client.post(f"/admin/{screen}/delete/", data={"id": row}),
        client.post(f"/admin/{screen}/action/", data={"action": "delete", "rowid": row, "confirmed": "1"}),
        client.get(f"/admin/{screen}/new/?semester={semester}"),
        client.post(f"/admin/{screen}/new/?semester={semester}", data=body),
    ]
    assert [answer.status_code for answer in answers] == [409] * len(answers)
    assert (stored(place, screen, row), count(place, screen)) == (before, rows)


@pytest.mark.parametrize("screen", KEPT)
def test_a_closed_semester_is_only_read(screen: str, place: School, client_for: Clients, closed: int) -> None:
    refuses_everything(place, client_for(KEEPERS[screen].post), screen, closed)


@pytest.mark.parametrize("screen", KEPT)
def test_before_its_first_day_a_semester_takes_nothing(screen: str, place: School, client_for: Clients, ahead: int) -> None:
    refuses_everything(place, client_for(KEEPERS[screen].post), screen, ahead)


@pytest.mark.parametrize("screen", KEPT)
def test_a_closed_semester_is_still_shown(screen: str, place: School, client_for: Clients, closed: int) -> None:
    username = KEEPERS[screen].post
    expected = {row.id for row in place.rows(screen) if row.semester == closed} & place.expected(username, screen)
    assert seen(client_for(username), screen, semester=str(closed)).total == len(expected)


@pytest.mark.parametrize("screen", KEPT)
def test_a_grid_opens_on_the_current_semester(screen: str, place: School, client_for: Clients) -> None:
    username = KEEPERS[screen].post
    expected = {row.id for row in place.rows(screen) if row.semester == place.current} & place.expected(username, screen)
    assert seen(client_for(username), screen, semester="").total == len(expected)


@pytest.mark.parametrize("screen", KEPT)
def test_a_form_cannot_move_a_row_to_another_semester(screen: str, place: School, client_for: Clients, closed: int) -> None:
    line = KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    url = f"/admin/{screen}/edit/?id={row}"
    client.post(
        f"{url}&semester={closed}", data=[*form_of(client.get(url).text), ("semester_id", str(closed)), ("semester", str(closed))]
    )
    assert (stored(place, screen, row) or {})["semester_id"] == place.current


def test_timing_is_never_a_lock(place: School, client_for: Clients) -> None:
    """Every duty's screen takes records today, whatever the table prints under 時間."""
    for line in paper.duties():
        if line.screen in KEPT:
            page = client_for(line.post).get(f"/admin/{line.screen}/new/")
            assert page.status_code == 200, line
