"""多元表現: what students recorded themselves in the ten categories, from the entries of `texts/achievements.toml`."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from models.people import Student
from models.records.achievements.base import Achievement
from seed.demo.categories import CATEGORIES, Occasion
from seed.demo.school import Room, School, Term, chance
from seed.demo.texts import load

EARLIER = 0.6
"""Fewer of last semester's entries: part of them belong to students who have left."""
LINKED = 0.04


def build_achievements(school: School) -> dict[str, list[Achievement]]:
    """Hundreds of rows over both semesters; every demo student has one of each kind. Returned by category."""
    made: dict[str, list[Achievement]] = {name: [] for name in CATEGORIES}
    known: set[tuple[str, str]] = set()
    demo = school.demo_students
    for term, part in ((school.previous, EARLIER), (school.current, 1.0)):
        places = list(term.students())
        for name, rows in made.items():
            rng = chance(f"{name}{term.number}")
            found: list[Achievement] = []
            for entry in load("achievements")[name]:
                found += _rows(name, entry, term, _chosen(entry, places, part, rng), known, rng)
            if term is school.current:
                found += _for_personas(name, term, places, demo, known, rng)
            rows += found
            school.add(found)
    return made


def _chosen(
    entry: dict[str, Any], places: list[tuple[Room, Student]], part: float, rng: random.Random
) -> list[tuple[Room, Student]]:
    able = [(room, student) for room, student in places if _fits(entry, room)]
    return rng.sample(able, min(len(able), max(1, round(entry["number"] * part))))


def _fits(entry: dict[str, Any], room: Room) -> bool:
    wanted = entry.get("division", room.division.name)
    return wanted == room.division.name and (not entry["who"] or room.short in entry["who"])


def _rows(
    category: str,
    entry: dict[str, Any],
    term: Term,
    chosen: list[tuple[Room, Student]],
    known: set[tuple[str, str]],
    rng: random.Random,
) -> Iterator[Achievement]:
    held_on = term.some_day(rng, 0.1, 0.8)
    for room, student in chosen:
        key = (student.student_no, f"{category}{entry}")
        if key not in known:
            known.add(key)
            yield _row(category, Occasion(entry, term, room, held_on, rng), student)


def _for_personas(
    category: str,
    term: Term,
    places: list[tuple[Room, Student]],
    demo: set[str],
    known: set[tuple[str, str]],
    rng: random.Random,
) -> Iterator[Achievement]:
    for room, student in places:
        if student.student_no in demo:
            able = [entry for entry in load("achievements")[category] if _fits(entry, room)]
            free = [entry for entry in able if (student.student_no, f"{category}{entry}") not in known]
            if free:
                yield from _rows(category, rng.choice(free), term, [(room, student)], known, rng)


def _row(category: str, occasion: Occasion, student: Student) -> Achievement:
    model, facts = CATEGORIES[category]
    rng = occasion.rng
    return model(
        student=student,
        semester=occasion.term.semester,
        brief=rng.choice(occasion.entry["briefs"]),
        proof_name=rng.choice(load("achievements")["proofs"][category]) if rng.random() < 0.9 else "",
        external_link=_link(occasion.held_on, rng),
        **facts(occasion),
    )


def _link(day: dt.date, rng: random.Random) -> str:
    return f"https://video.example.tw/{day:%Y%m%d}/{rng.randrange(1000, 9999)}" if rng.random() < LINKED else ""
