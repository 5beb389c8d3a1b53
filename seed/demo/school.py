"""What the builders of the demo school hand to each other: the school, its semesters, its classes."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from models.base import Entity
from models.calendar import Semester
from models.classes import SchoolClass, Teaching
from models.people import Guardian, Staff, Student
from models.regulation import Edition
from models.vocabulary import Division
from seed.demo.calendar import TermPlan, workday

SEED = "龍潭示範學校"
Person = Staff | Student | Guardian
Kind = TypeVar("Kind", Staff, Student)


def chance(part: str) -> random.Random:
    """Chance of one part of the school: the same every time, whatever the other parts do."""
    return random.Random(f"{SEED}／{part}")


@dataclass
class Room:
    """A class of one school year. `roster`: everybody on its list; `students`: those at school."""

    school_class: SchoolClass
    short: str
    roster: list[Student] = field(default_factory=list)

    @property
    def students(self) -> list[Student]:
        return [each for each in self.roster if each.status_changed_on is None]

    @property
    def name(self) -> str:
        return self.school_class.name

    @property
    def grade(self) -> int:
        return self.school_class.grade

    @property
    def division(self) -> Division:
        return self.school_class.division


@dataclass
class Term:
    """A semester with its classes. `last`: the last day on which something can have happened."""

    plan: TermPlan
    semester: Semester
    last: dt.date
    rooms: list[Room] = field(default_factory=list)
    lessons: dict[str, list[Teaching]] = field(default_factory=dict)
    """配課 by class name."""

    @property
    def number(self) -> int:
        return self.plan.number

    def after(self, days: int) -> dt.date:
        """A school day so many days after 開學, never later than `last`."""
        day = min(self.semester.starts_on + dt.timedelta(days=days), self.last)
        return max(workday(day, -1), self.semester.starts_on)

    def some_day(self, rng: random.Random, first: float = 0.05, last: float = 0.95) -> dt.date:
        """A school day between two fractions of the semester so far."""
        return self.after(int((self.last - self.semester.starts_on).days * rng.uniform(first, last)))

    def of(self, division: Division) -> list[Room]:
        return [room for room in self.rooms if room.division is division]

    def room(self, name: str) -> Room:
        return next(room for room in self.rooms if room.name == name)

    def students(self) -> Iterator[tuple[Room, Student]]:
        """Everybody at school, class by class."""
        return ((room, student) for room in self.rooms for student in room.students)


@dataclass
class School:
    """The school while it is being built."""

    session: Session
    today: dt.date
    edition: Edition
    terms: tuple[Term, ...] = ()
    posts: dict[str, list[Staff]] = field(default_factory=dict)
    """Staff by post."""
    personas: dict[str, Person] = field(default_factory=dict)
    """Whom each demo account belongs to, by user name."""

    @property
    def previous(self) -> Term:
        return self.terms[-2]

    @property
    def current(self) -> Term:
        return self.terms[-1]

    def staff(self, username: str) -> Staff:
        """The member of staff a demo account belongs to."""
        return _as(Staff, self.personas[username])

    def student(self, username: str) -> Student:
        """The student a demo account belongs to."""
        return _as(Student, self.personas[username])

    @property
    def demo_students(self) -> set[str]:
        """學號 of the students with a demo account of their own."""
        return {person.student_no for person in self.personas.values() if isinstance(person, Student)}

    def add(self, rows: Iterable[Entity]) -> None:
        """Write rows; the flush leaves an event for each."""
        self.session.add_all(list(rows))
        self.session.flush()


def _as(kind: type[Kind], person: Person) -> Kind:
    if not isinstance(person, kind):
        raise TypeError(f"{person} 不是{kind.__zh__}")
    return person
