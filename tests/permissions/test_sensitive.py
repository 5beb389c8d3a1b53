"""身分證號 and the other sensitive columns: masked for all; 註冊組 and 進修部幹事 may ask to see them, on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from models.event import Event
from models.people import Student
from models.values.roc import format_roc
from models.vocabulary import Division
from tests.permissions.pages import changed, exported, form_of, seen
from tests.permissions.school import School

Clients = Callable[[str], Any]

MASKED = [
    "guardian",
    "student",
    "evening_student",
    "parent_representative",
    "homeroom_teacher",
    "evening_homeroom_teacher",
    "academic_director",
    "executive_secretary",
    "convener",
    "evening_director",
]
IN_FULL = ["registration_section", "evening_clerk"]
HIDDEN = "（保密）"


def somebody(place: School, username: str) -> Student:
    """A student this person may see."""
    with place.session() as session:
        student = session.get_one(Student, min(place.expected(username, "student")))
        session.expunge(student)
    return student


@pytest.fixture(scope="module", autouse=True)
def _statuses(place: School) -> None:
    """Everybody has a special status, so that nothing is blank by chance."""
    with place.session() as session:
        for number in {min(place.expected(username, "student")) for username in (*MASKED, *IN_FULL)}:
            student = session.get_one(Student, number)
            student.special_status, student.indigenous_group, student.language_dialect = "071", "泰雅族", "賽考利克泰雅語"


def secrets(student: Student) -> list[str]:
    return [student.id_number, format_roc(student.born_on), student.born_on.isoformat(), "賽考利克泰雅語", "泰雅族"]


def reveals(place: School) -> list[Event]:
    """Every event of sensitive columns shown in full, the oldest first."""
    with place.session() as session:
        found = list(session.scalars(select(Event).where(Event.verb == "reveal").order_by(Event.id)))
        session.expunge_all()
    return found


def pages(client: Any, student: Student) -> list[str]:
    """Everywhere a student's row is shown."""
    return [
        client.get(f"/admin/student/?search={student.student_no}").text,
        client.get(f"/admin/student/details/?id={student.id}").text,
        "\n".join(",".join(row) for row in exported(client, "student", search=student.student_no)),
    ]


