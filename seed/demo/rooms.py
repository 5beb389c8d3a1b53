"""科別 and 班級: the departments, classes and class sizes of the school."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.calendar import SchoolYear
from models.classes import Department, SchoolClass
from models.values.class_name import GRADES, ClassName
from models.vocabulary import Division, Track
from seed.demo.school import Room, School

SECTIONS = "甲乙丙丁"
DAY, EVENING = Division.day, Division.evening


@dataclass(frozen=True)
class DepartmentPlan:
    """A 科 of one division, with the class sizes of its three grades."""

    division: Division
    short: str
    name: str
    code: str
    group: str
    sizes: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


PLANS = (
    DepartmentPlan(DAY, "普", "普通科", "101", "11", ((34, 35, 35, 35), (33, 36, 38, 34), (34, 37, 34, 38))),
    DepartmentPlan(DAY, "園", "園藝科", "202", "29", ((35,), (34,), (35,))),
    DepartmentPlan(DAY, "造", "造園科", "216", "29", ((36,), (37,), (38,))),
    DepartmentPlan(DAY, "畜", "畜產保健科", "217", "29", ((33,), (36,), (33,))),
    DepartmentPlan(DAY, "食", "食品加工科", "206", "30", ((34,), (37,), (36,))),
    DepartmentPlan(DAY, "機", "機械科", "301", "21", ((35,), (36,), (37,))),
    DepartmentPlan(DAY, "電", "電機科", "308", "23", ((36,), (36,), (36,))),
    DepartmentPlan(EVENING, "機", "機械科", "301", "21", ((31,), (32,), (31,))),
    DepartmentPlan(EVENING, "電", "電機科", "308", "23", ((31,), (28,), (29,))),
    DepartmentPlan(EVENING, "食", "食品加工科", "206", "30", ((28,), (26,), (25,))),
)


@dataclass(frozen=True)
class Hall:
    """A class that waits for its students: its room, its 科 and how many it holds."""

    room: Room
    plan: DepartmentPlan
    size: int


def build_rooms(school: School) -> list[Hall]:
    """Every class of the current school year; last year's where today's students then were."""
    departments = {plan: _department(plan) for plan in PLANS}
    years = {term.plan.year: term.semester.school_year for term in school.terms}
    this_year = school.current.plan.year
    halls = list(_halls(departments, years[this_year], (1, 2, 3)))
    rooms = {this_year: [hall.room for hall in halls]}
    if school.previous.plan.year != this_year:
        rooms[this_year - 1] = [hall.room for hall in _halls(departments, years[this_year - 1], (1, 2))]
    school.add(departments.values())
    school.add(room.school_class for found in rooms.values() for room in found)
    for term in school.terms:
        term.rooms = rooms.get(term.plan.year, [])
    return halls


def _department(plan: DepartmentPlan) -> Department:
    track = Track.general if plan.short == "普" else Track.vocational
    return Department(division=plan.division, name=plan.name, short=plan.short, track=track, code=plan.code, group_code=plan.group)


def _halls(departments: dict[DepartmentPlan, Department], year: SchoolYear, grades: tuple[int, ...]) -> Iterator[Hall]:
    for plan, department in departments.items():
        for grade in grades:
            for section, size in zip(SECTIONS, plan.sizes[grade - 1], strict=False):
                name = str(ClassName(plan.division, plan.short, grade, section))
                school_class = SchoolClass(school_year=year, division=plan.division, department=department, name=name, grade=grade)
                yield Hall(Room(school_class, plan.short), plan, size)


def fill_last_year(school: School) -> None:
    """Put today's second and third grades where they were a year ago."""
    for room in school.current.rooms:
        if room.grade > 1:
            earlier = room.name.replace(GRADES[room.grade - 1], GRADES[room.grade - 2], 1)
            for then in school.previous.rooms:
                if then.school_class.school_year is not room.school_class.school_year and then.name == earlier:
                    then.roster = room.roster
