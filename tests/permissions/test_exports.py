"""What leaves in a file: no formula, only what the person may see, and never without a trace."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app import clock
from admin_app.services.exporting import restore
from models.event import Event
from models.people import Account, Student
from models.records.unit_completion import UnitCompletion, UnitFinding
from models.vocabulary import Division
from tests.permissions.pages import exported
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
    answer = client.post(f"/admin/{screen}/export/xlsx/?semester=all", buffered=True)
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
    answer = client_for("activities_section").post("/admin/club/export/csv/?semester=all", buffered=True)
    assert answer.get_data().startswith("\ufeff社團名稱".encode())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_named_in_chinese(kind: str, client_for: Clients) -> None:
    answer = client_for("activities_section").post(f"/admin/club/export/{kind}/?semester=all", buffered=True)
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
    client_for("sports_section").post(f"/admin/sports_winner/export/{kind}/?semester=all", buffered=True)
    with place.session() as session:
        last = session.scalars(select(Event).where(Event.verb == "export").order_by(Event.id.desc()).limit(1)).one()
        account = session.scalars(select(Account).where(Account.username == "sports_section")).one()
        assert (last.kind, last.account_id, last.actor) == ("sports_winner", account.id, account.person.name)
        assert json.loads(last.changes)["筆數"] == [None, len(place.expected("sports_section", "sports_winner"))]


def test_the_event_of_an_export_holds_no_searched_name(place: School, client_for: Clients) -> None:
    client_for("registration_section").post("/admin/student/export/csv/?search=A123456789&flt.name.has=王小明", buffered=True)
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
