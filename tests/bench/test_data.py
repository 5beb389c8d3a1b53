"""The measured school is what the measurements take it for: right references, real encryption, people who see what is theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.services.finding import verify
from models import vault
from models.classes import Enrolment, Teaching
from models.people import Student
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.values.identity import check_id_number
from tests.bench.data import SIZES
from tests.bench.data.school import Facts, build
from tests.databases import Servers


@pytest.fixture(scope="module")
def made(servers: Servers, engine_name: str) -> Iterator[tuple[Session, Facts]]:
    """A tiny school, with its own vault for as long as the module takes."""
    before = vault.vault()
    url = servers.empty(engine_name, f"bench_{id(before)}")
    facts = build(url, SIZES["tiny"])
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session, facts
    engine.dispose()
    vault.install(before)


def test_there_are_as_many_as_said_and_all_references_hold(made: tuple[Session, Facts]) -> None:
    session, _ = made
    assert session.scalar(select(func.count(Student.id))) == 300
    assert session.scalar(select(func.count(LearningOutcome.id))) == 3_000
    whole = select(func.count()).select_from(LearningOutcome).join(LearningOutcome.student).join(LearningOutcome.teaching)
    assert session.scalar(whole.where(Teaching.semester_id == LearningOutcome.semester_id)) == 3_000
    own = whole.join(Student.school_class).where(Teaching.school_class_id == Student.school_class_id)
    assert (session.scalar(own) or 0) > 1_000  # the works of this year are in the lessons of the student's present class


def test_id_numbers_are_encrypted_and_found_by_their_index(made: tuple[Session, Facts]) -> None:
    session, _ = made
    stored = session.execute(text("SELECT id_number, special_status FROM student WHERE id = 7")).one()
    student = session.get_one(Student, 7)
    assert check_id_number(student.id_number) == student.id_number
    assert student.id_number not in stored[0]
    assert all(vault.vault().is_newest(each) for each in stored)
    assert session.scalar(select(Student.id).where(Student.id_number_index == vault.vault().index(student.id_number))) == 7


def test_the_next_row_gets_the_next_id(made: tuple[Session, Facts]) -> None:
    session, facts = made
    outcome = session.get_one(LearningOutcome, facts.editable)
    session.add(Enrolment(student=outcome.student, semester=outcome.semester, teaching=outcome.teaching))
    session.flush()
    another = LearningOutcome(student=outcome.student, teaching=outcome.teaching, name="另一件", brief="簡述")
    session.add(another)
    session.flush()
    assert another.id == 3_001
    session.rollback()


def test_the_facts_are_true(made: tuple[Session, Facts]) -> None:
    session, facts = made
    assert session.get_one(LearningOutcome, facts.editable).state is OutcomeState.draft
    taught = select(func.count()).select_from(LearningOutcome).join(LearningOutcome.teaching)
    assert (session.scalar(taught.where(Teaching.staff_id == facts.teacher_id)) or 0) > 50
    oldest = select(func.count()).select_from(LearningOutcome).where(LearningOutcome.semester_id == facts.oldest)
    assert session.scalar(oldest) == facts.oldest_outcomes


def test_rows_are_found_by_their_characters(made: tuple[Session, Facts]) -> None:
    assert verify(made[0]) == []


def test_indexes_are_back(made: tuple[Session, Facts]) -> None:
    session, _ = made
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    stmt = "SELECT name FROM sqlite_master WHERE type = 'index'" if sqlite else "SELECT indexname FROM pg_indexes"
    there = {row[0] for row in connection.execute(text(stmt))}
    assert {each.name for table in (Student, LearningOutcome, Teaching) for each in table.__table__.indexes} <= there
