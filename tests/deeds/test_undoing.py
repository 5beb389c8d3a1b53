"""「復原」 of a bulk deed: every row exactly as it was, or none and why; only one's own, only in time, judged as of now."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from sqlalchemy import update

from admin_app import clock
from admin_app.services.deeds import noting
from models.calendar import Semester
from models.event import Event
from models.records.club_office import ClubOffice
from models.records.sports_winner import SportsWinner
from tests.conftest import sample
from tests.deeds.help import Clients, ask, confirm, three, undo, undo_address
from tests.deeds.test_changing import entered
from tests.permissions.acts import record, stored
from tests.permissions.school import School
from tests.permissions.test_events import events

CLERK, SPORTS = "activities_section", "sports_section"


def without_version(place: School, screen: str, rows: list[int]) -> list[dict[str, Any] | None]:
    found = [stored(place, screen, row) for row in rows]
    return [{**each, "version": 0} if each else None for each in found]


def marked(place: School, client: Any) -> list[int]:
    """Three winners confirmed at once."""
    rows = three(place, client, SPORTS, "sports_winner")
    assert confirm(client, ask(client, "sports_winner", "confirm", *rows)).status_code == 302
    return rows


def test_a_mark_is_taken_back(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    rows = three(place, client, SPORTS, "sports_winner")
    before = without_version(place, "sports_winner", rows)
    done = confirm(client, ask(client, "sports_winner", "confirm", *rows))
    assert "24 小時內可以復原" in client.get(done.headers["Location"]).text
    assert undo(client).status_code == 302
    assert without_version(place, "sports_winner", rows) == before
    (event,) = events(place, "sports_winner", "revert", rows[0])
    assert "復原批次辦理：確認" in event.note
    assert event.via.startswith("依")


def test_what_was_deleted_comes_back_whole(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    before = without_version(place, "club_office", rows)
    confirm(client, ask(client, "club_office", "delete", *rows))
    assert without_version(place, "club_office", rows) == [None] * 3
    assert undo(client).status_code == 302
    assert without_version(place, "club_office", rows) == before
    assert [len(events(place, "club_office", "restore", row)) for row in rows] == [1, 1, 1]


def test_a_restoring_is_taken_back_too(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    rows = three(place, client, CLERK, "club_office")
    confirm(client, ask(client, "club_office", "delete", *rows))
    numbers = [str(events(place, "club_office", "delete", row)[0].id) for row in rows]
    assert client.post("/admin/club_office/restore/", data={"event": numbers}).status_code == 302
    assert undo(client).status_code == 302
    assert without_version(place, "club_office", rows) == [None] * 3


def test_a_row_changed_since_keeps_them_all(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    rows = marked(place, client)
    with place.session() as session:
        session.get_one(SportsWinner, rows[1]).confirmed_on = dt.date(2026, 9, 1)
    answer = undo(client)
    assert answer.status_code == 409
    assert "有 1 筆後來有了變化" in answer.text
    assert "「確認日期」後來又改過" in answer.text
    assert "測試" in answer.text
    days = [(stored(place, "sports_winner", row) or {})["confirmed_on"] for row in rows]
    assert days == [clock.today(), dt.date(2026, 9, 1), clock.today()]
    assert events(place, "sports_winner", "revert", rows[0]) == []


def test_another_field_changed_since_is_kept(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    rows = marked(place, client)
    with place.session() as session:
        session.get_one(SportsWinner, rows[1]).remark = "同事補的備註"
    assert undo(client).status_code == 302
    row = stored(place, "sports_winner", rows[1]) or {}
    assert (row["confirmed_on"], row["remark"]) == (None, "同事補的備註")


def test_a_row_deleted_since_keeps_them_all(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    rows = marked(place, client)
    with place.session() as session:
        session.delete(session.get_one(SportsWinner, rows[2]))
    answer = undo(client)
    assert answer.status_code == 409
    assert "這一筆已刪除" in answer.text
    assert (stored(place, "sports_winner", rows[0]) or {})["confirmed_on"] == clock.today()


def test_a_semester_closed_since_takes_nothing_back(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    rows = marked(place, client)
    with place.session() as session:
        closed = session.query(Semester.id).filter(Semester.closed_on.is_not(None)).first()
    with place.engine.begin() as connection:
        connection.execute(update(SportsWinner).where(SportsWinner.id == rows[0]).values(semester_id=closed[0]))
    assert undo(client).status_code == 409
    assert (stored(place, "sports_winner", rows[1]) or {})["confirmed_on"] == clock.today()


def test_it_is_taken_back_once(place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    marked(place, client)
    address = undo_address(client)
    assert client.post(address).status_code == 302
    again = client.post(address)
    assert again.status_code == 409
    assert "復原過了" in again.text


def test_nobody_takes_back_what_another_did(place: School, client_for: Clients) -> None:
    rows = marked(place, client_for(SPORTS))
    address = undo_address(client_for(SPORTS))
    for other in ("executive_secretary", "equipment_section", CLERK):
        assert client_for(other).post(address).status_code == 404
        assert address not in client_for(other).get("/deeds").text
    assert (stored(place, "sports_winner", rows[0]) or {})["confirmed_on"] == clock.today()


def test_not_without_the_pages_token(place: School, client_for: Clients) -> None:
    rows = marked(place, client_for(SPORTS))
    address = undo_address(client_for(SPORTS))
    assert client_for(SPORTS).post(address, with_token=False).status_code == 400
    assert (stored(place, "sports_winner", rows[0]) or {})["confirmed_on"] == clock.today()


def test_after_a_day_it_is_too_late(place: School, client_for: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(SPORTS)
    marked(place, client)
    address = undo_address(client)
    monkeypatch.setattr(noting, "UNDO_HOURS", 0)
    page = client.get("/deeds").text
    assert address not in page
    assert "已超過可復原的期限" in page
    answer = client.post(address)
    assert answer.status_code == 409
    assert "已超過可以復原的期限" in answer.text


def test_a_deed_leaves_one_event_of_its_own(place: School, client_for: Clients) -> None:
    marked(place, client_for(SPORTS))
    event: Event = events(place, "sports_winner", "bulk")[0]
    assert (event.note, event.record_id) == ("確認", None)


VALUES = {"ended_on": ["1160120", "1160201", ""], "began_on": ["1150901", "1151001"], "level": ["1", "2", "3"]}
WAYS = [random.Random(seed) for seed in range(120)]


@pytest.mark.parametrize("chance", sample(WAYS, 8), ids=lambda _: "")
def test_whatever_was_done_every_row_is_again_what_it_was(chance: random.Random, place: School, client_for: Clients) -> None:
    """Rows that differ, any of the deeds, undone: exactly the rows from before, whatever the mix of old contents."""
    client = client_for(CLERK)
    rows = [record(place, client, CLERK, "club_office") for _ in range(chance.randint(1, 5))]
    with place.session() as session:
        for row in rows:
            found = session.get_one(ClubOffice, row)
            found.ended_on = chance.choice([None, dt.date(2027, 1, 15), dt.date(2027, 1, 20)])
            found.level = chance.choice(["1", "2", "3"])
    before = without_version(place, "club_office", rows)
    field = chance.choice([*VALUES, "delete"])
    if field == "delete":
        page = ask(client, "club_office", "delete", *rows)
    else:
        page = entered(client, "club_office", field, chance.choice(VALUES[field]), *rows)
    assert confirm(client, page).status_code == 302
    if without_version(place, "club_office", rows) != before:
        assert undo(client).status_code == 302
    assert without_version(place, "club_office", rows) == before
