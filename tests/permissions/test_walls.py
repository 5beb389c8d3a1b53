"""Walls: everybody sees exactly the rows the paper gives them, in lists, exports and pickers; nobody sees the other side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_app import clock
from models.people import Student
from models.records.consultation import Consultation, ConsultationMode, ConsultationStudent
from models.vocabulary import Division
from tests.conftest import sample
from tests.permissions import paper
from tests.permissions.acts import desk_of, record
from tests.permissions.cases import PERSONAS, READERS, SCREENS, SHARED, WRITTEN, related_screen
from tests.permissions.forms import body_for
from tests.permissions.pages import exported, offered, pickers_of, seen
from tests.permissions.school import School

Clients = Callable[[str], Any]

EVERYWHERE = [(username, screen) for screen in SCREENS for username in PERSONAS]
WRITERS = [(username, screen) for screen in WRITTEN for username in PERSONAS if paper.lines_of(username, screen, writing=True)]
SCHOOLS_OWN = "accounts mails reviews classes courses calendar edition trainings completion awards personal_requests retention"
"""Groups of screens that are no student's records."""
STUDENT_RECORDS = sorted(
    {
        screen.partition(":")[0]
        for row in paper.rows("screen_groups")
        for screen in row["screens"].split()
        if row["group"] not in SCHOOLS_OWN.split()
    }
)


def name(case: tuple[str, str]) -> str:
    return f"{case[0]}-{case[1]}"


@pytest.mark.parametrize("case", sample(EVERYWHERE, 600), ids=name)
def test_a_list_shows_exactly_what_the_paper_gives(case: tuple[str, str], place: School, client_for: Clients) -> None:
    username, screen = case
    expected = place.expected(username, screen)
    found = seen(client_for(username), screen)
    assert found.status == (200 if place.opens(username, screen) else 403)
    assert (found.total, found.ids - expected) == (len(expected), set())


@pytest.mark.parametrize("case", sample(EVERYWHERE, 120), ids=name)
def test_an_export_holds_exactly_what_the_paper_gives(case: tuple[str, str], place: School, client_for: Clients) -> None:
    username, screen = case
    if place.opens(username, screen):
        assert len(exported(client_for(username), screen)) == 1 + len(place.expected(username, screen))
    else:
        assert client_for(username).post(f"/admin/{screen}/export/csv/").status_code == 403


@pytest.mark.parametrize("case", WRITERS, ids=name)
def test_a_picker_offers_nobody_out_of_reach(case: tuple[str, str], place: School, client_for: Clients) -> None:
    username, screen = case
    form = client_for(username).get(f"/admin/{screen}/new/")
    assert form.status_code == 200
    for picker in pickers_of(form.text):
        related = related_screen(screen, picker)
        if related not in SHARED:
            shown = {int(each["id"]) for each in offered(client_for(username), screen, picker)}
            assert shown <= place.pickable(username, screen, related), picker


@pytest.mark.parametrize("case", [case for case in WRITERS if case[1] not in SHARED], ids=name)
def test_a_picker_finds_nobody_of_the_other_side_by_number(case: tuple[str, str], place: School, client_for: Clients) -> None:
    username, screen = case
    across = place.student_numbers(Division.evening if place.person(username).division is Division.day else Division.day)
    form = client_for(username).get(f"/admin/{screen}/new/")
    for picker in pickers_of(form.text):
        if related_screen(screen, picker) == "student":
            assert offered(client_for(username), screen, picker, across[0]) == []


@pytest.mark.parametrize("screen", STUDENT_RECORDS)
@pytest.mark.parametrize("username", ["equipment_section", "evening_division", "library_director", "internship_section"])
def test_who_has_no_line_opens_no_record(username: str, screen: str, client_for: Clients) -> None:
    assert seen(client_for(username), screen).status == 403


@pytest.mark.parametrize("screen", STUDENT_RECORDS)
def test_the_student_member_sees_no_other_student(screen: str, place: School, client_for: Clients) -> None:
    mine = place.person("student_representative").student
    shown = seen(client_for("student_representative"), screen).ids
    assert all(row.students == {mine} or mine in row.students for row in place.rows(screen) if row.id in shown)


@pytest.mark.parametrize("screen", STUDENT_RECORDS)
def test_the_parent_member_sees_only_their_children(screen: str, place: School, client_for: Clients) -> None:
    children = place.person("parent_representative").children
    shown = seen(client_for("parent_representative"), screen).ids
    assert all(row.students & children for row in place.rows(screen) if row.id in shown)


