"""課程, 配課 and 修課名單: the course plan of three entry years, who teaches what, and whole classes taking it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.classes import Course, Enrolment, Teaching
from models.people import Staff
from models.vocabulary import Division
from seed.demo.rooms import PLANS, DepartmentPlan
from seed.demo.school import Room, School, Term
from seed.demo.staff import DAY, EVENING, Faculty
from seed.demo.texts import load

SCHOOL_CODE = {DAY: "030402", EVENING: "030B01"}
OWN_TEACHERS = "*"
PRACTICAL = "3"
"""科目屬性 of a 實習科目."""
TEACHERS_ROOM = {DAY: "機二甲", EVENING: "進機二甲"}
"""Where the demo teachers teach the practical course."""


@dataclass
class CoursePlan:
    """Every course, with the subject its teachers come from; whoever taught a class a course goes on teaching it."""

    courses: dict[tuple[Division, str, int], list[tuple[Course, str]]] = field(default_factory=dict)
    hours: Counter[str] = field(default_factory=Counter)
    taught: dict[tuple[str, str], Staff] = field(default_factory=dict)

    def of(self, room: Room, term: Term) -> list[tuple[Course, str, int]]:
        """The courses a class has in a semester, with the subject and the credits."""
        place = (room.grade - 1) * 2 + term.number - 1
        courses = self.courses[room.division, room.short, term.plan.year - room.grade + 1]
        return [(course, subject, int(course.credits[place])) for course, subject in courses if course.credits[place] != "0"]


def build_courses(school: School) -> CoursePlan:
    """The courses of every department for the three entry years now at school."""
    plan = CoursePlan()
    this_year = school.current.plan.year
    for department in PLANS:
        for entry_year in range(this_year - 2, this_year + 1):
            rows = [(_course(department, entry_year, row), row[3]) for row in _rows(department)]
            plan.courses[department.division, department.short, entry_year] = rows
    school.add(course for rows in plan.courses.values() for course, _ in rows)
    return plan


def _rows(department: DepartmentPlan) -> Iterable[list[str]]:
    texts = load("courses")
    kind = "evening" if department.division is EVENING else "general" if department.short == "普" else "vocational"
    rows: list[list[str]] = [*texts[kind]["courses"], *texts["departments"].get(department.short, [])]
    return rows


def _course(department: DepartmentPlan, entry_year: int, row: list[str]) -> Course:
    name, rest, credits, _ = row
    kind = "C" if department.division is EVENING else "H" if department.short == "普" else "V"
    key = f"{entry_year}{SCHOOL_CODE[department.division]}{kind}{department.group}{department.code}0"
    return Course(code=key + rest, name=name, credits=credits)


def build_lessons(school: School, plan: CoursePlan, faculty: Faculty) -> None:
    """配課 of the previous and the current semester, and the classes' 修課名單."""
    for term in (school.previous, school.current):
        for room in term.rooms:
            term.lessons[room.name] = [_teaching(room, term, plan, faculty, *row) for row in plan.of(room, term)]
        school.add(teaching for rows in term.lessons.values() for teaching in rows)
        for room in term.rooms:
            school.add(Enrolment(student=student, teaching=each) for each in term.lessons[room.name] for student in room.students)
    for division, username in ((DAY, "teacher"), (EVENING, "evening_teacher")):
        school.personas[username] = _practical(school.current.lessons[TEACHERS_ROOM[division]]).staff
    school.personas["teacher_representative"] = faculty.teachers[DAY, "英文"][0]


def _teaching(room: Room, term: Term, plan: CoursePlan, faculty: Faculty, course: Course, subject: str, credits: int) -> Teaching:
    pool = faculty.teachers[room.division, room.short if subject == OWN_TEACHERS else subject]
    key = (str(room.school_class.grade) + room.name, course.code)
    teacher = plan.taught.get(key) or min(pool, key=lambda each: plan.hours[each.code])
    plan.taught[key] = teacher
    plan.hours[teacher.code] += credits
    values: dict[str, Any] = {"course": course, "staff": teacher, "credits": Decimal(credits)}
    return Teaching(semester=term.semester, school_class=room.school_class, **values)


def _practical(lessons: list[Teaching]) -> Teaching:
    return next(each for each in lessons if each.course.attribute == PRACTICAL)
