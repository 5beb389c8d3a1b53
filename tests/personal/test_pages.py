"""個資申請 and 我的資料, over HTTP."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.event import Event
from models.people import Account, Guardian, Staff, Student
from models.verbs import Verb
from models.vocabulary import Division
from tests.conftest import SchoolClient
from tests.personal.conftest import confirm_everybody

Clients = Callable[[str], SchoolClient]


def someone(here: Session, username: str) -> Any:
    return here.scalars(select(Account).where(Account.username == username)).one().person


def first(here: Session, model: Any, division: Division) -> Any:
    return here.scalars(select(model).where(model.division == division).order_by(model.id)).first()


WHO = [
    ("registration_section", Student, Division.day, 200),
    ("registration_section", Guardian, Division.day, 200),
    ("registration_section", Student, Division.evening, 404),
    ("registration_section", Staff, Division.day, 404),
    ("evening_clerk", Student, Division.evening, 200),
    ("evening_clerk", Student, Division.day, 404),
    ("equipment_section", Staff, Division.day, 200),
    ("equipment_section", Staff, Division.evening, 404),
    ("equipment_section", Student, Division.day, 404),
    ("evening_division", Staff, Division.evening, 200),
    ("homeroom_teacher", Student, Division.day, 403),
    ("executive_secretary", Student, Division.day, 403),
    ("student", Student, Division.day, 403),
]


@pytest.mark.parametrize(("username", "model", "division", "status"), WHO)
def test_who_may_open_whom(username: str, model: Any, division: Division, status: int, here: Session, client_for: Clients) -> None:
    row = first(here, model, division)
    assert client_for(username).get(f"/personal/{model.__tablename__}/{row.id}").status_code == status
    assert client_for(username).get(f"/personal/{model.__tablename__}/{row.id}/copy").status_code == status


@pytest.mark.parametrize(
    "address", ["/personal/grade/1", "/personal/student/99999999", "/personal/student/abc", "/personal/nobody/1"]
)
def test_nobody_else_is_a_person(address: str, client_for: Clients) -> None:
    assert client_for("registration_section").get(address).status_code == 404


def test_the_page_says_what_is_held_and_masks_it(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    page = client_for("registration_section").get(f"/personal/student/{student.id}?show=student").text
    for zh in ("持有的資料", "修課成績", "課程學習成果", "誰看過或改過"):
        assert zh in page
    assert student.id_number not in page
    assert student.id_number[-2:] in page


def test_looking_is_an_event(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    client_for("registration_section").get(f"/personal/student/{student.id}")
    last = here.scalars(select(Event).where(Event.verb == Verb.disclose.name).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.kind, last.record_id, last.post) == ("student", student.id, "registration_section")


def test_a_cursor_that_is_none_is_said(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    assert client_for("registration_section").get(f"/personal/student/{student.id}?before=xyz").status_code == 400


def test_finding_a_person_by_number(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    assert student.name in client_for("registration_section").get(f"/personal?search={student.student_no}").text
    assert student.name not in client_for("evening_clerk").get(f"/personal?search={student.student_no}").text


# One's own


@pytest.mark.parametrize("username", ["student", "guardian", "homeroom_teacher", "convener"])
def test_everybody_sees_what_is_held_about_themselves(username: str, client_for: Clients) -> None:
    page = client_for(username).get("/account/data")
    assert page.status_code == 200
    assert "持有的資料" in page.text


def test_oneself_is_told_offices_and_no_names(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    clerk = someone(here, "registration_section")
    client_for("registration_section").get(f"/personal/student/{student.id}")
    page = client_for("student").get("/account/data").text
    assert "註冊組" in page
    assert clerk.name not in page
    assert clerk.name in client_for("registration_section").get(f"/personal/student/{student.id}").text


def test_an_export_that_may_have_held_the_person_is_named(here: Session, client_for: Clients) -> None:
    confirm_everybody(here)
    client = client_for("registration_section")
    confirm_everybody(here)
    answer = client.post("/admin/student/export/csv/", data={"purpose": "checking"})
    assert answer.status_code == 200 and answer.data
    answer.close()
    assert "可能包含：匯出" in client_for("student").get("/account/data").text


# The copy


def copy_of(client: SchoolClient, here: Session, student: Any, **data: str) -> Any:
    confirm_everybody(here)
    sent = {"applicant": "詹文彬", "purpose": "個資法 §10 本人申請複製", **data}
    return client.post(f"/personal/student/{student.id}/copy", data=sent)


def test_a_copy_is_complete_readable_and_recorded(here: Session, client_for: Clients) -> None:
    student = someone(here, "student")
    answer = copy_of(client_for("registration_section"), here, student)
    assert answer.mimetype == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert packed.testzip() is None
    names = packed.namelist()
    assert {"說明.html", "誰看過或改過.csv"} <= set(names)
    own = next(name for name in names if name.endswith("學生學籍資料.json"))
    (row,) = json.loads(packed.read(own))
    assert row["身分證號"] == student.id_number
    for name in (each for each in names if each.endswith(".json")):
        rows = list(csv.reader(io.StringIO(packed.read(name.replace(".json", ".csv")).decode("utf-8-sig"))))
        assert len(rows) - 1 == len(json.loads(packed.read(name)))
    last = here.scalars(select(Event).where(Event.note.like("提供副本%")).order_by(Event.id.desc())).first()
    assert last is not None and last.record_id == student.id
    assert "詹文彬" not in last.note
    assert json.loads(last.changes)["申請人"] == [None, "詹文彬"]
    assert "詹文彬" in packed.read("說明.html").decode()


@pytest.mark.parametrize("name", ["applicant", "purpose"])
def test_a_copy_needs_an_applicant_and_a_ground(name: str, here: Session, client_for: Clients) -> None:
    answer = copy_of(client_for("registration_section"), here, someone(here, "student"), **{name: "  "})
    assert answer.status_code == 422
    assert "請填寫" in answer.text


def test_a_copy_asks_again_who_it_is(here: Session, client_for: Clients) -> None:
    client, student = client_for("evening_clerk"), first(here, Student, Division.evening)
    confirm_everybody(here, lately=False)
    answer = client.post(f"/personal/student/{student.id}/copy", data={"applicant": "詹文彬", "purpose": "個資法 §10"})
    assert answer.mimetype == "text/html"
    assert "密碼" in answer.text


def test_what_somebody_typed_is_text_in_the_copy(here: Session, client_for: Clients) -> None:
    answer = copy_of(client_for("registration_section"), here, someone(here, "student"), applicant="<script>alert(1)</script>")
    page = zipfile.ZipFile(io.BytesIO(answer.data)).read("說明.html").decode()
    assert "<script>" not in page
