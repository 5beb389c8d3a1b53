"""「選取全部 N 筆符合條件的資料」: exactly what the page showed, nothing out of reach, nothing when it changed meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.calendar import Semester
from models.records.club_office import ClubOffice
from models.records.sports_winner import SportsWinner
from models.vocabulary import Division
from tests.deeds.help import Clients, ask, confirm, hidden, three
from tests.permissions.acts import record, stored
from tests.permissions.school import School
from views.base import choosing

SPORTS = "sports_section"


@pytest.fixture
def named(place: School, client_for: Clients) -> tuple[list[int], str]:
    """Three new winners of a contest of their own, and the address that finds them."""
    rows = three(place, client_for(SPORTS), SPORTS, "sports_winner")
    name = f"校運{rows[0]}"
    with place.session() as session:
        for row in rows:
            session.get_one(SportsWinner, row).contest_name = name
    return rows, f"?flt.contest_name.is={name}"


def confirmed(place: School, rows: list[int]) -> list[bool]:
    return [(stored(place, "sports_winner", row) or {})["confirmed_on"] is not None for row in rows]


def test_all_that_match_are_marked(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    rows, address = named
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "confirm", address=address)
    assert "將確認 3 筆" in page.text
    assert "符合條件的共 3 筆" in page.text
    assert confirmed(place, rows) == [False] * 3
    answer = confirm(client, page)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(address.replace("校", "%E6%A0%A1").replace("運", "%E9%81%8B"))
    assert confirmed(place, rows) == [True] * 3


def test_the_page_says_by_which_row_and_what_changes(named: tuple[list[int], str], client_for: Clients) -> None:
    page = ask(client_for(SPORTS), "sports_winner", "confirm", address=named[1]).text
    assert re.search(r"依工作職掌 D\d+：體育組", page)
    assert "空白" in page
    assert "確認日期" in page


def test_a_row_that_came_meanwhile_is_not_done_unseen(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    rows, address = named
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "confirm", address=address)
    late = record(place, client, SPORTS, "sports_winner")
    with place.session() as session:
        session.get_one(SportsWinner, late).contest_name = address.partition("=")[2]
    answer = confirm(client, page)
    assert answer.status_code == 409
    assert "當時 3 筆，現在 4 筆" in answer.text
    assert confirmed(place, [*rows, late]) == [False] * 4
    assert confirm(client, answer).status_code == 302
    assert confirmed(place, [*rows, late]) == [True] * 4


def test_a_row_changed_meanwhile_is_looked_at_again(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    rows, address = named
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "delete", address=address)
    with place.session() as session:
        session.get_one(SportsWinner, rows[0]).remark = "同事剛補的備註"
    answer = confirm(client, page)
    assert answer.status_code == 409
    assert stored(place, "sports_winner", rows[0])


@pytest.mark.parametrize("seal", ["", "x", "eyJ0YW1wZXJlZCI6MX0.aaaa.bbbb"])
def test_nothing_is_done_under_a_false_seal(seal: str, named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "confirm", address=named[1])
    answer = confirm(client, page, seen=seal)
    assert answer.status_code == 409
    assert "再看一次" in answer.text
    assert confirmed(place, named[0]) == [False] * 3


def test_a_seal_is_for_one_deed_only(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "confirm", address=named[1])
    assert confirm(client, page, action="delete").status_code == 409
    assert all(stored(place, "sports_winner", row) for row in named[0])


def test_a_seal_is_for_one_person_only(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    page = ask(client_for("executive_secretary"), "unit_completion", "done", address="?page_size=20")
    seal = dict(hidden(page.text)[1])["seen"]
    mine = ask(client_for(SPORTS), "sports_winner", "confirm", address=named[1])
    assert confirm(client_for(SPORTS), mine, seen=seal).status_code == 409
    assert confirmed(place, named[0]) == [False] * 3


def test_the_other_side_is_neither_counted_nor_touched(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    page = ask(client, "club_office", "delete", address="?semester=all")
    with place.session() as session:
        mine = session.scalar(select(func.count()).select_from(ClubOffice).where(ClubOffice.division == Division.day))
    assert f"符合條件的共 {mine:,} 筆" in page.text


def test_what_is_left_out_is_counted_with_its_reason(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    rows, address = named
    with place.session() as session:
        closed = session.scalars(select(Semester.id).where(Semester.closed_on.is_not(None))).first()
    with place.engine.begin() as connection:
        connection.execute(update(SportsWinner).where(SportsWinner.id == rows[0]).values(semester_id=closed))
    client = client_for(SPORTS)
    page = ask(client, "sports_winner", "confirm", address=f"{address}&semester=all")
    assert "將確認 2 筆" in page.text
    assert "1 筆：所屬學期已關閉或尚未開學" in page.text
    assert confirm(client, page).status_code == 302
    assert confirmed(place, rows) == [False, True, True]


def test_too_many_are_refused_politely(named: tuple[list[int], str], client_for: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_MATCHING", 2)
    answer = ask(client_for(SPORTS), "sports_winner", "confirm", address=named[1])
    assert answer.status_code == 400
    assert "符合條件的有 3 筆，一次最多辦理 2 筆" in answer.text


def test_a_deed_that_cannot_be_undone_is_not_for_all(client_for: Clients) -> None:
    answer = ask(client_for("equipment_section"), "account", "link")
    assert answer.status_code == 400
    assert "逐頁勾選" in answer.text


def test_who_may_only_read_does_nothing_to_all(named: tuple[list[int], str], place: School, client_for: Clients) -> None:
    answer = ask(client_for("executive_secretary"), "sports_winner", "confirm", address=named[1])
    assert answer.status_code == 403
    assert "體育組" in answer.text
    assert confirmed(place, named[0]) == [False] * 3


def test_rows_chosen_on_the_page_carry_a_seal_too(place: School, client_for: Clients) -> None:
    client: Any = client_for(SPORTS)
    rows = three(place, client, SPORTS, "sports_winner")
    page = ask(client, "sports_winner", "confirm", *rows)
    with place.session() as session:
        session.get_one(SportsWinner, rows[2]).remark = "同事剛補的備註"
    assert confirm(client, page).status_code == 409
    assert confirmed(place, rows) == [False] * 3
