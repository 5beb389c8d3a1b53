"""Departments, classes of three years, courses of three entry years, and who teaches what to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.vocabulary import Division
from seed.demo.texts import load
from tests.bench.data.bulk import Row
from tests.bench.data.sizes import DEPARTMENTS, GRADES, SHORT, Cohort, Size, cohorts

YEARS_BACK = (2, 2, 1, 1, 0)
"""How many school years ago each semester was, the oldest first; the last is the current one."""
LESSONS = 8
COURSES_OF_A_DEPARTMENT = 10
COURSES_OF_A_YEAR = COURSES_OF_A_DEPARTMENT * len(DEPARTMENTS)


@dataclass(frozen=True)
class Lesson:
    """One row of 配課."""

    id: int
    semester: int
    school_class: int
    course: int
    staff: int


def departments() -> Iterator[Row]:
    """(id, division, name, short)."""
    for number, name in enumerate(DEPARTMENTS):
        yield number + 1, Division.day, f"{name}科", SHORT[number]


def classes(size: Size, years: list[int]) -> Iterator[tuple[int, Cohort, int]]:
    """(id, cohort, years back). `years`: ids of the school years, this one first."""
    number = 0
    for cohort in cohorts(size):
        for back in range(cohort.grade):
            number += 1
            yield number, cohort, back


def class_rows(size: Size, years: list[int]) -> Iterator[Row]:
    """(id, school_year_id, division, department_id, name, grade)."""
    for number, cohort, back in classes(size, years):
        name = cohort.name(back, alone=size.campuses == 1)
        yield number, years[back], Division.day, cohort.department + 1, name, cohort.grade - back


def course_names() -> list[str]:
    """Names of the courses the demo school has works for."""
    return list(load("outcomes")["courses"])


def courses(size: Size, year: int) -> Iterator[Row]:
    """(id, code, name, credits, division, entry_year, category, attribute): a plan for each campus and entry year."""
    names, number = course_names(), 0
    for campus in range(size.campuses):
        for grade in range(1, len(GRADES) + 1):
            for serial in range(COURSES_OF_A_YEAR):
                number += 1
                code = f"{year - grade + 1}{30_000 + campus:06}V21301010200{serial:02}"
                name = course_name(serial, names)
                attribute = "2" if "實習" in name else "1"
                yield number, code, name, "222222", Division.day, year - grade + 1, "1", attribute


def course_name(serial: int, names: list[str]) -> str:
    """Departments share some subjects; each has the rest of its own."""
    department, place = divmod(serial, COURSES_OF_A_DEPARTMENT)
    return names[place if place < 4 else (4 + department * 6 + place) % len(names)]


def lessons(size: Size, semesters: list[int]) -> Iterator[Lesson]:
    """Every class's lessons in every semester it was at school."""
    ids = {(cohort.number, back): number for number, cohort, back in classes(size, [])}
    number = 0
    for semester, back in zip(semesters, YEARS_BACK, strict=True):
        for cohort in cohorts(size):
            if cohort.grade <= back:
                continue
            for place in range(LESSONS):
                number += 1
                yield Lesson(
                    number, semester, ids[cohort.number, back], _course(cohort, place, back), _teacher(size, cohort, place)
                )


def lesson_rows(taught: list[Lesson]) -> Iterator[Row]:
    """(id, semester_id, division, school_class_id, course_id, staff_id, credits)."""
    for each in taught:
        yield each.id, each.semester, Division.day, each.school_class, each.course, each.staff, Decimal(2)


def _course(cohort: Cohort, place: int, back: int) -> int:
    plan = (cohort.campus * len(GRADES) + cohort.grade - 1) * COURSES_OF_A_YEAR
    return plan + cohort.department * COURSES_OF_A_DEPARTMENT + (place + back) % COURSES_OF_A_DEPARTMENT + 1


def _teacher(size: Size, cohort: Cohort, place: int) -> int:
    """Somebody of the same campus; its first member of staff does not teach."""
    there = size.staff_of_a_campus
    return cohort.campus * there + (cohort.number * LESSONS + place) % (there - 1) + 2
