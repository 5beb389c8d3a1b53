"""批次修改: one field of many rows, by the form's own validators, for whoever may, with an event and the reason for each row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.people import Student
from models.records.club_office import ClubOffice
from tests.deeds.help import Clients, ask, confirm, hidden, three
from tests.permissions import paper
from tests.permissions.acts import record, stored
from tests.permissions.cases import KEEPERS, READERS
from tests.permissions.school import School
from tests.permissions.test_events import events
from views.base.screen import Screen

CLERK = "activities_section"


def entered(client: Any, screen: str, field: str, value: str, *rows: int, reason: str = "") -> Any:
    """The page that shows what a new value will change."""
    page = ask(client, screen, f"change:{field}", *rows)
    assert page.status_code == 200, page.text
    address, body = hidden(page.text)
    return client.post(address, data=[*body, (field, value), ("reason", reason)])


def held(place: School, rows: list[int], field: str) -> list[Any]:
    return [(stored(place, "club_office", row) or {})[field] for row in rows]


def test_one_field_of_many_rows_is_set(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    titles = held(place, rows, "title")
    page = entered(client, "club_office", "ended_on", "1160120", *rows, reason="依 115/11/20 活動組簽辦")
    assert "將修改 3 筆社團幹部的" in page.text
    assert "116/01/20" in page.text
    assert confirm(client, page).status_code == 302
    assert [str(day) for day in held(place, rows, "ended_on")] == ["2027-01-20"] * 3
    assert held(place, rows, "title") == titles


def test_each_row_has_its_event_with_the_reason(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    confirm(client, entered(client, "club_office", "ended_on", "1160120", *rows, reason="依活動組簽辦"))
    for row in rows:
        (event,) = events(place, "club_office", "update", row)
        assert "依活動組簽辦" in event.note
        assert event.via.startswith("依")
        assert json.loads(event.changes) == {"ended_on": [None, "2027-01-20"]}


def test_a_value_the_form_refuses_is_refused_here(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    page = entered(client, "club_office", "ended_on", "下學期", *rows, reason="打錯了")
    assert page.status_code == 422
    assert 'value="下學期"' in page.text
    assert 'value="打錯了"' in page.text
    assert held(place, rows, "ended_on") == [None] * 3


def test_a_rule_one_row_breaks_keeps_all_as_they_are(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    answer = confirm(client, entered(client, "club_office", "ended_on", "2020-01-01", *rows))
    assert answer.status_code == 409
    assert "結束日期不可早於開始日期" in answer.text
    with place.session() as session:
        assert str(session.get_one(ClubOffice, rows[0])) in answer.text
    assert held(place, rows, "ended_on") == [None] * 3


def test_who_already_holds_it_is_counted_and_leaves_no_event(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    confirm(client, entered(client, "club_office", "ended_on", "1160120", rows[0]))
    page = entered(client, "club_office", "ended_on", "1160120", *rows)
    assert "已是這個內容，不變" in page.text
    done = client.get(confirm(client, page).headers["Location"]).text
    assert "2 筆，另 1 筆原本就是這個內容" in done
    assert len(events(place, "club_office", "update", rows[0])) == 1


@pytest.mark.parametrize("field", ["student", "version", "division", "semester_id", "", "id_number"])
def test_only_declared_fields_are_changed(field: str, place: School, client_for: Clients) -> None:
    rows = three(place, client_for(CLERK), CLERK, "club_office")
    assert ask(client_for(CLERK), "club_office", f"change:{field}", *rows).status_code == 400


def test_nothing_secret_and_no_related_row_is_ever_offered(app: Any) -> None:
    for view in app.extensions["screens"].values():
        assert all(view.is_plain(key) for key in view.bulk_fields), view
    assert not app.extensions["screens"]["student"].is_plain("id_number")
    with pytest.raises(TypeError, match="不在表單中"):
        type("Wrong", (Screen,), {"model": Student, "column_list": ("name",), "form_columns": ("name",), "bulk_fields": ("x",)})


CHANGEABLE = ["student", "registry_check", "grade", "club_office", "sports_winner", "unit_completion", "award", "student_training"]


@pytest.mark.parametrize("screen", CHANGEABLE)
def test_the_keeper_of_the_paper_may_and_a_reader_may_not(screen: str, app: Any, place: School, client_for: Clients) -> None:
    line = KEEPERS[screen]
    client = client_for(line.post)
    row = record(place, client, line.post, screen, line.division)
    field = app.extensions["screens"][screen].bulk_fields[0]
    assert ask(client, screen, f"change:{field}", row).status_code == 200
    if screen in READERS:
        assert ask(client_for(READERS[screen]), screen, f"change:{field}", row).status_code == 403


def test_the_other_side_of_the_wall_is_not_there(place: School, client_for: Clients) -> None:
    evening = next(line.post for line in paper.lines() if line.screen == "club_office" and line.writes and "evening" in line.post)
    rows = three(place, client_for(CLERK), CLERK, "club_office")
    assert ask(client_for(evening), "club_office", "change:ended_on", *rows).status_code == 404
