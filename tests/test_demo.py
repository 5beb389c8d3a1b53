"""The demo school: its calendar, its people, what each persona holds, and that it is the same every time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, create_engine, func, inspect, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import load_actor
from admin_app.database import engine_options
from admin_app.rulebook import load_rulebook
from admin_app.services.accounts import verify
from models.base import Entity
from models.calendar import Semester, Window
from models.catalogue import ACHIEVEMENTS, ENTITIES, RECORDS
from models.classes import Department, Enrolment, SchoolClass, Teaching
from models.codes import Code, CodeList
from models.people import Account, Appointment, Guardianship, Staff, Student
from models.records.certificate_winner import CertificateWinner
from models.records.grade import Grade
from models.records.learning_outcome import LearningOutcome
from models.records.matching import Match
from models.records.sports_winner import SportsWinner
from models.regulation import Duty, Edition, Post, Seat
from models.values.identity import check_id_number
from models.vocabulary import EnrolmentStatus, WindowKind
from seed.codes import load_codes
from seed.demo import build_demo, demo_accounts, is_empty
from seed.demo.calendar import school_calendar, windows
from seed.rule import load_rule

from .conftest import PASSWORD, Servers

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

AMOUNTS = {
    "student": (1324, 1324),
    "staff": (135, 150),
    "department": (10, 10),
    "enrolment": (13_000, 19_000),
    "grade": (11_000, 19_000),
    "registry_check": (1_900, 2_650),
    "elective_course": (1_000, 3_500),
    "general_career_plan": (200, 800),
    "vocational_career_plan": (500, 1_600),
    "consultation": (200, 400),
    "class_office": (500, 900),
    "school_office": (20, 40),
    "club": (40, 60),
    "club_membership": (1_000, 2_000),
    "club_office": (150, 250),
    "certificate_winner": (100, 400),
    "sports_winner": (40, 150),
    "learning_outcome": (700, 2_000),
    "student_training": (10, 20),
    "class_completion": (60, 80),
    "unit_completion": (82, 82),
    "award": (8, 12),
}

days = st.dates(dt.date(2018, 8, 1), dt.date(2060, 7, 31))


@pytest.fixture(scope="module")
def built(servers: Servers, templates: dict[str, str], engine_name: str) -> Iterator[Session]:
    """One copy of the demo school for all tests that only read."""
    engine = create_engine(**engine_options(servers.copy(engine_name, "school")))
    with Session(engine) as session:
        yield session
    engine.dispose()


@given(days)
def test_any_day_lies_in_the_current_of_three_semesters(today: dt.date) -> None:
    oldest, previous, current = school_calendar(today)
    assert current.starts_on <= today <= current.ends_on
    assert current.closed_on is None
    for earlier, later in ((oldest, previous), (previous, current)):
        assert earlier.starts_on < earlier.ends_on
        assert earlier.closed_on is not None and earlier.ends_on < earlier.closed_on < later.starts_on
        assert (later.year, later.number) in ((earlier.year, 2), (earlier.year + 1, 1))


@pytest.mark.parametrize("year", range(2025, 2030))
def test_every_day_of_a_year_has_its_semester(year: int) -> None:
    first = dt.date(year, 8, 1)
    terms = {school_calendar(first + dt.timedelta(days=number))[-1] for number in range(365)}
    assert {(term.year, term.number) for term in terms if not term.shifted} == {(year - 1911, 1), (year - 1911, 2)}


@given(days)
def test_uploads_stay_open_for_two_weeks_after_the_last_day(today: dt.date) -> None:
    for term in school_calendar(today):
        for window in windows(term):
            assert window.opens_at < window.closes_at
            if window.kind is WindowKind.upload and not (window.grade == 3 and term.number == 2):
                assert window.closes_at.date() >= term.ends_on + dt.timedelta(days=14)


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


def test_there_is_a_believable_amount_of_everything(built: Session) -> None:
    counts = {model.__tablename__: built.scalar(select(func.count(model.id))) or 0 for model in ENTITIES}
    for table, (least, most) in AMOUNTS.items():
        assert least <= counts[table] <= most, f"{table}: {counts[table]}"
    assert all(counts[model.__tablename__] > 0 for model in ENTITIES)
    for model in RECORDS:
        semesters = built.scalar(select(func.count(model.semester_id.distinct())))
        assert semesters and semesters >= 2, model.__zh__
    for model in ACHIEVEMENTS:
        assert counts[model.__tablename__] >= 50, model.__zh__


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


def test_nothing_has_happened_in_the_future(built: Session) -> None:
    for model in RECORDS:
        for column in inspect(model).column_attrs:
            if isinstance(column.columns[0].type, Date):
                latest = built.scalar(select(func.max(getattr(model, column.key))))
                assert latest is None or latest <= clock.today(), f"{model.__zh__} {column.key}"


def test_codes_are_those_of_the_lists(built: Session) -> None:
    complete = set(built.scalars(select(CodeList.code).where(CodeList.complete)))
    listed = {(row.list_code, row.value) for row in built.execute(select(Code.list_code, Code.value))}
    for model in ENTITIES:
        for column in model.__table__.columns:
            codes = column.info.get("codes")
            if codes in complete:
                values = set(built.scalars(select(getattr(model, column.key)).distinct())) - {"", None}
                assert {(codes, value) for value in values} <= listed, f"{model.__zh__} {column.key}"


def test_grades_fit_their_pass_mark(built: Session) -> None:
    for grade in built.scalars(select(Grade)):
        assert grade.score is not None and grade.passed == ("1" if grade.score >= grade.pass_mark else "0")
        assert (grade.credits is None) == (grade.division.name == "evening") == (grade.periods is not None)


def test_the_winners_lists_show_every_case(built: Session) -> None:
    assert {each.match for each in built.scalars(select(CertificateWinner))} == set(Match)
    assert {each.match for each in built.scalars(select(SportsWinner))} == set(Match)


def test_the_current_semester_is_open_and_the_others_are_closed(built: Session) -> None:
    semesters = built.scalars(select(Semester).order_by(Semester.starts_on)).all()
    assert [each.closed_on is None for each in semesters] == [False, False, True]
    assert semesters[-1].starts_on <= clock.today() <= semesters[-1].ends_on
    assert all(each.starts_source and each.ends_source and each.national_due_source and each.edition_id for each in semesters)
    assert built.scalar(select(func.count(Window.id))) == 3 * 3 * len(WindowKind)


def test_the_same_day_gives_the_same_school(empty_session: Session, built: Session) -> None:
    assert is_empty(empty_session)
    accounts = build_demo(empty_session, today=clock.today(), now=clock.now(), password=PASSWORD)
    assert accounts == demo_accounts(built)
    empty_session.commit()
    models: tuple[type[Entity], ...] = (Student, Staff, Account, Appointment, Teaching, *RECORDS)
    for model in models:
        assert _facts(empty_session, model) == _facts(built, model), model.__zh__
    before = empty_session.scalar(select(func.count(Student.id)))
    assert build_demo(empty_session, today=clock.today(), now=clock.now(), password="another") == accounts
    assert not empty_session.new and not empty_session.dirty
    assert empty_session.scalar(select(func.count(Student.id))) == before


def _facts(session: Session, model: Any) -> list[Any]:
    """Everything but what is different by design: hashes."""
    names = [each.key for each in inspect(model).column_attrs if each.key not in ("password_hash", "version")]
    return list(session.execute(select(*(getattr(model, name) for name in names)).order_by(model.id)))


def test_codes_and_rule_load_once(empty_session: Session) -> None:
    for _ in range(2):
        load_codes(empty_session)
        load_rule(empty_session, now=clock.now())
    empty_session.commit()
    assert empty_session.scalar(select(func.count(Edition.id))) == 1
    lists = empty_session.scalars(select(CodeList)).all()
    assert len(lists) == len({each.code for each in lists}) > 20
    codes = empty_session.execute(select(Code.list_code, Code.value, Code.valid_until)).all()
    assert len(codes) == len({row[:2] for row in codes}) and all(row.valid_until is None for row in codes)
    assert is_empty(empty_session)
