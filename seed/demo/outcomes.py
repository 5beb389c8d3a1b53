"""課程學習成果: drafts, works waiting for certification, certified and returned ones."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from models.classes import Teaching
from models.people import Student
from models.records.learning_outcome import LearningOutcome, OutcomeKind, OutcomeState
from seed.demo.courses import PRACTICAL
from seed.demo.school import School, Term, chance
from seed.demo.texts import load

STATES = (OutcomeState.draft, OutcomeState.sent, OutcomeState.certified, OutcomeState.returned)
NOW, BEFORE = (30, 35, 28, 7), (2, 0, 95, 3)
"""How often each state, this semester and last: what was sent last semester has been dealt with."""
SHOWN = (OutcomeState.sent, OutcomeState.draft, OutcomeState.certified, OutcomeState.returned)
"""What a demo student shows: the work in the practical course waits for the demo teacher."""
WRITTEN, BUSY = 0.08, 0.35
"""The part of a class that has uploaded something in one of its courses; more in the demo teachers' courses."""


def build_outcomes(school: School) -> None:
    """Hundreds of works of both semesters; the demo students have one in each state."""
    for term in (school.previous, school.current):
        school.add(_outcomes(school, term))


def _outcomes(school: School, term: Term) -> Iterator[LearningOutcome]:
    rng = chance(f"成果{term.number}")
    current, demo = term is school.current, school.demo_students
    for room in term.rooms:
        lessons = [each for each in term.lessons[room.name] if each.course.name in load("outcomes")["courses"]]
        lessons.sort(key=lambda each: each.course.attribute != PRACTICAL)
        for lesson in lessons:
            part = BUSY if lesson.staff in (school.personas["teacher"], school.personas["evening_teacher"]) else WRITTEN
            for student in room.students:
                if rng.random() < part and student.student_no not in demo:
                    state = rng.choices(STATES, NOW if current else BEFORE)[0]
                    yield _outcome(term, lesson, student, state, rng)
        for student in room.students:
            if student.student_no in demo:
                states = SHOWN if current else (OutcomeState.certified,) * 2
                yield from (_outcome(term, lesson, student, state, rng) for lesson, state in zip(lessons, states, strict=False))


def _outcome(term: Term, lesson: Teaching, student: Student, state: OutcomeState, rng: random.Random) -> LearningOutcome:
    name, brief = rng.choice(load("outcomes")["courses"][lesson.course.name])
    return LearningOutcome(
        student=student,
        teaching=lesson,
        name=name,
        brief=brief,
        practical=lesson.course.attribute == PRACTICAL,
        kind=OutcomeKind.artwork if lesson.course.attribute == PRACTICAL else OutcomeKind.report,
        state=state,
        **_history(term, lesson, state, rng),
    )


def _history(term: Term, lesson: Teaching, state: OutcomeState, rng: random.Random) -> dict[str, Any]:
    if state is OutcomeState.draft:
        return {}
    sent_at = _moment(term.some_day(rng, 0.3, 0.9), rng)
    if state is OutcomeState.sent:
        return {"sent_at": sent_at}
    answered = {"sent_at": sent_at, "certified_by": lesson.staff, "certified_at": _answer(term, sent_at, rng)}
    words = load("outcomes")["certified" if state is OutcomeState.certified else "returned"]
    return {**answered, "certification_note": rng.choice(words)}


def _moment(day: dt.date, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(rng.randrange(8, 21), rng.randrange(60), rng.randrange(60)))


def _answer(term: Term, sent_at: dt.datetime, rng: random.Random) -> dt.datetime:
    """A few days later, not after the last day so far."""
    latest = dt.datetime.combine(term.last, dt.time(21, 30))
    return min(sent_at + dt.timedelta(days=rng.randrange(1, 9), minutes=rng.randrange(240)), latest)
