"""Every model says what it is, and the database itself refuses rows that break a rule."""

from __future__ import annotations

import datetime as dt
import pkgutil
import sys
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import ColumnProperty, Session, configure_mappers

import models
from models.base import Entity
from models.calendar import SchoolYear, Semester
from models.catalogue import ACHIEVEMENTS, ENTITIES, METADATA, RECORDS
from models.classes import Course, Department, SchoolClass, Teaching
from models.people import Staff, Student
from models.records.achievements.artwork import Artwork
from models.records.achievements.certificate import Certificate
from models.records.achievements.contest import Contest
from models.records.achievements.service_learning import ServiceLearning
from models.records.certificate_winner import CertificateWinner, WinnerKind
from models.records.class_completion import ClassCompletion
from models.records.club import Club
from models.records.club_membership import ClubMembership
from models.records.club_office import ClubOffice
from models.records.consultation import Consultation, ConsultationMode
from models.records.grade import Grade
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.records.matching import Match
from models.records.sports_winner import SportsWinner
from models.vocabulary import Act, Division, Gender, SemesterTerm, Subject

LONGEST_NAME = 63
"""What PostgreSQL keeps of a constraint's name."""

DAY = dt.date(2026, 9, 1)
KEYS: dict[str, Any] = {"student_id": 1, "semester_id": 1, "division": Division.day}


@pytest.fixture
def school(empty_session: Session) -> Connection:
    """One student of 機一甲 with what their records refer to, each with id 1."""
    connection = empty_session.connection()
    connection.execute(insert(SchoolYear), [{"year": 115}])
    semester = {"school_year_id": 1, "term": SemesterTerm.first, "starts_on": DAY, "ends_on": dt.date(2027, 1, 20)}
    connection.execute(insert(Semester), [semester])
    connection.execute(insert(Department), [{"division": Division.day, "name": "機械科"}])
    school_class = {"school_year_id": 1, "division": Division.day, "department_id": 1, "name": "機一甲", "grade": 1}
    connection.execute(insert(SchoolClass), [school_class])
    connection.execute(insert(Staff), [{"code": "T001", "name": "林佳均", "division": Division.day}])
    connection.execute(insert(Student), [student(1)])
    connection.execute(insert(Course), [{"code": "114030402V2130101020001", "name": "機械製造"}])
    teaching = {"semester_id": 1, "division": Division.day, "school_class_id": 1, "course_id": 1, "staff_id": 1}
    connection.execute(insert(Teaching), [teaching])
    connection.execute(insert(Club), [{"semester_id": 1, "division": Division.day, "name": "機器人研究社"}])
    return connection


def student(number: int) -> dict[str, Any]:
    return {
        "student_no": f"1151000{number}",
        "name": "詹子君",
        "id_number": "A123456789",
        "id_number_index": f"{number:064d}",
        "gender": Gender.female,
        "born_on": dt.date(2011, 5, 6),
        "division": Division.day,
        "school_class_id": 1,
    }


def shown(model: type[Entity]) -> list[ColumnProperty[Any]]:
    return list(inspect(model).column_attrs)


def label(prop: ColumnProperty[Any]) -> str:
    return str({**getattr(prop.columns[0], "info", {}), **prop.info}.get("zh", ""))


def test_the_tables_can_be_made_from_the_models_alone() -> None:
    configure_mappers()
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    assert set(inspect(engine).get_table_names()) == set(METADATA.tables)
    engine.dispose()


def test_every_module_of_models_is_in_the_catalogue() -> None:
    found = {module.name for module in pkgutil.walk_packages(models.__path__, "models.")}
    assert {name for name in found if not name.startswith("models.values.")} <= set(sys.modules)


def test_a_model_is_found_once() -> None:
    tables = [model.__tablename__ for model in ENTITIES]
    assert len(tables) == len(set(tables))
    assert set(RECORDS) < set(ENTITIES)