@pytest.mark.parametrize("username", ["homeroom_teacher", "evening_homeroom_teacher", "guardian", "parent_representative"])
@pytest.mark.parametrize("screen", ["consultation", "consultation_student"])
def test_consultations_stay_between_student_and_counsellor(username: str, screen: str, client_for: Clients) -> None:
    assert seen(client_for(username), screen).status == 403


@pytest.mark.parametrize("username", ["teacher", "evening_teacher"])
def test_a_teacher_sees_no_outcome_of_another_course(username: str, place: School, client_for: Clients) -> None:
    person = place.person(username)
    foreign = [row for row in place.rows("learning_outcome") if row.teaching not in person.teachings]
    assert foreign
    assert {client_for(username).get(f"/admin/learning_outcome/details/?id={row.id}").status_code for row in foreign[:5]} == {404}


@pytest.mark.parametrize("username", ["homeroom_teacher", "evening_homeroom_teacher"])
def test_a_homeroom_teacher_sees_no_student_of_another_class(username: str, place: School, client_for: Clients) -> None:
    (holding,) = (each for each in place.person(username).holdings if each.post == username)
    foreign = [student for student, held in place.class_of.items() if held != holding.school_class]
    assert {client_for(username).get(f"/admin/student/details/?id={each}").status_code for each in foreign[:5]} == {404}


@pytest.fixture(scope="module")
def group(place: School) -> tuple[int, list[str]]:
    """A consultation of 學生 with two others, and the others' names."""
    mine = place.person("student").student or 0
    with place.session() as session:
        me = session.get_one(Student, mine)
        others = session.scalars(
            select(Student).where(Student.school_class_id == me.school_class_id, Student.id != mine).limit(2)
        ).all()
        consultation = Consultation(
            semester_id=place.current,
            division=Division.day,
            counselor_id=place.person("course_counselor").staff,
            mode=ConsultationMode.group,
            held_on=clock.today(),
            began_at=dt.time(12, 30),
            place="輔導室",
            topic="二年級選課說明",
            content="三人一起談。",
        )
        session.add(consultation)
        session.flush()
        for student in (me, *others):
            session.add(ConsultationStudent(consultation=consultation, student=student))
        session.flush()
        found = (consultation.id, [student.name for student in others])
    place.forget()
    return found


def test_a_student_is_not_told_who_else_was_consulted(group: tuple[int, list[str]], client_for: Clients) -> None:
    number, others = group
    client = client_for("student")
    pages = [client.get(f"/admin/consultation/details/?id={number}"), client.get("/admin/consultation/?search=二年級選課說明")]
    for page in pages:
        assert page.status_code == 200
        assert "二年級選課說明" in page.text
        assert [name for name in others if name in page.text] == []
    assert not [name for name in others if name in str(exported(client, "consultation"))]
    assert not [name for name in others if name in str(exported(client, "consultation_student"))]


def test_a_counsellor_changes_no_talk_with_somebody_elses_student(place: School, client_for: Clients) -> None:
    """One's own student took part, so it may be read; another's did too, so it may not be changed."""
    client, held = client_for("course_counselor"), place.person("course_counselor").holdings
    row = record(place, client, "course_counselor", "consultation")
    with place.session() as session:
        elsewhere = select(Student).where(Student.school_class_id.not_in([each.school_class for each in held]))
        stranger = session.scalars(elsewhere.limit(1)).one()
        session.add(ConsultationStudent(consultation=session.get_one(Consultation, row), student=stranger))
    assert client.get(f"/admin/consultation/details/?id={row}").status_code == 200
    assert client.get(f"/admin/consultation/edit/?id={row}").status_code == 403
    assert client.post("/admin/consultation/delete/", data={"id": row}).status_code == 403


def test_a_counsellor_talks_with_students_of_both_their_classes(place: School, client_for: Clients) -> None:
    held = place.person("course_counselor").holdings
    pair = [next(student for student, where in place.class_of.items() if where == each.school_class) for each in held]
    assert len(pair) > 1
    body = {**body_for(desk_of(place, "course_counselor", "consultation", None)), "mode": "group", "students": pair}
    assert client_for("course_counselor").post("/admin/consultation/new/", data=body).status_code == 302


@pytest.mark.parametrize("screen", sorted(READERS))
def test_a_reader_gets_no_import_template(screen: str, client_for: Clients) -> None:
    assert client_for(READERS[screen]).get(f"/admin/{screen}/template/").status_code in (403, 404)
