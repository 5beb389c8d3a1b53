"""Somebody about to record something: makes the invented people, classes and clubs a form has to name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import select

from models.calendar import SchoolYear, Semester
from models.classes import Course, Enrolment, SchoolClass, Teaching
from models.codes import CodeList
from models.people import Appointment, Guardian, Staff, Student
from models.records.class_completion import ClassCompletion
from models.records.club import Club
from models.regulation import Edition
from models.values.identity import fake_id_number
from models.vocabulary import Division, EditionStatus, Gender
from tests.permissions.people import Holding, Person
from tests.permissions.school import School

NUMBERS = count(1)
INVENTED = 5_000_000
"""Seeds of invented 身分證號, far from those of the demo school."""


@dataclass
class Desk:
    """Somebody about to record something in `screen` for `division`; makes the rows the form has to name."""

    school: School
    person: Person
    screen: str
    division: Division

    def __post_init__(self) -> None:
        self.number = next(NUMBERS)

    @property
    def day(self) -> str:
        """The first day of the current semester."""
        with self.school.session() as session:
            return session.get_one(Semester, self.school.current).starts_on.isoformat()

    @property
    def holding(self) -> Holding:
        """The post that writes here."""
        return next(
            holding
            for line, holding in self.school.lines(self.person, self.screen, writing=True)
            if line.division in (None, self.division)
        )

    @property
    def school_class(self) -> int:
        """A class of this year within reach."""
        held = self.holding
        stmt = select(SchoolClass.id).where(SchoolClass.division == self.division).order_by(SchoolClass.school_year_id.desc())
        if held.school_class:
            return held.school_class
        if held.department:
            stmt = stmt.where(SchoolClass.department_id == held.department)
        return self.first(stmt)

    @property
    def student(self) -> int:
        """The person themselves, or somebody new in a class within reach."""
        return self.person.student or self.add(
            Student(
                student_no=f"9{self.number:07d}",
                name="鄧子芸",
                id_number=fake_id_number(INVENTED + self.number, Gender.female),
                gender=Gender.female,
                born_on=dt.date(2010, 5, 6),
                division=self.division,
                school_class_id=self.school_class,
            )
        )

    @property
    def staff(self) -> int:
        return self.add(Staff(code=f"N{self.number:05d}", name="徐文彬", division=self.division))

    @property
    def guardian(self) -> int:
        return self.add(Guardian(code=f"GN{self.number:05d}", name="鄧美玉", division=self.division))

    @property
    def course(self) -> int:
        return self.first(select(Course.id).where(Course.division == self.division))

    @property
    def teaching(self) -> int:
        """A course the student takes, or any of the division."""
        stmt = select(Teaching.id).where(Teaching.division == self.division, Teaching.semester_id == self.school.current)
        if self.person.student:
            stmt = stmt.join(Enrolment, Enrolment.teaching_id == Teaching.id).where(Enrolment.student_id == self.person.student)
        return self.first(stmt)

    @property
    def club(self) -> int:
        return self.add(Club(name=f"桌遊研究社 {self.number}", division=self.division, semester_id=self.school.current))

    @property
    def appointment(self) -> int:
        return self.first(select(Appointment.id).where(Appointment.division == self.division, Appointment.staff_id.is_not(None)))

    @property
    def draft(self) -> int:
        return self.first(select(Edition.id).where(Edition.status == EditionStatus.draft))

    @property
    def code_list(self) -> int:
        return self.add(CodeList(code=f"listed_{self.number}", zh=f"示範代碼表 {self.number}"))

    @property
    def department(self) -> int:
        return self.first(select(SchoolClass.department_id).where(SchoolClass.division == self.division))

    @property
    def year(self) -> int:
        return self.add(SchoolYear(year=self.free_year))

    @property
    def free_year(self) -> int:
        """A 學年度 far ahead that nobody has opened."""
        with self.school.session() as session:
            taken = set(session.scalars(select(SchoolYear.year)))
        return next(year for year in range(199, 100, -1) if year not in taken)

    def clear(self) -> None:
        """Make room: there is one 班級登錄情形 for each class and semester."""
        if self.screen != "class_completion":
            return
        taken = (ClassCompletion.school_class_id == self.school_class, ClassCompletion.semester_id == self.school.current)
        with self.school.session() as session:
            for row in session.scalars(select(ClassCompletion).where(*taken)):
                session.delete(row)

    def add(self, row: Any) -> int:
        with self.school.session() as session:
            session.add(row)
            session.flush()
            number = int(row.id)
        self.school.forget()
        return number

    def first(self, stmt: Any) -> int:
        with self.school.session() as session:
            return int(session.scalars(stmt.limit(1)).one())