def test_the_ten_categories() -> None:
    assert {model.__tablename__ for model in ACHIEVEMENTS} == {
        "leadership",
        "contest",
        "certificate",
        "service_learning",
        "flexible_learning",
        "group_activity",
        "workplace_learning",
        "artwork",
        "precollege_course",
        "other_achievement",
    }


@pytest.mark.parametrize("model", ENTITIES, ids=lambda model: model.__tablename__)
def test_a_model_says_what_it_is(model: type[Entity]) -> None:
    assert model.__zh__
    assert isinstance(model.__subject__, Subject)
    assert isinstance(model.__write_act__, Act)
    assert model.__doc__
    assert model.__subject__ in model.lenses()
    assert "__str__" in {name for each in model.__mro__ if each is not object for name in vars(each)}


@pytest.mark.parametrize("model", ENTITIES, ids=lambda model: model.__tablename__)
def test_every_column_has_a_label_of_its_own(model: type[Entity]) -> None:
    labels = [label(prop) for prop in shown(model)]
    assert all(labels), [prop.key for prop in shown(model) if not label(prop)]
    assert len(labels) == len(set(labels)), labels


@pytest.mark.parametrize("model", ENTITIES, ids=lambda model: model.__tablename__)
def test_a_natural_key_names_real_attributes(model: type[Entity]) -> None:
    attributes = inspect(model).attrs.keys()
    assert model.__natural_key__
    assert set(model.__natural_key__) <= set(attributes)


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_names_are_short_enough_for_postgresql(table: Any) -> None:
    names = [str(each.name) for each in (*table.constraints, *table.indexes)]
    assert all(names)
    assert [name for name in names if len(name) > LONGEST_NAME] == []


OFFICE = {"club_id": 1, "title": "社長", "began_on": DAY, "ended_on": dt.date(2026, 9, 2)}
GRADE = {"course_id": 1, "course_grade": 1, "score": Decimal("78.5")}
ARTWORK = {"name": "校園庭園模型", "made_on": DAY}
SERVICE = {"name": "書籍整理", "organiser": "龍潭區立圖書館", "began_on": DAY, "hours": Decimal(8)}
OUTCOME = {"teaching_id": 1, "name": "手動車床操作報告", "brief": "以車床完成階級桿。"}
CONFIRMED = {"semester_id": 1, "division": Division.day, "school_class_id": 1, "confirmed_on": DAY, "outcome_confirmed": True}
SENT = {"sent_at": dt.datetime(2026, 12, 1, 9)}

GOOD = [
    (ClubOffice, {**KEYS, **OFFICE}),
    (Grade, {**KEYS, **GRADE}),
    (Grade, {**KEYS, **GRADE, "score": None}),
    (Artwork, {**KEYS, **ARTWORK, "brief": "學" * 100, "external_link": "https://video.example.tw/1"}),
    (ServiceLearning, {**KEYS, **SERVICE}),
    (LearningOutcome, {**KEYS, **OUTCOME}),
    (ClassCompletion, CONFIRMED),
]

BAD = [
    ("ends_after_it_begins", ClubOffice, {**KEYS, **OFFICE, "ended_on": dt.date(2026, 8, 31)}),
    ("brief_fits|value too long", Artwork, {**KEYS, **ARTWORK, "brief": "學" * 101}),
    ("external_link_is_a_web_address", Artwork, {**KEYS, **ARTWORK, "external_link": "javascript:alert(1)"}),
    ("score_is_a_score", Grade, {**KEYS, **GRADE, "score": Decimal(101)}),
    ("score_is_a_score", Grade, {**KEYS, **GRADE, "score": Decimal(-1)}),
    ("course_grade_is_one_to_three", Grade, {**KEYS, **GRADE, "course_grade": 6}),
    ("hours_is_positive", ServiceLearning, {**KEYS, **SERVICE, "hours": Decimal(0)}),
    ("brief_is_written", LearningOutcome, {**KEYS, **OUTCOME, "brief": ""}),
    ("what_left_the_draft_was_sent", LearningOutcome, {**KEYS, **OUTCOME, "state": OutcomeState.sent}),
    (
        "a_certified_outcome_names_its_certifier",
        LearningOutcome,
        {**KEYS, **OUTCOME, **SENT, "state": OutcomeState.certified, "certified_at": dt.datetime(2026, 12, 2, 9)},
    ),
    ("a_returned_outcome_says_why", LearningOutcome, {**KEYS, **OUTCOME, **SENT, "state": OutcomeState.returned}),
    ("what_is_confirmed_has_its_day", ClassCompletion, {**CONFIRMED, "confirmed_on": None}),
]


