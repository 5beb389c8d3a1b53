"""Invented people: names as they are spread in Taiwan, false but valid 身分證號, classes and seats."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from models.values.identity import fake_id_number
from models.values.roc import BEFORE_ROC
from models.vault import vault
from models.vocabulary import Division, EnrolmentStatus, Gender
from seed.names import COMPOUND, FEMALE, MALE, SURNAMES
from tests.bench.data.sizes import Size, cohorts

SHARES = (11.1, 8.3, 6.1, 5.3, 5.1, 4.1, 4.0, 3.2, 2.9, 2.7, 2.3, 1.9, 1.8, 1.5, 1.5, 1.4, 1.4, 1.3, 1.3, 1.2)
"""The part of the people, in per cent, with each of the commonest surnames; the others share the rest."""
INDIGENOUS = 0.03
AGE_AT_ENTRY = 16
STUDENT = (
    "id",
    "student_no",
    "name",
    "id_number",
    "id_number_index",
    "gender",
    "born_on",
    "division",
    "school_class_id",
    "seat_no",
    "entry_year",
    "status",
    "admission_route",
    "group_code",
    "department_code",
    "division_code",
    "class_type",
    "special_status",
)


class Names:
    """Names by chance, as often as they are: the same name may be given twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        rest = (100 - sum(SHARES)) / (len(SURNAMES) - len(SHARES))
        self._shares = list(accumulate([*SHARES, *[rest] * (len(SURNAMES) - len(SHARES))]))

    def draw(self, gender: Gender) -> str:
        luck, given = self._chance.random(), MALE if gender is Gender.male else FEMALE
        surname = self._chance.choice(COMPOUND) if luck < 0.01 else self._chance.choices(SURNAMES, cum_weights=self._shares)[0]
        if luck < 0.65:
            return surname + self._chance.choice(given)
        first, second = self._chance.choice(given), self._chance.choice(given)
        return surname + (first[0] + second[-1] if first[0] != second[-1] else first)


def students(size: Size, classes: dict[int, int], year: int) -> Iterator[tuple[Any, ...]]:
    """Rows of `STUDENT`; `classes`: the present class of each cohort. Student `id` belongs to cohort `(id - 1) % cohorts`."""
    chance = random.Random(f"學生 {size.name}")
    names, groups = Names(chance), list(cohorts(size))
    for number in range(size.students):
        cohort = groups[number % size.cohorts]
        gender = Gender.male if chance.random() < 0.52 else Gender.female
        id_number, entry_year = fake_id_number(number + 1, gender), year - cohort.grade + 1
        yield (
            number + 1,
            student_no(number, entry_year),
            names.draw(gender),
            id_number,
            vault().index(id_number),
            gender,
            dt.date(entry_year + BEFORE_ROC - AGE_AT_ENTRY, 9, 1) + dt.timedelta(days=chance.randrange(365)),
            Division.day,
            classes[cohort.number],
            number // size.cohorts + 1,
            entry_year,
            EnrolmentStatus.enrolled,
            chance.choice(("分區免試", "分區免試", "分區免試", "優先免試入學", "技優甄審", "免試續招")),
            "21",
            "301",
            "1",
            "1",
            "1" if chance.random() < INDIGENOUS else "0",
        )


def student_no(number: int, entry_year: int) -> str:
    return f"{entry_year}{number + 1:06}"


def staff(size: Size) -> Iterator[tuple[Any, ...]]:
    """(id, code, name, unit, title, division, email); the first is 註冊組長."""
    chance = random.Random(f"教師 {size.name}")
    names = Names(chance)
    for number in range(size.staff):
        code = f"T{number + 1:05}"
        unit, title = ("教務處", "註冊組長") if number == 0 else ("", "專任教師")
        yield number + 1, code, names.draw(chance.choice(list(Gender))), unit, title, Division.day, f"{code.lower()}@example.edu.tw"
