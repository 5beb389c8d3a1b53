"""What leaves in a file: no formula, only what the person may see, and never without a trace."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app import clock
from admin_app.services.exporting import restore
from models.event import Event
from models.people import Account, Student
from models.records.unit_completion import UnitCompletion, UnitFinding
from models.sign_in import SignInSession
from models.vocabulary import Division
from tests.permissions.cases import SCREENS, opener
from tests.permissions.conftest import enter
from tests.permissions.pages import PURPOSE, exported
from tests.permissions.school import School
from tests.services.formulas import FORMULAS

Clients = Callable[[str], Any]
DANGEROUS = tuple("=+-@＝＋－＠")


@pytest.fixture(scope="module", autouse=True)
def _formulas(place: School) -> None:
    """Remarks that a spreadsheet would run, one on each row."""
    common = {"unit": "活動組", "finding": UnitFinding.underway, "division": Division.day, "semester_id": place.current}
    with place.session() as session:
        for number, text in enumerate(FORMULAS):
            session.add(UnitCompletion(duty_code=f"F{number}", checked_on=clock.today(), remark=text, **common))


def workbook(client: Any, screen: str) -> bytes:
    answer = client.post(f"/admin/{screen}/export/xlsx/?semester=all", data=PURPOSE, buffered=True)
    assert answer.status_code == 200
    data: bytes = answer.get_data()
    return data


def test_no_cell_of_a_csv_begins_a_formula(client_for: Clients) -> None:
    cells = [cell for row in exported(client_for("executive_secretary"), "unit_completion") for cell in row]
    assert not [cell for cell in cells if cell.strip("\t\r\n \u3000\u200b\ufeff").startswith(DANGEROUS)]


def test_what_a_csv_guards_can_be_read_back(client_for: Clients) -> None:
    heading, *rows = exported(client_for("executive_secretary"), "unit_completion")
    assert set(FORMULAS) <= {restore(row[heading.index("備註")]) for row in rows}


def test_no_cell_of_a_workbook_is_a_formula(client_for: Clients) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(client_for("executive_secretary"), "unit_completion"))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<f " in sheet or "<hyperlink" in sheet]


def test_a_csv_opens_in_excel_as_chinese(client_for: Clients) -> None:
    answer = client_for("activities_section").post("/admin/club/export/csv/?semester=all", data=PURPOSE, buffered=True)
    assert answer.get_data().startswith("\ufeff社團名稱".encode())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_named_in_chinese(kind: str, client_for: Clients) -> None:
    answer = client_for("activities_section").post(f"/admin/club/export/{kind}/?semester=all", data=PURPOSE, buffered=True)
    name = unquote(answer.headers["Content-Disposition"].split("filename*=UTF-8''")[1])
    assert name.startswith("社團")
    assert name.endswith(f".{kind}")


def test_numbers_of_a_workbook_are_numbers(client_for: Clients) -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook(client_for("teacher"), "grade"))).get_sheet_by_index(0)
    rows = sheet.to_python()
    scores = [row[rows[0].index("學期學業成績")] for row in rows[1:]]
    assert {type(score) for score in scores if score != ""} <= {float, int}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_an_event_before_its_first_byte(kind: str, place: School, client_for: Clients) -> None:
    client_for("sports_section").post(f"/admin/sports_winner/export/{kind}/?semester=all", data=PURPOSE, buffered=True)
    with place.session() as session:
        last = session.scalars(select(Event).where(Event.verb == "export").order_by(Event.id.desc()).limit(1)).one()
        account = session.scalars(select(Account).where(Account.username == "sports_section")).one()
        assert (last.kind, last.account_id, last.actor) == ("sports_winner", account.id, account.person.name)
        assert json.loads(last.changes)["筆數"] == [None, len(place.expected("sports_section", "sports_winner"))]


def test_the_event_of_an_export_holds_no_searched_name(place: School, client_for: Clients) -> None:
    client_for("registration_section").post(
        "/admin/student/export/csv/?search=A123456789&flt.name.has=王小明", data=PURPOSE, buffered=True
    )
    with place.session() as session:
        last = session.scalars(select(Event).where(Event.verb == "export").order_by(Event.id.desc()).limit(1)).one()
        assert "A123456789" not in last.changes + last.note
        assert "王小明" not in last.changes + last.note


def test_an_export_takes_the_pages_filter(place: School, client_for: Clients) -> None:
    with place.session() as session:
        student = session.scalars(select(Student).where(Student.division == Division.day).limit(1)).one()
        number, name = student.student_no, student.name
    rows = exported(client_for("registration_section"), "student", search=number)
    assert [name in row for row in rows[1:]] == [True]


@pytest.mark.parametrize("said", [{}, {"purpose": ""}, {"purpose": "nothing_known"}, {"purpose": "other"}])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_leaves_without_a_purpose(kind: str, said: dict[str, str], place: School, client_for: Clients) -> None:
    before = exports_of(place, "club")
    answer = client_for("activities_section").post(f"/admin/club/export/{kind}/?semester=all", data=said)
    assert answer.status_code == 422
    assert "用途" in answer.text
    assert 'formaction="/admin/club/export/xlsx/?semester=all"' in answer.text
    assert exports_of(place, "club") == before


def test_the_event_keeps_the_purpose_the_columns_and_whether_in_full(place: School, client_for: Clients) -> None:
    exported(client_for("registration_section"), "student", search="林")
    kept = exports_of(place, "student")[-1]
    assert kept["用途"] == [None, "校內檢核與校對：期末檢核"]
    assert kept["完整個資"] == [None, False]
    assert "身分證號" in kept["欄位"][1]


def test_a_reader_never_gets_a_file_in_full(place: School, client_for: Clients) -> None:
    before = exports_of(place, "student")
    client = client_for("homeroom_teacher")
    assert "含完整個資" not in client.get("/admin/student/export/").text
    assert client.post("/admin/student/export/csv/", data={**PURPOSE, "full": "1"}).status_code == 403
    assert exports_of(place, "student") == before


def test_the_page_before_says_what_would_leave(place: School, client_for: Clients) -> None:
    with place.session() as session:
        student = session.scalars(select(Student).where(Student.division == Division.day).limit(1)).one()
        number = student.student_no
    page = client_for("registration_section").get(f"/admin/student/export/?search={number}").text
    assert "共 <strong>1</strong> 筆" in page
    assert f"搜尋「{number}」" in page
    assert "身分證號" in page
    assert "含完整個資" in page


def test_a_workbook_says_who_made_it_when_and_what_for(client_for: Clients) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(client_for("activities_section"), "club")))
    assert book.sheet_names[-1] == "匯出說明"
    said = dict(book.get_sheet_by_name("匯出說明").to_python())
    assert said["用途"] == "校內檢核與校對：期末檢核"
    assert "活動組" in said["匯出者"]
    assert said["個資"] == "個資欄位已遮罩"


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_asks_before_it_exports(screen: str, client_for: Clients) -> None:
    client = client_for(opener(screen))
    page = client.get(f"/admin/{screen}/export/?semester=all")
    assert page.status_code == 200
    assert "匯出的範圍" in page.text


def exports_of(place: School, kind: str) -> list[dict[str, Any]]:
    """What the events of a kind's exports say, the oldest first."""
    with place.session() as session:
        stmt = select(Event).where(Event.verb == "export", Event.kind == kind).order_by(Event.id)
        return [json.loads(event.changes) for event in session.scalars(stmt)]


@pytest.mark.parametrize("username", ["registration_section", "evening_clerk"])
def test_a_file_in_full_takes_a_fresh_confirmation(username: str, app: Flask, place: School) -> None:
    client: Any = enter(app, username)
    body = {**PURPOSE, "full": "1"}
    with place.session() as session:
        expected = session.get_one(Student, min(place.expected(username, "student")))
        number, url = expected.id_number, f"/admin/student/export/csv/?search={expected.student_no}"
        for row in session.scalars(select(SignInSession)):
            row.confirmed_at = None
    before = exports_of(place, "student")
    asked = client.post(url, data=body)
    assert "再確認一次" in asked.text
    assert exports_of(place, "student") == before
    assert number not in asked.text
    with place.session() as session:
        for row in session.scalars(select(SignInSession)):
            row.confirmed_at = clock.now()
    answer = client.post(url, data=body, buffered=True)
    assert answer.status_code == 200
    assert number in answer.get_data().decode("utf-8-sig")
    assert exports_of(place, "student")[-1]["完整個資"] == [None, True]
