"""The school as a test reads it: people with their posts, rows with what they are about, and who reaches which row by the paper.

Plain Python over plain columns, so that it cannot share a mistake with the policy's SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from models.base import Entity
from models.calendar import Semester
from models.catalogue import ENTITIES
from models.classes import Course, SchoolClass, Teaching
from models.people import Account, Appointment, Guardianship, Student
from models.records.club import Club
from models.records.club_membership import ClubMembership
from models.records.consultation import Consultation, ConsultationStudent
from models.vocabulary import Division
from tests.permissions import paper
from tests.permissions.paper import Line
from tests.permissions.people import Holding, Person, load_person

MODELS: dict[str, type[Entity]] = {model.__tablename__: model for model in ENTITIES}
ABOUT = ("division", "student_id", "school_class_id", "teaching_id", "course_id", "semester_id", "field", "unit")


@dataclass(frozen=True)
class Row:
    """What a row is about. `division` None: it stands on both sides of the wall."""

    id: int
    division: Division | None
    students: frozenset[int]
    school_class: int | None
    teaching: int | None
    course: int | None
    semester: int | None
    field: str
    unit: str


class School:
    """The database behind an application under test."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(**engine_options(url))
        self._people: dict[str, Person] = {}
        self._rows: dict[str, list[Row]] = {}

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A signed session; what is changed in it is committed at its end, and what was read before is read anew."""
        with Session(self.engine) as session:
            sign(session, Signature(None, "測試"))
            yield session
            if session.new or session.dirty or session.deleted or session.in_transaction():
                session.commit()

    @cached_property
    def current(self) -> int:
        """The semester under way."""
        with Session(self.engine) as session:
            started = select(Semester.id).where(Semester.starts_on <= clock.today()).order_by(Semester.starts_on.desc())
            return int(session.scalars(started).first() or 0)

    @cached_property
    def class_of(self) -> dict[int, int | None]:
        with Session(self.engine) as session:
            return dict(session.execute(select(Student.id, Student.school_class_id)).all())

    @cached_property
    def department_of(self) -> dict[int | None, int]:
        with Session(self.engine) as session:
            return dict(session.execute(select(SchoolClass.id, SchoolClass.department_id)).all())

    def forget(self) -> None:
        """Read everything again: the test has changed the school."""
        self._people.clear()
        self._rows.clear()
        for name in ("class_of", "department_of", "current"):
            vars(self).pop(name, None)

    def person(self, username: str) -> Person:
        if username not in self._people:
            with Session(self.engine) as session:
                self._people[username] = load_person(session, username)
        return self._people[username]

    def rows(self, screen: str) -> list[Row]:
        """Every row of a screen, by id."""
        if screen not in self._rows:
            with Session(self.engine) as session:
                self._rows[screen] = sorted(_rows(session, MODELS[screen]), key=lambda row: row.id)
        return self._rows[screen]

    def expected(self, username: str, screen: str) -> set[int]:
        """Ids of the rows the paper lets this person read."""
        person = self.person(username)
        found = list(self.lines(person, screen))
        return {row.id for row in self.rows(screen) if any(self._reached(*each, person, row) for each in found)}

    def kept_by(self, username: str, screen: str) -> set[int]:
        """Ids of the rows the paper lets this person write: of a row about several students all must be theirs."""
        person = self.person(username)
        found = list(self.lines(person, screen, writing=True))
        return {row.id for row in self.rows(screen) if any(self._kept(*each, person, row) for each in found)}

    def pickable(self, username: str, screen: str, related: str) -> set[int]:
        """Ids of the rows of `related` that this person's form of `screen` may name: what the writing line itself reaches."""
        person = self.person(username)
        found = list(self.lines(person, screen, writing=True))
        return {row.id for row in self.rows(related) if any(self._may_name(*each, person, row, related) for each in found)}

    def student_numbers(self, division: Division) -> list[str]:
        """學號 of a division's students."""
        with Session(self.engine) as session:
            return list(session.scalars(select(Student.student_no).where(Student.division == division).order_by(Student.id)))

    def lines(self, person: Person, screen: str, *, writing: bool = False) -> Iterator[tuple[Line, Holding]]:
        """The lines of the paper this person's posts give on a screen; posts add up."""
        for holding in person.holdings:
            for post in paper.with_also(holding.post):
                for line in paper.lines_of(post, screen, writing=writing):
                    yield line, holding

    def opens(self, username: str, screen: str) -> bool:
        """Whether the paper gives this person anything at all on a screen."""
        return any(self.lines(self.person(username), screen))

    def _reached(self, line: Line, holding: Holding, person: Person, row: Row) -> bool:
        if line.division and row.division and line.division is not row.division:
            return False
        if line.field and row.field != line.field:
            return False
        if line.reach == "division":
            return True
        if line.reach == "unit":
            return paper.heads().get(row.unit) == line.post
        if line.reach == "taught":
            return _is_taught(person, row)
        if not row.students:
            return row.school_class is not None and self._covers_class(line.reach, holding, row.school_class)
        return any(self._covers(line.reach, holding, person, student) for student in row.students)

    def _kept(self, line: Line, holding: Holding, person: Person, row: Row) -> bool:
        alone = [replace(row, students=frozenset([student])) for student in row.students] or [row]
        return all(self._reached(line, holding, person, each) for each in alone)

    def _may_name(self, line: Line, holding: Holding, person: Person, row: Row, related: str) -> bool:
        if line.division and row.division and line.division is not row.division:
            return False
        if line.reach == "own" and related == "teaching":
            return row.id in person.takes
        if line.reach == "own" and related == "club":
            return row.id in person.clubs
        return self._reached(line, holding, person, row)

    def _covers(self, reach: str, holding: Holding, person: Person, student: int) -> bool:
        match reach:
            case "own":
                return student == person.student
            case "children":
                return student in person.children
        return self._covers_class(reach, holding, self.class_of.get(student))

    def _covers_class(self, reach: str, holding: Holding, school_class: int | None) -> bool:
        if reach == "department":
            return holding.department is not None and self.department_of.get(school_class) == holding.department
        return reach == "class" and school_class is not None and school_class == holding.school_class