@pytest.mark.parametrize(("model", "row"), GOOD, ids=lambda value: getattr(value, "__tablename__", ""))
def test_a_good_row_is_taken(school: Connection, model: type[Entity], row: dict[str, Any]) -> None:
    school.execute(insert(model), [row])


@pytest.mark.parametrize(("rule", "model", "row"), BAD, ids=[rule for rule, _, _ in BAD])
def test_a_bad_row_is_refused(school: Connection, rule: str, model: type[Entity], row: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError, match=rule):
        school.execute(insert(model), [row])


@pytest.mark.parametrize(("model", "row"), GOOD, ids=lambda value: getattr(value, "__tablename__", ""))
def test_the_same_row_is_not_taken_twice(school: Connection, model: type[Entity], row: dict[str, Any]) -> None:
    school.execute(insert(model), [row])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        school.execute(insert(model), [row])


CERTIFICATE = {"name": "機械加工丙級", "obtained_on": DAY, "number": "000-123456"}
CONTEST = {
    "name": "全國中等學校運動會",
    "announced_on": DAY,
    "award": "第三名",
    "level": "3",
    "participation": "1",
    "field": "sports",
}


@pytest.mark.parametrize(
    ("recorded", "match"),
    [
        ([CERTIFICATE], Match.registered),
        ([{**CERTIFICATE, "number": "000-654321"}], Match.differs),
        ([{**CERTIFICATE, "obtained_on": dt.date(2026, 9, 9)}], Match.differs),
        ([{**CERTIFICATE, "number": "000-654321"}, CERTIFICATE], Match.registered),
        ([{**CERTIFICATE, "name": "電腦軟體應用丙級"}], Match.missing),
        ([], Match.missing),
    ],
)
def test_a_certificate_list_is_matched(school: Connection, recorded: list[dict[str, Any]], match: Match) -> None:
    for row in recorded:
        school.execute(insert(Certificate), [{**KEYS, **row}])
    school.execute(insert(Contest), [{**KEYS, **CONTEST, "name": "電腦軟體應用丙級"}])
    winner = {"kind": WinnerKind.certificate, "name": "機械加工丙級", "award": "000-123456", "won_on": DAY}
    school.execute(insert(CertificateWinner), [{**KEYS, **winner}])
    assert school.scalar(select(CertificateWinner.match)) is match
    assert school.scalar(select(CertificateWinner.id).where(CertificateWinner.match == match)) == 1


@pytest.mark.parametrize(
    ("listed", "match"),
    [
        ({"award": "第三名"}, Match.registered),
        ({"award": ""}, Match.registered),
        ({"award": "第一名"}, Match.differs),
        ({"contest_name": "桃園市運動會"}, Match.missing),
    ],
)
def test_a_sports_list_is_matched(school: Connection, listed: dict[str, Any], match: Match) -> None:
    school.execute(insert(Contest), [{**KEYS, **CONTEST}])
    winner = {"contest_name": "全國中等學校運動會", "level": "3", "won_on": DAY, **listed}
    school.execute(insert(SportsWinner), [{**KEYS, **winner}])
    assert school.scalar(select(SportsWinner.match)) is match


