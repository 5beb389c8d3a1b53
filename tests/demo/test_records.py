"""The demo school's records: enough of everything, none of it impossible, and the same every time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, func, inspect, select
from sqlalchemy.orm import Session

from admin_app import clock
from models.base import Entity
from models.calendar import Semester, Window
from models.catalogue import ACHIEVEMENTS, ENTITIES, RECORDS
from models.classes import Teaching
from models.codes import Code, CodeList
from models.people import Account, Appointment, Staff, Student
from models.records.certificate_winner import CertificateWinner
from models.records.grade import Grade
from models.records.matching import Match
from models.records.sports_winner import SportsWinner
from models.regulation import Edition
from models.vocabulary import WindowKind
from seed.code_lists import load_codes
from seed.demo import build_demo, demo_accounts, is_empty
from seed.rule import load_rule
from tests.databases import PASSWORD, day

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


NEVER_INVENTED = {
    "stored_file": "the store holds no content for it: a receipt for nothing would be the lie the receipts are there to prevent",
    "uploaded_file": "as above",
    "restore_drill": "there is no backup it could have restored, and a drill is evidence",
}
"""Kinds of which the demo school has no rows, and why."""


def test_there_is_a_believable_amount_of_everything(built: Session) -> None:
    counts = {model.__tablename__: built.scalar(select(func.count(model.id))) or 0 for model in ENTITIES}
    for table, (least, most) in AMOUNTS.items():
        assert least <= counts[table] <= most, f"{table}: {counts[table]}"
    assert {table for table, count in counts.items() if not count} == set(NEVER_INVENTED)
    for model in RECORDS:
        semesters = built.scalar(select(func.count(model.semester_id.distinct())))
        assert semesters and semesters >= 2, model.__zh__
    for model in ACHIEVEMENTS:
        assert counts[model.__tablename__] >= 50, model.__zh__


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
    accounts = build_demo(empty_session, today=day(), now=clock.now(), password=PASSWORD)
    assert accounts == demo_accounts(built)
    empty_session.commit()
    models: tuple[type[Entity], ...] = (Student, Staff, Account, Appointment, Teaching, *RECORDS)
    for model in models:
        assert _facts(empty_session, model) == _facts(built, model), model.__zh__
    before = empty_session.scalar(select(func.count(Student.id)))
    assert build_demo(empty_session, today=day(), now=clock.now(), password="another") == accounts
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
