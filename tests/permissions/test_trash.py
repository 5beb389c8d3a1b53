"""回收桶 on every screen: what was deleted comes back by who may delete there, on their side, for a while, and by nobody else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.calendar import Semester
from models.classes import SchoolClass
from models.event import Event
from models.people import Appointment, Student
from models.records.award import Award
from models.records.club import Club
from models.records.consultation import Consultation, ConsultationStudent
from models.vocabulary import Division
from tests.permissions import paper
from tests.permissions.acts import record, stored
from tests.permissions.cases import KEEPERS, READERS
from tests.permissions.conftest import enter
from tests.permissions.school import MODELS, School
from tests.permissions.test_events import DELETED, events

Clients = Callable[[str], Any]


def keeper(screen: str) -> str:
    return KEEPERS[screen].post


def deleted(place: School, client_for: Clients, screen: str) -> tuple[int, dict[str, Any], Event]:
    """(number, the row as it was, the event) of a row recorded and deleted by its keeper."""
    line = KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    before = stored(place, screen, row) or {}
    assert client.post(f"/admin/{screen}/delete/", data={"id": row}).status_code == 302
    return row, before, events(place, screen, "delete", row)[0]


def put_back(client: Any, screen: str, *numbers: int) -> Any:
    return client.post(f"/admin/{screen}/restore/", data={"event": [str(number) for number in numbers]})


@pytest.mark.parametrize("screen", DELETED)
def test_a_keeper_puts_a_deleted_row_back(screen: str, place: School, client_for: Clients) -> None:
    row, before, event = deleted(place, client_for, screen)
    client = client_for(keeper(screen))
    page = client.get(f"/admin/{screen}/trash/")
    assert page.status_code == 200
    assert f'name="event" value="{event.id}"' in page.text
    answer = put_back(client, screen, event.id)
    assert answer.status_code == 302, answer.text
    after = stored(place, screen, row) or {}
    assert {**after, "version": 0} == {**before, "version": 0}
    (told,) = events(place, screen, "restore", row)
    assert str(event.id) in told.note
    assert told.via.startswith("依")
    assert f'value="{event.id}"' not in client.get(f"/admin/{screen}/trash/").text


@pytest.mark.parametrize("screen", sorted(set(READERS) & set(DELETED)))
def test_a_reader_puts_nothing_back(screen: str, place: School, client_for: Clients) -> None:
    row, _, event = deleted(place, client_for, screen)
    reader = client_for(READERS[screen])
    assert reader.get(f"/admin/{screen}/trash/").status_code in (403, 404)
    assert put_back(reader, screen, event.id).status_code in (403, 404)
    assert stored(place, screen, row) is None


@pytest.fixture(scope="module")
def gone(place: School, client_for: Clients) -> tuple[int, Event]:
    """A club of the day that is gone for good in this module."""
    row, _, event = deleted(place, client_for, "club")
    return row, event


def evening_keeper(screen: str) -> str:
    lines = (line for line in paper.lines() if line.screen == screen and line.division is Division.evening and line.writes)
    return next(line.post for line in lines)


def test_nobody_reaches_into_the_trash_across_the_wall(gone: tuple[int, Event], place: School, client_for: Clients) -> None:
    row, event = gone
    client = client_for(evening_keeper("club"))
    assert f'value="{event.id}"' not in client.get("/admin/club/trash/").text
    assert f'value="{event.id}"' not in client.get("/trash").text
    assert put_back(client, "club", event.id).status_code == 404
    assert client.post("/trash/restore", data={"event": str(event.id)}).status_code == 404
    assert client.post(f"/admin/club/restore/?request={event.request_id}").status_code == 404
    assert stored(place, "club", row) is None


def test_an_event_that_is_no_deletion_restores_nothing(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club")
    made = events(place, "club", "create", row)[0]
    assert put_back(client, "club", made.id).status_code == 404
    for text in ("x", "-1", "9" * 30, ""):
        answer = client.post("/admin/club/restore/", data={"event": text})
        assert answer.status_code in (400, 404)


def test_one_out_of_reach_keeps_all_in_the_trash(gone: tuple[int, Event], place: School, client_for: Clients) -> None:
    line = evening_keeper("club")
    client = client_for(line)
    row = record(place, client, line, "club", Division.evening)
    assert client.post("/admin/club/delete/", data={"id": row}).status_code == 302
    event = events(place, "club", "delete", row)[0]
    assert put_back(client, "club", event.id, gone[1].id).status_code == 404
    assert stored(place, "club", row) is None
    assert put_back(client, "club", event.id).status_code == 302


def test_nothing_is_restored_without_a_token(gone: tuple[int, Event], place: School, client_for: Clients) -> None:
    row, event = gone
    client = client_for("activities_section")
    assert client.post("/admin/club/restore/", data={"event": str(event.id)}, with_token=False).status_code == 400
    assert client.post("/trash/restore", data={"event": str(event.id)}, with_token=False).status_code == 400
    assert stored(place, "club", row) is None


def test_what_was_just_deleted_comes_back_by_one_click(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    rows = [record(place, client, "activities_section", "club") for _ in range(3)]
    body = {"action": "delete", "rowid": [str(row) for row in rows], "confirmed": "1"}
    page = client.post("/admin/club/action/", data=body, follow_redirects=True).text
    undo = re.search(r'action="(/deeds/[^"]+/undo)"', page)
    assert undo is not None
    assert client.post(undo[1]).status_code == 302
    assert [bool(stored(place, "club", row)) for row in rows] == [True, True, True]
    assert client.post(undo[1]).status_code == 409


def test_several_kinds_come_back_together(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    found = [deleted(place, client_for, screen) for screen in ("club", "club_office")]
    page = client.get("/trash").text
    assert all(f'value="{event.id}"' in page for _, _, event in found)
    answer = client.post("/trash/restore", data={"event": [str(event.id) for _, _, event in found]})
    assert answer.status_code == 302
    assert stored(place, "club", found[0][0])
    assert stored(place, "club_office", found[1][0])


def test_a_student_sees_only_what_they_deleted(place: School, client_for: Clients) -> None:
    student = client_for("student")
    mine = record(place, student, "student", "certificate")
    assert student.post("/admin/certificate/delete/", data={"id": mine}).status_code == 302
    own = events(place, "certificate", "delete", mine)[0]
    with place.session() as session:
        other = session.scalars(
            select(MODELS["certificate"]).where(MODELS["certificate"].student_id != place.person("student").student)  # type: ignore[attr-defined]
        ).first()
        assert other is not None
        number = other.id
        session.delete(other)
    theirs = events(place, "certificate", "delete", number)[0]
    page = student.get("/trash").text
    assert f'value="{own.id}"' in page
    assert f'value="{theirs.id}"' not in page
    assert put_back(student, "certificate", theirs.id).status_code == 404
    assert put_back(student, "certificate", own.id).status_code == 302


def test_a_row_whose_place_is_taken_stays_away(place: School, client_for: Clients) -> None:
    row, before, event = deleted(place, client_for, "club")
    with place.session() as session:
        session.add(Club(name=before["name"], division=before["division"], semester_id=before["semester_id"]))
    answer = put_back(client_for("activities_section"), "club", event.id)
    assert answer.status_code == 409
    assert "已另有一筆相同的社團" in answer.text
    assert stored(place, "club", row) is None


def test_a_row_whose_owner_is_gone_stays_away(place: School, client_for: Clients) -> None:
    row, before, event = deleted(place, client_for, "club_office")
    with place.session() as session:
        session.delete(session.get_one(Club, before["club_id"]))
    answer = put_back(client_for("activities_section"), "club_office", event.id)
    assert answer.status_code == 409
    assert "已不在" in answer.text
    assert stored(place, "club_office", row) is None


def test_a_closed_semester_takes_nothing_back(place: School, client_for: Clients) -> None:
    row = record(place, client_for(keeper("award")), keeper("award"), "award", KEEPERS["award"].division)
    with place.session() as session:
        closed = session.scalars(select(Semester).where(Semester.closed_on.is_not(None))).first()
        assert closed is not None
        session.get_one(Award, row).semester_id = closed.id
        session.flush()
        session.delete(session.get_one(Award, row))
    event = events(place, "award", "delete", row)[0]
    assert put_back(client_for(keeper("award")), "award", event.id).status_code == 409
    assert stored(place, "award", row) is None


def test_who_took_part_comes_back_with_the_consultation(place: School, client_for: Clients) -> None:
    row, _, event = deleted(place, client_for, "consultation")
    assert put_back(client_for(keeper("consultation")), "consultation", event.id).status_code == 302
    with place.session() as session:
        assert session.get(Consultation, row) is not None
        taking_part = select(func.count(ConsultationStudent.id)).where(ConsultationStudent.consultation_id == row)
        assert session.scalar(taking_part) == 1


def test_the_trash_shows_no_sensitive_value(place: School, client_for: Clients) -> None:
    _, before, _ = deleted(place, client_for, "student")
    with place.session() as session:
        assert session.scalars(select(Student).where(Student.student_no == before["student_no"])).first() is None
    page = client_for("registration_section").get("/admin/student/trash/").text
    assert before["student_no"] in page
    assert "（保密）" in page
    assert before["id_number"] not in page
    assert f"{before['born_on'].year - 1911}/{before['born_on']:%m/%d}" not in page


@pytest.fixture
def one_day(app: Flask) -> Iterator[None]:
    """The trash keeps nothing beyond yesterday: what was deleted today has had its time."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(settings, trash_days=0)
    yield
    app.extensions["settings"] = settings


