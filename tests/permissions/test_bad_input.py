"""Addresses and forms nobody sends by mistake: answered 400 or 404 with a sentence, on both engines, never by an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import sample
from tests.permissions.acts import count, desk_of
from tests.permissions.cases import SCREENS, WRITTEN, opener
from tests.permissions.forms import body_for
from tests.permissions.school import School

Clients = Callable[[str], Any]

HUGE = "9" * 40
LISTS = [
    ("page=-1", 400),
    ("page=0", 400),
    ("page=abc", 400),
    ("page=１", 400),
    ("page=%C2%B2", 400),
    (f"page={HUGE}", 400),
    ("page=999999999", 400),
    ("page=99999", 404),
    ("page_size=-1", 400),
    ("page_size=0", 400),
    ("page_size=100000", 400),
    ("page_size=abc", 400),
    ("search=%00", 400),
    ("search=a%00b", 400),
    ("search=%ED%A0%80", 200),
    ("search=%25%27%22%5C_%3B--", 200),
    (f"search={'長' * 3000}", 200),
    ("sort=nonsense", 400),
    ("sort=id%20DESC", 400),
    ("sort=password_hash", 400),
    ("sort=0", 400),
    ("flt.nonsense.is=1", 400),
    ("flt.id.is=1", 400),
    ("flt..is=1", 400),
    ("flt.x=1", 400),
    ("flt1_0=1", 200),
    ("cols=nonsense", 200),
    ("semester=abc", 400),
    ("semester=-1", 400),
    ("semester=0", 400),
    (f"semester={HUGE}", 400),
    ("semester=%00", 400),
    ("%00=1", 400),
]
IDS = ["abc", "-1", "0", "1.5", "1e3", HUGE, "2147483648", "%00", "１", "%C2%B2", "", "1%20OR%201=1", "1;2", "1,2"]
CASES = [(screen, query, status) for screen in SCREENS for query, status in LISTS]
ROWS = [(screen, number) for screen in SCREENS for number in IDS]


def is_a_page_of_ours(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses
    assert "Traceback" not in answer.text
    assert "sqlalche" not in answer.text.lower()


@pytest.mark.parametrize(("screen", "query", "status"), sample(CASES, 300), ids=lambda value: str(value)[:40])
def test_a_list_address_is_checked(screen: str, query: str, status: int, client_for: Clients) -> None:
    is_a_page_of_ours(client_for(opener(screen)).get(f"/admin/{screen}/?{query}"), status)


@pytest.mark.parametrize(("query", "status"), [case for case in LISTS if case[1] == 400 and "page" not in case[0]])
def test_an_export_address_is_checked(query: str, status: int, client_for: Clients) -> None:
    is_a_page_of_ours(client_for("activities_section").post(f"/admin/club_office/export/csv/?{query}"), status)


@pytest.mark.parametrize("kind", ["pdf", "json", "xls", "..", "csv%00", "CSV"])
def test_an_export_format_nobody_offers_does_not_exist(kind: str, client_for: Clients) -> None:
    is_a_page_of_ours(client_for("activities_section").post(f"/admin/club_office/export/{kind}/"), 400, 404)


@pytest.mark.parametrize(("screen", "number"), sample(ROWS, 200), ids=lambda value: str(value)[:40])
def test_an_id_that_is_none_finds_nothing(screen: str, number: str, client_for: Clients, place: School) -> None:
    client, before = client_for(opener(screen)), count(place, screen)
    is_a_page_of_ours(client.get(f"/admin/{screen}/details/?id={number}"), 400, 404)
    is_a_page_of_ours(client.get(f"/admin/{screen}/edit/?id={number}"), 400, 404)
    is_a_page_of_ours(client.post(f"/admin/{screen}/edit/?id={number}", data={"version": "1"}), 400, 404)
    is_a_page_of_ours(client.post(f"/admin/{screen}/delete/?id={number}"), 400, 404)
    assert count(place, screen) == before


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", HUGE, "2147483648", "\0", "１", "²", "", "1 OR 1=1"])
@pytest.mark.parametrize("screen", WRITTEN[::6])
def test_a_rowid_that_is_none_is_refused(screen: str, number: str, client_for: Clients, place: School) -> None:
    client, before = client_for(opener(screen)), count(place, screen)
    for body in ({"id": number}, {"action": "delete", "rowid": number, "confirmed": "1"}):
        page = "delete" if "id" in body else "action"
        is_a_page_of_ours(client.post(f"/admin/{screen}/{page}/", data=body), 400, 404)
    assert count(place, screen) == before


def test_an_action_on_nothing_is_refused(client_for: Clients) -> None:
    is_a_page_of_ours(client_for("activities_section").post("/admin/club_office/action/", data={"action": "delete"}), 400)


def test_an_action_on_too_many_is_refused(client_for: Clients) -> None:
    body = {"action": "delete", "rowid": [str(number) for number in range(1, 2003)], "confirmed": "1"}
    is_a_page_of_ours(client_for("activities_section").post("/admin/club_office/action/", data=body), 400)


PICKS = ["name=student&query=%00", "name=%00&query=", "name=student&query=" + "長" * 500, "name=&query=", ""]


@pytest.mark.parametrize("query", PICKS)
def test_a_picker_address_is_checked(query: str, client_for: Clients) -> None:
    is_a_page_of_ours(client_for("activities_section").get(f"/admin/club_office/ajax/lookup/?{query}"), 200, 400, 404)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("student", "abc"),
        ("student", HUGE),
        ("student", "-1"),
        ("student", "2147483648"),
        ("student", "0"),
        ("began_on", "115/13/45"),
        ("began_on", "昨天"),
        ("began_on", HUGE),
        ("began_on", "0000-00-00"),
        ("title", ""),
        ("title", "長" * 5000),
        ("level", "no such code"),
        ("ended_on", "1/1/1"),
    ],
)
def test_a_field_that_cannot_be_read_is_a_422(name: str, value: str, client_for: Clients, place: School) -> None:
    body = {**body_for(desk_of(place, "activities_section", "club_office", None)), name: value}
    before = count(place, "club_office")
    is_a_page_of_ours(client_for("activities_section").post("/admin/club_office/new/", data=body), 422)
    assert count(place, "club_office") == before


NUMBERS = {"score": ["101", "-1", "NaN", "1e400", "∞"], "credits": ["-1", HUGE], "course_grade": ["4", "0", "一"]}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in NUMBERS.items() for value in values])
def test_a_number_no_column_holds_is_a_422(name: str, value: str, client_for: Clients, place: School) -> None:
    body = {**body_for(desk_of(place, "registration_section", "grade", None)), name: value}
    before = count(place, "grade")
    is_a_page_of_ours(client_for("registration_section").post("/admin/grade/new/", data=body), 422)
    assert count(place, "grade") == before


CHOICES = [
    ("registration_section", "registry_check", "result", "no such word"),
    ("registration_section", "student", "gender", "女"),
    ("equipment_section", "appointment", "post", "no such post"),
    ("equipment_section", "delegation", "subjects", "no such subject"),
    ("equipment_section", "duty", "acts", "abolish"),
    ("student", "contest", "field", "gambling"),
]


@pytest.mark.parametrize(("username", "screen", "name", "value"), CHOICES)
def test_a_word_no_list_holds_is_a_422(
    username: str, screen: str, name: str, value: str, client_for: Clients, place: School
) -> None:
    body = {**body_for(desk_of(place, username, screen, None)), name: value}
    is_a_page_of_ours(client_for(username).post(f"/admin/{screen}/new/", data=body), 422)


def test_nul_in_a_form_is_refused(client_for: Clients) -> None:
    is_a_page_of_ours(client_for("activities_section").post("/admin/club/new/", data={"name": "機器\0人社"}), 400)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str, client_for: Clients) -> None:
    client = client_for("activities_section")
    answer = getattr(client, method)("/admin/club_office/delete/?id=1", headers={"X-CSRFToken": client.token})
    is_a_page_of_ours(answer, 400, 405)


def test_a_form_of_too_many_bytes_is_refused(client_for: Clients) -> None:
    body = {"name": "機" * 2_000_000}
    is_a_page_of_ours(client_for("activities_section").post("/admin/club/new/", data=body), 413)


PAGES = [
    *(f"/regulation/{{}}{page}" for page in ("", "/copy", "/difference", "/publish")),
    "/regulation/readings/{}/clear",
    "/admin/{}/",
    "/permissions?division={}",
    "/permissions?on={}",
    "/permissions?post={}",
    "/permissions?subject={}",
    "/permissions/explain?person={}",
    "/permissions/people?query={}",
]
GAPS = ["0", "-1", "abc", "9999999999", HUGE, "９", "²", "%00", "%ED%A0%80", "..", "%2e%2e%2fetc", "'", "%25", "1%0a"]


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("page", PAGES)
def test_an_address_nobody_made_is_answered(page: str, gap: str, client_for: Clients) -> None:
    assert client_for("executive_secretary").get(page.format(gap)).status_code < 500


@pytest.mark.parametrize("gap", ["", "abc", "9999999999", HUGE, "９", "grid:", "grid:account:x", "subject:nothing", "'"])
@pytest.mark.parametrize("name", ["person", "act", "kind", "record"])
def test_a_question_nobody_asks_is_answered(name: str, gap: str, client_for: Clients) -> None:
    asked = {"person": "1", "act": "read", "kind": "grid:grade", "record": "1", name: gap}
    assert client_for("executive_secretary").post("/permissions/explain", data=asked).status_code in (200, 400, 422)
