"""學籍資料檢核 at the start of each semester, and the electives students chose."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from models.records.elective_course import ElectiveCourse
from models.records.registry_check import RegistryCheck, RegistryFinding
from seed.demo.courses import CoursePlan
from seed.demo.school import School, Term, chance

ELECTIVE = frozenset("3457")
"""課程類別 of the electives."""
CORRECTED = ("班級座號依編班結果更正", "姓名用字依戶籍謄本更正", "入學方式更正", "原住民身分別更正")
PENDING = ("戶籍謄本待補", "轉入前學校學籍資料待補", "特殊身分證明待補")


def build_registry(school: School) -> None:
    """Every student is checked in both semesters; most need nothing."""
    for term in (school.previous, school.current):
        school.add(_checks(term, settled=term is school.previous))


def _checks(term: Term, *, settled: bool) -> Iterator[RegistryCheck]:
    rng = chance(f"檢核{term.number}")
    for room in term.rooms:
        checked_on = term.after(rng.randrange(5, 14))
        for student in room.students:
            fate = rng.random()
            result, remark = RegistryFinding.consistent, ""
            if fate < 0.035:
                result, remark = RegistryFinding.corrected, rng.choice(CORRECTED)
            elif fate < 0.05 and not settled:
                result, remark = RegistryFinding.pending, rng.choice(PENDING)
            yield RegistryCheck(student=student, semester=term.semester, checked_on=checked_on, result=result, remark=remark)


def build_electives(school: School, plan: CoursePlan) -> None:
    """The electives of the second and third grades, as chosen at the start of the semester."""
    for term in (school.previous, school.current):
        school.add(_electives(term, plan))


def _electives(term: Term, plan: CoursePlan) -> Iterator[ElectiveCourse]:
    for room in term.rooms:
        chosen_on = term.after(4 + room.grade)
        for course, _, credits in plan.of(room, term):
            if course.category in ELECTIVE:
                for student in room.students:
                    yield ElectiveCourse(
                        student=student, semester=term.semester, course=course, credits=Decimal(credits), chosen_on=chosen_on
                    )
