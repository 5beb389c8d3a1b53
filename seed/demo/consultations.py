"""課程諮詢紀錄: each class as a group, and students one by one, by the 課程諮詢教師 of the class."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from models.people import Appointment, Staff, Student
from models.records.consultation import Consultation, ConsultationMode, ConsultationStudent
from models.vocabulary import Division
from seed.demo.posts import COUNSELOR
from seed.demo.school import Room, School, Term, chance
from seed.demo.texts import load

ALONE = 3
"""Individual consultations per class and semester."""
FIRST_MEETING = {Division.day: dt.time(10, 10), Division.evening: dt.time(18, 30)}
LUNCH = {Division.day: dt.time(12, 20), Division.evening: dt.time(17, 40)}


def build_consultations(school: School, appointments: list[Appointment]) -> None:
    """Last semester's and this semester's; first graders meet their 課程諮詢教師 at the start of the first semester."""
    guides = {
        (each.division, each.school_class.name): each.staff
        for each in appointments
        if each.post in COUNSELOR.values() and each.school_class and each.staff
    }
    for term in (school.previous, school.current):
        rng = chance(f"諮詢{term.number}")
        talks: Counter[str] = Counter()
        rows: list[Consultation] = []
        for room in term.rooms:
            guide = guides[room.division, room.name]
            rows.append(_group(term, room, guide, rng))
            rows += _alone(term, room, guide, rng, talks)
        school.add(rows)


def _group(term: Term, room: Room, guide: Staff, rng: random.Random) -> Consultation:
    texts = load("guidance")
    text = next(each for each in texts["group"] if (each["grade"], each["number"]) == (room.grade, term.number))
    early = room.grade == 1 and term.number == 1
    section = "甲乙丙丁".index(room.name[-1])
    return _consultation(
        term,
        room.students,
        counselor=guide,
        mode=ConsultationMode.group,
        held_on=term.after(7 + section) if early else term.after(35 + section + room.grade * 3),
        began_at=_later(FIRST_MEETING[room.division], 60 * section),
        minutes=50,
        place=rng.choice(texts["places"][room.division.name]),
        topic=f"{room.name}{text['topic']}",
        content=text["content"],
        opinion=text["opinion"],
    )


def _alone(term: Term, room: Room, guide: Staff, rng: random.Random, talks: Counter[str]) -> Iterator[Consultation]:
    """`talks` counts each teacher's, so that no two begin in the same minute."""
    texts = load("guidance")
    for student, text in zip(rng.sample(room.students, ALONE), rng.sample(texts["individual"], ALONE), strict=True):
        talks[guide.code] += 1
        yield _consultation(
            term,
            [student],
            counselor=guide,
            mode=ConsultationMode.individual,
            held_on=term.some_day(rng, 0.2),
            began_at=_later(LUNCH[room.division], talks[guide.code]),
            minutes=25,
            place="輔導室諮商室" if room.division is Division.day else "進修部辦公室會議室",
            **text,
        )


def _consultation(term: Term, students: list[Student], *, minutes: int, **values: Any) -> Consultation:
    return Consultation(
        semester=term.semester,
        division=students[0].division,
        ended_at=_later(values["began_at"], minutes),
        participants=[ConsultationStudent(student=student, semester=term.semester) for student in students],
        **values,
    )


def _later(time: dt.time, minutes: int) -> dt.time:
    return (dt.datetime.combine(dt.date.min, time) + dt.timedelta(minutes=minutes)).time()
