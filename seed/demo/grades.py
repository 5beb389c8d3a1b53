"""修課成績: the closed semesters of the last school year taught whole, this semester's courses as far as they are entered."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from models.classes import Course
from models.people import Student
from models.records.grade import Grade
from models.vocabulary import Division
from seed.demo.calendar import SECOND
from seed.demo.courses import CoursePlan
from seed.demo.school import Room, School, Term, chance

PASSED, FAILED, COUNTED = "1", "0", "1"
ENTERED = 0.3
"""The part of this semester's courses whose scores are in."""
PRAISE = ("實作態度積極，主動協助同學。", "作業準時繳交，思考細膩。", "課堂參與度高，表達清楚。", "期中後進步明顯，值得肯定。")
WORRY = ("作業缺交四次，請加強學習態度。", "基礎觀念尚待補強，建議參加課後輔導。")


def build_grades(school: School, plan: CoursePlan) -> None:
    """Some nine to thirteen thousand rows of closed semesters, and part of the current one."""
    for term in school.terms[:-1]:
        if term.plan.year == school.previous.plan.year:
            for room in term.rooms:
                school.add(_grades(term, room, plan, 1.0))
    for room in school.current.rooms:
        school.add(_grades(school.current, room, plan, ENTERED))


def _grades(term: Term, room: Room, plan: CoursePlan, entered: float) -> Iterator[Grade]:
    rng = chance(f"成績{term.plan.year}{term.number}{room.name}")
    for course, _, credits in plan.of(room, term):
        level = rng.gauss(73, 4)
        if rng.random() < entered:
            for student in room.students:
                yield _grade(term, room, student, course, credits, rng.gauss(level, 10), rng)


def _grade(term: Term, room: Room, student: Student, course: Course, credits: int, drawn: float, rng: random.Random) -> Grade:
    score = Decimal(round(min(max(drawn, 18), 99) * 10)) / 10
    evening = room.division is Division.evening
    values: dict[str, Any] = {
        "score": score,
        "passed": _flag(score, student.pass_mark),
        "counted": COUNTED,
        "description": "",
        ("periods" if evening else "credits"): Decimal(credits),
    }
    if score < student.pass_mark and rng.random() < 0.8:
        makeup = Decimal(rng.randrange(35, 90))
        values |= {"makeup_score": makeup, "makeup_passed": _flag(makeup, student.pass_mark)}
    if evening and term.number == SECOND:
        year = (score + Decimal(rng.randrange(50, 90))) / 2
        values |= {"year_score": year, "year_passed": _flag(year, student.pass_mark)}
    if rng.random() < 0.03:
        values["description"] = rng.choice(PRAISE if score >= student.pass_mark else WORRY)
    return Grade(student=student, semester=term.semester, course=course, course_grade=room.grade, **values)


def _flag(score: Decimal, pass_mark: int) -> str:
    return PASSED if score >= pass_mark else FAILED
