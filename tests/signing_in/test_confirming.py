"""Before something that matters the password again, and nothing typed is lost on the way."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from tests.databases import PASSWORD
from tests.signing_in.conftest import Clients, Clock, events_of

EXPORT = "/admin/club_office/export/csv/?semester=all"
PURPOSE = {"purpose": "checking", "purpose_note": "期末核對"}


def carried_in(answer: Any) -> str:
    return str(answer.text.split('name="carried" value="')[1].split('"')[0])


def test_a_fresh_sign_in_by_password_is_enough(with_password: Clients) -> None:
    answer = with_password("activities_section").post(EXPORT, data=PURPOSE, buffered=True)
    assert answer.content_type.startswith("text/csv")


def test_after_ten_minutes_the_password_is_asked_and_the_export_goes_on(with_password: Clients, hands: Clock) -> None:
    client = with_password("activities_section")
    hands.turn(minutes=10)
    asked = client.post(EXPORT, data=PURPOSE)
    assert "請再確認一次是您本人" in asked.text
    again = client.post("/confirm", data={"carried": carried_in(asked), "password": PASSWORD})
    assert f'action="{EXPORT}"' in again.text.replace("&amp;", "&")
    assert 'name="purpose_note" value="期末核對"' in again.text
    assert client.post(EXPORT, data=PURPOSE, buffered=True).content_type.startswith("text/csv")


def test_one_click_of_the_demo_proves_nothing_and_the_page_names_the_password(browser_of: Clients) -> None:
    asked = browser_of("activities_section").post(EXPORT, data=PURPOSE)
    assert PASSWORD in asked.text


def test_a_wrong_password_keeps_what_was_typed_and_lets_nothing_out(browser_of: Clients) -> None:
    client = browser_of("activities_section")
    asked = client.post(EXPORT, data=PURPOSE)
    wrong = client.post("/confirm", data={"carried": carried_in(asked), "password": "不是這個"})
    assert wrong.status_code == 422
    assert carried_in(wrong) == carried_in(asked)
    assert "請再確認一次是您本人" in client.post(EXPORT, data=PURPOSE).text


def test_five_wrong_ones_and_it_is_not_asked_for_a_while(browser_of: Clients) -> None:
    client = browser_of("sports_section")
    answers = [client.post("/confirm", data={"password": f"猜 {number}"}).status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


def test_what_was_carried_cannot_be_written_by_others(with_password: Clients) -> None:
    client = with_password("activities_section")
    for forged in ("", "x", "eyJ.x.y", "W10.x.y"):
        answer = client.post("/confirm", data={"carried": forged, "password": PASSWORD})
        assert answer.headers["Location"] == "/admin/"


def test_confirming_is_an_event(with_password: Clients, records: Session) -> None:
    client = with_password("activities_section")
    client.post("/confirm", data={"password": PASSWORD})
    assert events_of(records, "confirmed")[0].actor
