"""「學類群探索與就業規劃」: what 輔導室 (普科), 實習處, 科主任 and 進修部幹事 (職科) have recorded so far."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from models.people import Student
from models.records.career_plan import CareerPlan
from models.records.general_career_plan import GeneralCareerPlan
from models.records.vocational_career_plan import VocationalCareerPlan
from seed.demo.school import Room, School, Term, chance
from seed.demo.texts import load

GENERAL = "普"
FURTHER_STUDY, WORK = "升學", "就業"
DONE_BEFORE, DONE_NOW = 0.9, 0.4
"""The part of the students who have one: the work is due at the end of the semester."""


def build_careers(school: School) -> None:
    """Most of last semester's plans, and those already made this semester."""
    for term, done in ((school.previous, DONE_BEFORE), (school.current, DONE_NOW)):
        school.add(_plans(school, term, done))


def _plans(school: School, term: Term, done: float) -> Iterator[CareerPlan]:
    rng = chance(f"規劃{term.number}")
    personas = {id(person) for person in school.personas.values()}
    for room, student in term.students():
        if rng.random() < done or id(student) in personas:
            yield _plan(term, room, student, rng)


def _plan(term: Term, room: Room, student: Student, rng: random.Random) -> CareerPlan:
    texts = load("guidance")
    common: dict[str, Any] = {
        "student": student,
        "semester": term.semester,
        "aptitude": "、".join(rng.sample(texts["aptitude"]["words"], rng.choice((1, 2, 2)))),
        "interest": "、".join(rng.sample(texts["interest"]["words"], 2)),
    }
    if room.short == GENERAL:
        pathway, clusters, disciplines = rng.choice(texts["general"]["plans"])
        remarks = rng.choice(texts["general"]["remarks"])
        return GeneralCareerPlan(**common, pathway=pathway, clusters=clusters, disciplines=disciplines, remarks=remarks)
    work, study = rng.choice(texts["vocational"][room.short])
    aspiration = WORK if rng.random() < (0.5 if room.name.startswith("進") else 0.25) else FURTHER_STUDY
    return VocationalCareerPlan(
        **common,
        aspiration=aspiration,
        occupation=work if aspiration == WORK else study,
        remarks=rng.choice(texts["vocational"]["remarks"]),
    )
