"""班級幹部 and 校級幹部."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from models.records.class_office import ClassOffice
from models.records.office import Office
from models.records.school_office import SchoolOffice
from models.vocabulary import Division
from seed.demo.school import School, Term, chance
from seed.demo.texts import load


def build_offices(school: School) -> None:
    """Every class elects its officers each semester; the school's officers serve the year."""
    for term in (school.previous, school.current):
        school.add(_class_offices(school, term))
        school.add(_school_offices(term))


def _class_offices(school: School, term: Term) -> Iterator[Office]:
    rng = chance(f"班級幹部{term.number}")
    offices = load("clubs")["offices"]["class"]
    student = school.student("student")
    for room in term.rooms:
        elected = rng.sample(room.students, len(offices))
        if student in room.students and student not in elected:
            elected[2] = student
        for (title, brief), officer in zip(offices, elected, strict=True):
            yield ClassOffice(
                student=officer,
                semester=term.semester,
                unit_name=room.name,
                title=title,
                began_on=term.after(3),
                ended_on=_end(term),
                brief=brief if rng.random() < 0.7 else "",
            )


def _school_offices(term: Term) -> Iterator[Office]:
    rng = chance(f"校級幹部{term.number}")
    texts = load("clubs")["offices"]
    for division, offices in ((Division.day, texts["school"]), (Division.evening, texts["evening_school"])):
        yield from _elected(term, division, offices, rng)


def _elected(term: Term, division: Division, offices: list[list[str]], rng: random.Random) -> Iterator[Office]:
    upper = [student for room in term.of(division) if room.grade >= 2 for student in room.students]
    for (unit, title, brief), student in zip(offices, rng.sample(upper, len(offices)), strict=True):
        yield SchoolOffice(
            student=student,
            semester=term.semester,
            unit_name=unit,
            title=title,
            began_on=term.after(1),
            ended_on=_end(term),
            brief=brief,
        )


def _end(term: Term) -> dt.date | None:
    """Officers of a closed semester served to its end."""
    return term.semester.ends_on if term.plan.closed_on else None
