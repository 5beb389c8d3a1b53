"""Accounts made from the rosters: whom for, under which name, and what is left out and said so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services.account_life import creating
from admin_app.services.account_life.creating import PersonKind
from models.event import Event
from models.people import Account, Guardian, Guardianship, Staff, Student
from models.values.identity import fake_id_number
from models.vocabulary import Division, EnrolmentStatus, Gender
from tests.permissions.school import School

Clients = Callable[[str], Any]
DAY, EVENING = Division.day, Division.evening
MANY = 2_300
MOST_STATEMENTS = 20


def student(number: int, **values: Any) -> Student:
    return Student(
        student_no=f"7{number:07d}",
        name="溫雅筑",
        id_number=fake_id_number(7_000_000 + number, Gender.female),
        gender=Gender.female,
        born_on=dt.date(2010, 2, 3),
        **values,
    )


def test_everybody_on_the_roster_is_offered_an_account(session: Session) -> None:
    session.add_all([student(1), student(2, status=EnrolmentStatus.suspended), student(3, status=EnrolmentStatus.graduated)])
    session.flush()
    plan = creating.plan(session, PersonKind.student, [DAY], on=clock.today())
    assert [each.username for each in plan.ready] == ["70000001", "70000002"]


def test_the_other_side_of_the_wall_is_not_offered(session: Session) -> None:
    session.add_all([student(1), student(2, division=EVENING)])
    session.flush()
    assert [each.username for each in creating.plan(session, PersonKind.student, [EVENING], on=clock.today()).ready] == ["70000002"]


def test_who_has_left_is_not_offered(session: Session) -> None:
    left = clock.today() - dt.timedelta(days=1)
    session.add_all([Staff(code="X1", name="彭思齊", left_on=left), Staff(code="X2", name="彭以安")])
    session.flush()
    assert [each.username for each in creating.plan(session, PersonKind.staff, [DAY], on=clock.today()).ready] == ["X2"]


def test_a_guardian_without_a_child_at_school_is_not_offered(session: Session) -> None:
    guardians = [Guardian(code="GX1", name="溫志強"), Guardian(code="GX2", name="溫美玲")]
    pupils = [student(1), student(2, status=EnrolmentStatus.withdrawn)]
    session.add_all([*guardians, *pupils])
    session.add_all(Guardianship(guardian=one, student=other) for one, other in zip(guardians, pupils, strict=True))
    session.flush()
    assert [each.username for each in creating.plan(session, PersonKind.guardian, [DAY], on=clock.today()).ready] == ["GX1"]


def test_a_user_name_somebody_has_is_named_and_left_out(session: Session) -> None:
    taken = Staff(code="X1", name="彭思齊")
    session.add_all([taken, Account(username="x2", staff=taken), Staff(code="X2", name="彭以安")])
    session.flush()
    plan = creating.plan(session, PersonKind.staff, [DAY], on=clock.today())
    assert plan.ready == []
    assert [(person.name, "X2" in why) for person, why in plan.refused] == [("彭以安", True)]


def test_of_two_with_one_mail_the_second_has_none_and_is_named(session: Session) -> None:
    session.add_all(Staff(code=f"X{number}", name="彭思齊", email="One@example.edu.tw") for number in (1, 2))
    session.flush()
    plan = creating.plan(session, PersonKind.staff, [DAY], on=clock.today())
    assert [each.email for each in plan.ready] == ["one@example.edu.tw", None]
    assert [person.username for person, _ in plan.without_mail] == ["X2"]
    assert len(creating.create(session, plan.ready, on=clock.today())) == 2


def test_two_thousand_three_hundred_accounts_take_a_bounded_number_of_statements(session: Session) -> None:
    """SQLite hands the keys of many new rows back one row at a time; there a statement is no journey over the network."""
    session.add_all(student(number) for number in range(1, MANY + 1))
    session.flush()
    before = session.scalar(select(func.count(Event.id))) or 0
    sent: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
    plan = creating.plan(session, PersonKind.student, [DAY], on=clock.today())
    made = creating.create(session, plan.ready, on=clock.today())
    assert len(made) == MANY
    asked = [each for each in sent if not (each.startswith("INSERT INTO account") and engine.dialect.name == "sqlite")]
    assert len(asked) <= MOST_STATEMENTS
    assert (session.scalar(select(func.count(Event.id))) or 0) - before == MANY


def test_a_new_account_opens_for_nobody_until_a_password_is_given(session: Session) -> None:
    session.add(student(1))
    session.flush()
    plan = creating.plan(session, PersonKind.student, [DAY], on=clock.today())
    (made,) = creating.create(session, plan.ready, on=clock.today())
    assert (made.password_hash, made.must_change_password, made.created_on) == ("", True, clock.today())


@pytest.mark.parametrize(
    ("username", "mine", "other"), [("equipment_section", "電一甲", "進機一甲"), ("evening_division", "進機一甲", "機三甲")]
)
def test_a_keeper_makes_the_accounts_of_a_class(username: str, mine: str, other: str, place: School, client_for: Clients) -> None:
    client, group = client_for(username), class_id(place, mine)
    page = client.get(f"/accounts/new/student?group={group}")
    assert mine in page.text
    answer = client.post("/accounts/new/student", data={"group": group})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/slips/student?group={group}")
    assert without_account(place, mine) == 0
    hidden = class_id(place, other)
    before = without_account(place, other)
    client.post("/accounts/new/student", data={"group": hidden})
    assert (without_account(place, other), before > 0) == (before, True)


def class_id(place: School, name: str) -> int:
    with place.session() as session:
        return session.scalars(
            select(Student.school_class_id).join(Student.school_class).where(Student.school_class.has(name=name)).limit(1)
        ).one()


def without_account(place: School, name: str) -> int:
    with place.session() as session:
        at_school = (Student.school_class.has(name=name), Student.status.in_(creating.AT_SCHOOL))
        has = select(Account.student_id).where(Account.student_id.is_not(None))
        return session.scalar(select(func.count(Student.id)).where(*at_school, Student.id.not_in(has))) or 0