def _is_taught(person: Person, row: Row) -> bool:
    if row.teaching is not None:
        return row.teaching in person.teachings
    if row.course is not None and not row.students:
        return row.course in person.courses
    return any((student, row.semester, row.course) in person.taught for student in row.students)


def _rows(session: Session, model: Any) -> Iterator[Row]:
    present = [name for name in ABOUT if name in model.__table__.c]
    about = _named(session, model)
    sides = dict(session.execute(select(Student.id, Student.division)).all()) if model is Guardianship else {}
    for number, *values in session.execute(select(model.id, *(getattr(model, name) for name in present))):
        facts = dict(zip(present, values, strict=True))
        student = number if model is Student else facts.get("student_id")
        yield Row(
            id=number,
            division=sides.get(student or 0) or facts.get("division"),
            students=frozenset(about.get(number, [student] if student and model not in (Account, Appointment) else [])),
            school_class=number if model is SchoolClass else None if model is Student else facts.get("school_class_id"),
            teaching=number if model is Teaching else facts.get("teaching_id"),
            course=number if model is Course else facts.get("course_id"),
            semester=facts.get("semester_id"),
            field=facts.get("field") or "",
            unit=facts.get("unit") or "",
        )


def _named(session: Session, model: Any) -> dict[int, list[int]]:
    """The students of a row that names several: who was consulted, who belongs to a club."""
    pairs = {
        Consultation: select(ConsultationStudent.consultation_id, ConsultationStudent.student_id),
        Club: select(ClubMembership.club_id, ClubMembership.student_id),
    }
    found = defaultdict(list)
    for row, student in session.execute(pairs[model]) if model in pairs else ():
        found[row].append(student)
    return found