def test_another_students_record_does_not_count(school: Connection) -> None:
    school.execute(insert(Student), [student(2)])
    school.execute(insert(Contest), [{**KEYS, **CONTEST, "student_id": 2}])
    winner = {"contest_name": "全國中等學校運動會", "level": "3", "won_on": DAY}
    school.execute(insert(SportsWinner), [{**KEYS, **winner}])
    assert school.scalar(select(SportsWinner.match)) is Match.missing


def test_contests_are_seen_by_field() -> None:
    lenses = Contest.lenses()
    assert lenses[Subject.achievement] is None
    skill, sports = lenses[Subject.certificate_or_skill_contest], lenses[Subject.sports_contest]
    assert skill is not None and sports is not None
    assert "skill" in skill().compile().params.values()
    assert "sports" in sports().compile().params.values()


def person(name: str, division: Division = Division.day) -> Student:
    return Student(student_no=name, name=name, division=division, pass_mark=40, school_class=SchoolClass(name="機一甲"))


def test_a_record_stands_in_its_students_division() -> None:
    assert ClubMembership(student=person("夜", Division.evening)).division is Division.evening


def test_a_grade_takes_the_students_pass_mark() -> None:
    assert Grade(student=person("甲")).pass_mark == 40
    assert Grade(pass_mark=None, student=person("甲")).pass_mark == 40
    assert Grade(pass_mark=60, student=person("甲")).pass_mark == 60


def test_students_of_a_consultation_are_its_participants() -> None:
    one, two, three = person("一"), person("二"), person("三")
    consultation = Consultation(
        counselor=Staff(code="T001", name="林佳均", division=Division.day), mode=ConsultationMode.group, students=[one, two]
    )
    assert consultation.division is Division.day
    kept = consultation.participants[0]
    consultation.students = [one, three]
    assert [each.student for each in consultation.participants] == [one, three]
    assert consultation.participants[0] is kept


def test_a_consultation_names_only_a_single_student(school: Connection, empty_session: Session) -> None:
    school.execute(insert(Student), [student(2)])
    talk = {"semester_id": 1, "counselor": empty_session.get_one(Staff, 1), "held_on": DAY, "place": "團諮室", "content": "選課"}
    alone = Consultation(**talk, mode=ConsultationMode.individual, began_at=dt.time(9), topic="轉科", students=[])
    group = Consultation(**talk, mode=ConsultationMode.group, began_at=dt.time(12, 30), topic="選課", students=[])
    first, second = empty_session.get_one(Student, 1), empty_session.get_one(Student, 2)
    alone.students = [first]
    group.students = [first, second]
    empty_session.add_all([alone, group])
    empty_session.flush()
    assert [(each.semester_id, each.division) for each in group.participants] == [(1, Division.day), (1, Division.day)]
    shown = school.execute(select(Consultation.topic, Consultation.attendees))
    assert {tuple(row) for row in shown} == {("轉科", "詹子君"), ("選課", "2 人")}
    mine = select(Student.id).where(Student.id == 1)
    assert set(school.scalars(select(Consultation.topic).where(Consultation.among(mine, every=False)))) == {"轉科", "選課"}
    assert set(school.scalars(select(Consultation.topic).where(Consultation.among(mine, every=True)))) == {"轉科"}


def test_taking_a_student_out_of_a_consultation_deletes_the_participant(school: Connection, empty_session: Session) -> None:
    school.execute(insert(Student), [student(2)])
    first, second = empty_session.get_one(Student, 1), empty_session.get_one(Student, 2)
    talk = Consultation(
        semester_id=1,
        counselor=empty_session.get_one(Staff, 1),
        mode=ConsultationMode.group,
        held_on=DAY,
        began_at=dt.time(9),
        place="團諮室",
        topic="選課",
        content="選課",
        students=[first, second],
    )
    empty_session.add(talk)
    empty_session.flush()
    empty_session.expire_all()
    talk.students = [second]
    empty_session.flush()
    empty_session.expire_all()
    assert [each.student_id for each in talk.participants] == [second.id]
    assert talk.students == [second]
