"""What is held about a person is found wherever it lies."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import Session

from admin_app.services.personal import holdings, people, reading, seen
from models.people import Account, Guardian, Staff, Student
from models.personal_data import PersonalRequest
from models.records.consultation import Consultation, ConsultationStudent
from models.values.identity import mask

PEOPLE = [("student", "student"), ("staff", "homeroom_teacher"), ("guardian", "guardian")]


def person(session: Session, username: str) -> Any:
    return session.scalars(select(Account).where(Account.username == username)).one().person


@pytest.mark.parametrize(("kind", "username"), PEOPLE)
def test_every_table_that_names_the_person_is_counted(kind: str, username: str, school: Session) -> None:
    """The database itself says which tables have a foreign key to the person; nothing of the models is asked."""
    someone = person(school, username)
    found = {(each.table.name, each.way): each.number for each in holdings.of(school, someone)}
    database = inspect(school.get_bind())
    for table in database.get_table_names():
        for key in database.get_foreign_keys(table):
            if key["referred_table"] == kind:
                (column,) = key["constrained_columns"]
                count = text(f'SELECT count(*) FROM "{table}" WHERE "{column}" = :id')  # noqa: S608 - names from the database
                expected = school.scalar(count, {"id": someone.id})
                assert found.get((table, column), 0) == expected, f"{table}.{column}"


def test_a_students_consultations_are_found_though_a_list_names_them(school: Session) -> None:
    taken = school.scalars(select(ConsultationStudent).limit(1)).one()
    held = {each.table.name: each for each in holdings.told(holdings.of(school, taken.student))}
    assert held["consultation"].number == held["consultation_student"].number > 0


def test_a_teacher_is_not_given_the_records_of_students(school: Session) -> None:
    teacher = school.scalars(select(Consultation).limit(1)).one().counselor
    found = holdings.of(school, teacher)
    told = {each.table.name for each in holdings.told(found)}
    handled = {each.table.name for each in holdings.handled(found)}
    assert "consultation" in handled
    assert told.isdisjoint({"consultation", "student", "grade", "learning_outcome", "enrolment"})


def test_secrets_and_other_peoples_names_are_in_no_row(school: Session) -> None:
    student = person(school, "student")
    other = school.scalars(
        select(Student).where(Student.id != student.id, Student.school_class_id == student.school_class_id)
    ).first()
    account = people.account_of(school, student)
    assert other is not None and account is not None
    texts = []
    for each in holdings.told(holdings.of(school, student)):
        sheet = reading.sheet(each)
        assert not any(name.name in ("password_hash", "id_number_index", "token_digest") for name in sheet.columns)
        texts += [cell for row in reading.rows(school, sheet, whose=people.whose(student), full=True) for cell in row]
    assert student.id_number in texts
    assert "本人" in texts
    assert not [cell for cell in texts if other.name in cell and other.name != student.name]
    assert account.password_hash not in texts


def test_on_the_page_the_number_is_masked(school: Session) -> None:
    student = person(school, "student")
    own = next(each for each in holdings.of(school, student) if each.table.name == "student")
    (row,) = reading.rows(school, reading.sheet(own), whose=people.whose(student), full=False)
    assert mask(student.id_number) in row
    assert student.id_number not in row


def test_a_request_about_the_person_is_data_about_them(school: Session) -> None:
    asked = school.scalars(select(PersonalRequest).where(PersonalRequest.student_id.is_not(None)).limit(1)).one()
    assert asked.student is not None
    assert "personal_request" in {each.table.name for each in holdings.told(holdings.of(school, asked.student))}


def test_what_changed_the_person_is_found_by_office(school: Session) -> None:
    student = person(school, "student")
    found = holdings.of(school, student)
    stmt = seen.events(school, student, found)
    kinds = {each.kind for each in school.scalars(stmt)}
    assert {"student", "grade"} <= kinds


@pytest.mark.parametrize("model", [Student, Staff, Guardian])
def test_counting_takes_one_statement(model: Any, school: Session) -> None:
    someone = school.scalars(select(model).limit(1)).one()
    sent: list[str] = []
    event.listen(school.get_bind(), "before_cursor_execute", lambda *given: sent.append(given[2]))
    holdings.of(school, someone)
    assert len(sent) == 1