@pytest.mark.parametrize("username", MASKED)
def test_a_reader_sees_no_sensitive_value(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    for page in pages(client_for(username), student):
        assert student.name in page
        assert [secret for secret in secrets(student) if secret in page] == []


@pytest.mark.parametrize("username", MASKED)
def test_a_reader_sees_the_masked_number(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    masked = f"{student.id_number[:3]}*****{student.id_number[-2:]}"
    for page in pages(client_for(username), student):
        assert masked in page
        assert HIDDEN in page


@pytest.mark.parametrize("username", IN_FULL)
def test_lists_and_pages_are_masked_for_the_registrar_too(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    for page in (*pages(client_for(username), student), client_for(username).get(f"/admin/student/history/?id={student.id}").text):
        assert student.name in page
        assert [secret for secret in secrets(student) if secret in page] == []


@pytest.mark.parametrize("username", IN_FULL)
@pytest.mark.parametrize(("page", "where"), [("details", "詳細資料"), ("history", "異動紀錄")])
def test_the_registrar_asks_to_see_everything_and_is_recorded(
    page: str, where: str, username: str, place: School, client_for: Clients
) -> None:
    student, before = somebody(place, username), len(reveals(place))
    answer = client_for(username).post(f"/admin/student/{page}/?id={student.id}")
    assert answer.status_code == 200
    assert "賽考利克泰雅語" in answer.text
    found = reveals(place)
    assert len(found) == before + 1
    assert (found[-1].kind, found[-1].record_id, found[-1].note) == ("student", student.id, where)
    assert "身分證號" in found[-1].changes
    assert [secret for secret in secrets(student) if secret in found[-1].changes + found[-1].note] == []


@pytest.mark.parametrize("username", IN_FULL)
def test_opening_the_form_is_recorded_once(username: str, place: School, client_for: Clients) -> None:
    student, before = somebody(place, username), len(reveals(place))
    url = f"/admin/student/edit/?id={student.id}"
    page = client_for(username).get(url)
    assert student.id_number in page.text
    assert client_for(username).post(url, data=changed(form_of(page.text), name="")).status_code == 422
    assert [event.note for event in reveals(place)[before:]] == ["編輯表單"]


@pytest.mark.parametrize("username", MASKED)
@pytest.mark.parametrize("page", ["details", "history"])
def test_a_reader_cannot_ask_to_see_everything(username: str, page: str, place: School, client_for: Clients) -> None:
    student, before = somebody(place, username), len(reveals(place))
    assert "顯示完整資料" not in client_for(username).get(f"/admin/student/{page}/?id={student.id}").text
    answer = client_for(username).post(f"/admin/student/{page}/?id={student.id}")
    assert answer.status_code == 403
    assert [secret for secret in secrets(student) if secret in answer.text] == []
    assert len(reveals(place)) == before


@pytest.mark.parametrize("username", IN_FULL)
def test_the_registrar_finds_a_student_by_the_whole_number(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    assert seen(client_for(username), "student", search=student.id_number).ids == {student.id}


@pytest.mark.parametrize("username", MASKED)
def test_a_reader_cannot_find_out_a_number_by_searching(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    assert seen(client_for(username), "student", search=student.id_number).total == 0


@pytest.mark.parametrize("username", MASKED)
@pytest.mark.parametrize(
    "query", ["flt.born_on.from=2000-01-01", "flt.born_on.is={born}", "sort=born_on", "flt.id_number.is={number}"]
)
def test_a_reader_cannot_find_out_a_value_by_filtering(username: str, query: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    address = query.format(born=student.born_on.isoformat(), number=student.id_number)
    answer = client_for(username).get(f"/admin/student/?{address}")
    assert answer.status_code == 400


@pytest.mark.parametrize("username", MASKED)
def test_a_reader_does_not_see_old_values_in_the_history(username: str, place: School, client_for: Clients) -> None:
    student = somebody(place, username)
    with place.session() as session:
        session.get_one(Student, student.id).language_valid_until = "1190731"
    page = client_for(username).get(f"/admin/student/details/?id={student.id}").text
    assert "族語認證有效日期" in page
    assert "1190731" not in page


def test_the_registrar_of_one_side_sees_nobody_of_the_other(place: School, client_for: Clients) -> None:
    for username, other in (("registration_section", "evening_clerk"), ("evening_clerk", "registration_section")):
        foreign = somebody(place, other)
        assert client_for(username).get(f"/admin/student/details/?id={foreign.id}").status_code == 404
        assert seen(client_for(username), "student", search=foreign.id_number).total == 0


def test_numbers_are_unreadable_in_the_database(place: School) -> None:
    with place.session() as session:
        student = session.scalars(select(Student).limit(1)).one()
        stored = session.execute(text("SELECT id_number, special_status FROM student WHERE id = :id"), {"id": student.id}).one()
        assert student.id_number not in "".join(stored)


def test_no_page_or_file_shows_a_password_hash(place: School, client_for: Clients) -> None:
    client = client_for("equipment_section")
    number = min(place.expected("equipment_section", "account"))
    shown = [client.get("/admin/account/").text, client.get(f"/admin/account/details/?id={number}").text]
    shown.append(str(exported(client, "account")))
    assert not [page for page in shown if "argon2" in page or "password_hash" in page]


def test_events_keep_no_number_readable(place: School, client_for: Clients) -> None:
    with place.session() as session:
        student = session.scalars(select(Student).where(Student.division == Division.day).limit(1)).one()
        kept = session.execute(text("SELECT changes, note FROM event WHERE kind = 'student' LIMIT 50")).all()
        assert kept
        assert not [row for row in kept if student.id_number in row.changes + row.note or student.name in row.changes]
