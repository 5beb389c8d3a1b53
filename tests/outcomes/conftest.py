"""A small class with two teachers, at a moment in the middle of the semester, and files without a store behind them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.actor import Actor, load_actor
from admin_app.rulebook import load_rulebook
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, Enrolment, SchoolClass, Teaching
from models.evidence import FileKind, StoredFile, UploadedFile
from models.people import Account, Appointment, Staff, Student
from models.records.learning_outcome import LearningOutcome
from models.regulation import Edition
from models.values.identity import fake_id_number
from models.vocabulary import Division, Gender, SemesterTerm

MACHINING, SELF_STUDY = "114030402V2130101020001", "114030402V21301090A0001"
NOON = dt.datetime(2026, 12, 1, 12)
TODAY = NOON.date()


@dataclass
class Class:
    """機一甲 in December: 詹子君 learns 機械製造 from 林佳均 and, beside her, 方柏翰; nobody teaches them together with 杜明哲."""

    session: Session
    people: dict[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def actor(self, name: str, *, on: dt.date = TODAY) -> Actor:
        """Somebody as the policy sees them on a day."""
        edition = self.session.scalars(select(Edition)).one()
        return load_actor(self.session, self.people[f"account {name}"], load_rulebook(self.session, edition.id), on=on)

    def work(
        self, name: str = "手動車床操作報告", *, student: str = "詹子君", files: tuple[str, ...] = ("a",), **values: Any
    ) -> LearningOutcome:
        """A draft with files in it."""
        made = LearningOutcome(
            student=self.people[student],
            teaching=values.pop("teaching", self.people["機械製造"]),
            name=name,
            brief="以車床完成階級桿。",
            **values,
        )
        self.session.add(made)
        self.session.flush()
        self.attach(made, *files)
        return made

    def attach(self, outcome: LearningOutcome, *contents: str) -> None:
        """Give a work these contents, in place of what it had."""
        for old in self.session.scalars(select(UploadedFile).where(UploadedFile.record_id == outcome.id)):
            old.record_kind = old.record_id = None
        for content in contents:
            number = next(self.numbers)
            stored = self.session.scalar(select(StoredFile).where(StoredFile.sha256 == content * 64))
            stored = stored or StoredFile(sha256=content * 64, size=10, kind=FileKind.pdf, stored_at=NOON)
            self.session.add(
                UploadedFile(
                    student=outcome.student,
                    stored_file=stored,
                    name="報告.pdf",
                    began_at=NOON,
                    received_at=NOON,
                    key=f"key {number}",
                    receipt_no=f"115-{number:06d}-A",
                    record_kind="learning_outcome",
                    record_id=outcome.id,
                    uploaded_by=self.people["account 詹子君"],
                )
            )
        self.session.flush()


@pytest.fixture
def place(session: Session) -> Class:
    """The class, on both engines."""
    made = Class(session)
    year = SchoolYear(year=115)
    term = Semester(
        school_year=year,
        term=SemesterTerm.first,
        starts_on=dt.date(2026, 9, 1),
        ends_on=dt.date(2027, 1, 20),
        national_due_on=dt.date(2027, 2, 28),
        edition_id=session.scalars(select(Edition.id)).one(),
    )
    department = Department(division=Division.day, name="機械科")
    room = SchoolClass(school_year=year, division=Division.day, department=department, name="機一甲", grade=1)
    staff = {name: Staff(code=f"T{number:03d}", name=name) for number, name in enumerate(STAFF, 1)}
    students = {name: _student(number, name, room) for number, name in enumerate(("詹子君", "徐雅華"), 1)}
    courses = Course(code=MACHINING, name="機械製造"), Course(code=SELF_STUDY, name="自主學習")
    rows = [year, term, department, room, *staff.values(), *students.values(), *courses]
    session.add_all(rows)
    session.flush()
    made.people = {"學期": term, "班": room, **staff, **students}
    for name, teacher, course in (
        ("機械製造", "林佳均", 0),
        ("協同", "方柏翰", 0),
        ("分組", "杜明哲", 0),
        ("自主學習", "林佳均", 1),
    ):
        made.people[name] = Teaching(
            semester=term, school_class=room, course=courses[course], staff=staff[teacher], credits=Decimal(2)
        )
        session.add(made.people[name])
    session.flush()
    for student, name in (("詹子君", "機械製造"), ("詹子君", "協同"), ("詹子君", "自主學習"), ("徐雅華", "分組")):
        session.add(Enrolment(student=students[student], teaching=made.people[name]))
    for name, person in {**staff, **students}.items():
        key = "staff" if name in staff else "student"
        made.people[f"account {name}"] = Account(username=f"u{person.id}{key}", division=Division.day, **{key: person})
        session.add(made.people[f"account {name}"])
    session.add(Appointment(post="academic_office", division=Division.day, staff=staff["葉教務"], began_on=dt.date(2026, 8, 1)))
    session.commit()
    return made


STAFF = ("林佳均", "方柏翰", "杜明哲", "葉教務", "羅代理")


def _student(number: int, name: str, room: SchoolClass) -> Student:
    return Student(
        student_no=f"1151000{number}",
        name=name,
        id_number=fake_id_number(number, Gender.female),
        gender=Gender.female,
        born_on=dt.date(2011, 5, 6),
        division=Division.day,
        school_class=room,
    )
