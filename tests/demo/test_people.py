"""The demo school's people: who they are, what each persona holds, how personas belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import load_actor
from admin_app.rulebook import load_rulebook
from admin_app.services.accounts import verify
from models.calendar import Semester
from models.catalogue import ACHIEVEMENTS
from models.classes import Department, Enrolment, SchoolClass, Teaching
from models.people import Account, Appointment, Guardianship, Staff, Student
from models.records.learning_outcome import LearningOutcome
from models.regulation import Duty, Edition, Post, Seat
from models.values.identity import check_id_number
from models.vocabulary import EnrolmentStatus
from seed.demo import demo_accounts
from tests.databases import PASSWORD

MORE_POSTS = {
    "grade1_representative": {"homeroom_teacher"},
    "grade2_representative": {"homeroom_teacher"},
    "grade3_representative": {"homeroom_teacher"},
    "teacher_representative": {"teacher"},
    "parent_representative": {"guardian"},
    "student_representative": {"student"},
    "convener": {"principal"},
    "executive_secretary": {"counseling_director", "counseling_office"},
    "academic_director": {"academic_office"},
    "internship_director": {"internship_office"},
    "evening_director": {"evening_division"},
}
"""What a persona holds beside the post of the account: what it was elected from, and what the rule gives with it."""


def test_every_post_of_the_rule_can_be_tried(built: Session) -> None:
    holders = dict(_held(built))
    owners = {owner for duty in built.scalars(select(Duty)) for owner in duty.owners}
    assert owners <= set(holders)
    held = set().union(*holders.values())
    assert set(built.scalars(select(Seat.post))) <= held
    assert set(built.scalars(select(Post.code))) == held
    assert {each.username for each in demo_accounts(built)} == set(holders)


def test_a_persona_holds_the_post_of_the_account_and_no_other(built: Session) -> None:
    for username, posts in _held(built):
        assert posts == {username} | MORE_POSTS.get(username, set()), username


def _held(session: Session) -> Iterator[tuple[str, set[str]]]:
    rulebook = load_rulebook(session, session.scalars(select(Edition.id)).one())
    for each in demo_accounts(session):
        account = session.scalars(select(Account).where(Account.username == each.username)).one()
        actor = load_actor(session, account, rulebook, on=clock.today())
        yield each.username, {code for holding in actor.holdings for code in rulebook.with_implied(holding.post)}


@pytest.mark.parametrize("prefix", ["", "evening_"])
def test_personas_belong_together(built: Session, prefix: str) -> None:
    student = _account(built, f"{prefix}student").student
    assert student is not None and student.school_class is not None and student.status is EnrolmentStatus.enrolled
    teacher = _account(built, f"{prefix}teacher").staff_id
    taught = select(Enrolment.id).join(Enrolment.teaching).where(Enrolment.student == student, Teaching.staff_id == teacher)
    assert built.scalars(taught.where(Teaching.semester_id == _current(built).id)).first() is not None
    for post in ("homeroom_teacher", "course_counselor"):
        found = built.scalars(_appointments(prefix + post, _account(built, prefix + post).staff_id))
        assert student.school_class_id in {each.school_class_id for each in found}


def test_the_department_head_and_the_guardian_have_the_demo_student(built: Session) -> None:
    student = _account(built, "student").student
    assert student is not None and student.school_class is not None and student.school_class.name == "機二甲"
    heads = built.scalars(_appointments("department_head", _account(built, "department_head").staff_id)).all()
    assert [each.department_id for each in heads] == [student.school_class.department_id]
    children = select(Guardianship.student_id).where(Guardianship.guardian_id == _account(built, "guardian").guardian_id)
    assert built.scalars(children).all() == [student.id]


@pytest.mark.parametrize("username", ["student", "evening_student"])
def test_a_demo_student_has_records_of_every_kind(built: Session, username: str) -> None:
    student, semester = _account(built, username).student_id, _current(built).id
    for model in ACHIEVEMENTS:
        assert built.scalar(select(func.count()).where(model.student_id == student, model.semester_id == semester)), model.__zh__
    states = select(LearningOutcome.state).where(LearningOutcome.student_id == student, LearningOutcome.semester_id == semester)
    assert len(set(built.scalars(states))) == 4


def _account(session: Session, username: str) -> Account:
    return session.scalars(select(Account).where(Account.username == username)).one()


def _appointments(post: str, staff_id: int | None) -> Any:
    return select(Appointment).where(Appointment.post == post, Appointment.staff_id == staff_id)


def _current(session: Session) -> Semester:
    return session.scalars(select(Semester).order_by(Semester.starts_on.desc())).first() or pytest.fail("沒有學期")


def test_only_personas_and_one_class_have_accounts(built: Session) -> None:
    accounts = built.scalars(select(Account)).all()
    assert all(each.demo and each.enabled for each in accounts)
    assert len({each.password_hash for each in accounts}) == 1 and verify(accounts[0], PASSWORD)
    others = {each.username for each in accounts} - {each.username for each in demo_accounts(built)}
    roster = select(Student.student_no).join(Student.school_class).where(SchoolClass.name == "機二甲")
    students = {each for each in others if each.isdigit()}
    assert len(students) == len(set(built.scalars(roster))) - 1
    assert others - students <= set(built.scalars(select(Staff.code)))


def test_classes_have_their_students(built: Session) -> None:
    year = _current(built).school_year_id
    sizes = dict(
        built.execute(
            select(SchoolClass.name, func.count(Student.id))
            .join(Student, Student.school_class_id == SchoolClass.id)
            .where(SchoolClass.school_year_id == year)
            .group_by(SchoolClass.name)
        ).all()
    )
    assert len(sizes) == 39 and sum(sizes.values()) == 1324
    assert (sizes["普一甲"], sizes["機二甲"], sizes["進食三甲"]) == (34, 36, 25)
    assert {each.name for each in built.scalars(select(Department))} >= {"普通科", "機械科", "畜產保健科"}
    seats = built.execute(select(Student.school_class_id, Student.seat_no)).all()
    assert len(seats) == len(set(seats))


def test_every_homeroom_has_a_tutor_and_a_counselor(built: Session) -> None:
    classes = set(built.scalars(select(SchoolClass.id).where(SchoolClass.school_year_id == _current(built).school_year_id)))
    for post in ("homeroom_teacher", "course_counselor"):
        found = select(Appointment.school_class_id).where(Appointment.post.in_((post, f"evening_{post}")))
        assert Counter(built.scalars(found)) == Counter(classes)


def test_id_numbers_are_valid_and_nobody_shares_one(built: Session) -> None:
    students = built.scalars(select(Student)).all()
    numbers = [each.id_number for each in students]
    assert [check_id_number(number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)
    assert all((each.gender.name == "male") == (each.id_number[1] == "1") for each in students)


def test_names_are_varied_and_some_are_hard_to_type(built: Session) -> None:
    names = built.scalars(select(Student.name)).all()
    assert len(set(names)) == len(names)
    assert any("‧" in name for name in names)
    assert set("堃喆峯瑠") <= set("".join(names))
    assert any(len(name) == 4 and "‧" not in name for name in names)