def test_after_its_days_a_row_is_neither_shown_nor_restored(
    gone: tuple[int, Event], one_day: None, place: School, client_for: Clients
) -> None:
    row, event = gone
    client = client_for("activities_section")
    page = client.get("/admin/club/trash/").text
    assert f'value="{event.id}"' not in page
    assert "回收桶是空的" in page
    assert put_back(client, "club", event.id).status_code == 404
    assert stored(place, "club", row) is None


def test_the_page_says_from_which_day_a_row_is_gone(gone: tuple[int, Event], client_for: Clients) -> None:
    _, event = gone
    page = client_for("activities_section").get("/admin/club/trash/").text
    assert "不能復原起" in page
    assert re.search(r'class="trash-day">\d+/\d\d/\d\d<', page)
    assert f'name="only" value="{event.id}"' in page


def test_who_no_longer_reaches_a_row_does_not_get_it_back(place: School, client_for: Clients, app: Flask) -> None:
    """A 導師 deletes a row of the class, and the class is handed to somebody else: it is theirs no more."""
    line = next(line for line in paper.lines() if line.writes and line.reach == "class" and line.screen == "class_completion")
    client = client_for(line.post)
    row = record(place, client, line.post, "class_completion", line.division)
    before = stored(place, "class_completion", row) or {}
    assert client.post("/admin/class_completion/delete/", data={"id": row}).status_code == 302
    event = events(place, "class_completion", "delete", row)[0]
    with place.session() as session:
        holding = select(Appointment).where(Appointment.school_class_id == before["school_class_id"], Appointment.post == line.post)
        other = select(SchoolClass.id).where(SchoolClass.division == line.division, SchoolClass.id != before["school_class_id"])
        for appointment in session.scalars(holding):
            appointment.school_class_id = session.scalars(other).first()
    answer = put_back(enter(app, line.post), "class_completion", event.id)
    assert answer.status_code == 403, answer.text
    assert stored(place, "class_completion", row) is None
