"""How big each measured place is, and how its classes are numbered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

GRADES = "一二三"
DEPARTMENTS = ("普通", "園藝", "造園", "畜產保健", "食品加工", "機械", "電機", "資訊", "電子", "商業經營")
SHORT = "普園造畜食機電訊子商"
COHORTS_OF_A_SCHOOL = len(DEPARTMENTS) * len(GRADES) * 2


@dataclass(frozen=True)
class Size:
    """`cohorts`: groups of students who stay together; each is a class in every year it has been at school."""

    name: str
    zh: str
    students: int
    cohorts: int
    staff: int
    outcomes: int

    @property
    def campuses(self) -> int:
        return -(-self.cohorts // COHORTS_OF_A_SCHOOL)

    @property
    def staff_of_a_campus(self) -> int:
        return self.staff // self.campuses


@dataclass(frozen=True)
class Cohort:
    """One group of students. `grade`: this year's, 1 to 3."""

    number: int

    @property
    def grade(self) -> int:
        return len(GRADES) - self.number % len(GRADES)

    @property
    def department(self) -> int:
        return self.number // len(GRADES) % len(DEPARTMENTS)

    @property
    def campus(self) -> int:
        return self.number // COHORTS_OF_A_SCHOOL

    def name(self, back: int, *, alone: bool) -> str:
        """What the class was called so many years ago; with the school's number where there are several."""
        row = "甲乙"[self.number // (len(GRADES) * len(DEPARTMENTS)) % 2]
        school = "" if alone else f"第{self.campus + 1:02}校"
        return f"{school}{SHORT[self.department]}{GRADES[self.grade - 1 - back]}{row}"


def cohorts(size: Size) -> Iterator[Cohort]:
    return (Cohort(number) for number in range(size.cohorts))


SIZES = {
    each.name: each
    for each in (
        Size("tiny", "小型", students=300, cohorts=60, staff=20, outcomes=3_000),
        Size("school", "一校", students=2_000, cohorts=60, staff=120, outcomes=20_000),
        Size("city", "全市", students=100_000, cohorts=3_000, staff=6_000, outcomes=1_000_000),
    )
}
