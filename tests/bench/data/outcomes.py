"""課程學習成果: some in every semester a student was at school, in the order they would have come in."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from models.records.learning_outcome import OutcomeState
from models.vocabulary import Division
from seed.demo.texts import load
from tests.bench.data.bulk import Row
from tests.bench.data.lessons import COURSES_OF_A_YEAR, YEARS_BACK, Lesson, course_name, course_names
from tests.bench.data.sizes import Size, cohorts

A_SEMESTER = (3, 3, 3, 3, 4)
"""How many each student hands in, the oldest semester first: ten in all, on the average of the grades."""
STRIDE = 7_919
"""A prime no size is a multiple of: stepping by it visits every student, in no order a person would see."""
STATES = (OutcomeState.draft, OutcomeState.sent, OutcomeState.certified, OutcomeState.returned)
NOW, BEFORE = (30, 35, 28, 7), (2, 0, 95, 3)
KINDS = (
    "學習歷程紀錄",
    "期中報告",
    "期末報告",
    "小組專題",
    "實作檢討",
    "觀察日誌",
    "成果海報",
    "修訂版",
    "課堂筆記整理",
    "口頭發表稿",
)
OUTCOME = (
    "id",
    "semester_id",
    "division",
    "student_id",
    "teaching_id",
    "name",
    "brief",
    "practical",
    "state",
    "sent_at",
    "certified_at",
    "certified_by_id",
    "certification_note",
)
Days = Sequence[tuple[dt.date, dt.date]]


def outcomes(size: Size, taught: list[Lesson], days: Days) -> Iterator[Row]:
    """Rows of `OUTCOME`. `days`: first and last day so far of each semester."""
    return islice(_endless(size, taught, days), size.outcomes)


def _endless(size: Size, taught: list[Lesson], days: Days) -> Iterator[Row]:
    chance = random.Random(f"成果 {size.name}")
    rooms = _by_cohort(size, taught)
    texts = [
        load("outcomes")["courses"][name] for name in (course_name(serial, course_names()) for serial in range(COURSES_OF_A_YEAR))
    ]
    grades = [each.grade for each in cohorts(size)]
    number = 0
    for semester, back in enumerate(YEARS_BACK):
        turns = A_SEMESTER[semester] * size.students
        for turn in range(turns):
            piece, step = divmod(turn, size.students)
            student = (step * STRIDE + piece) % size.students
            cohort = student % size.cohorts
            if grades[cohort] <= back:
                continue
            lessons = rooms[semester, cohort]
            lesson = lessons[(student // size.cohorts + piece) % len(lessons)]
            number += 1
            yield number, *_work(student + 1, lesson, texts, _moment(days[semester], turn / turns, chance), semester, chance)


def _by_cohort(size: Size, taught: list[Lesson]) -> dict[tuple[int, int], list[Lesson]]:
    """The lessons of each (semester, cohort). They come in the order of semesters and, within one, of cohorts."""
    semesters: dict[int, int] = {}
    owners = _owners(size)
    found: dict[tuple[int, int], list[Lesson]] = {}
    for each in taught:
        semester = semesters.setdefault(each.semester, len(semesters))
        found.setdefault((semester, owners[each.school_class]), []).append(each)
    return found


def _owners(size: Size) -> dict[int, int]:
    """Which cohort each class row belongs to."""
    rows = ((cohort.number, back) for cohort in cohorts(size) for back in range(cohort.grade))
    return {number: cohort for number, (cohort, _) in enumerate(rows, start=1)}


def _work(student: int, lesson: Lesson, texts: list[Any], at: dt.datetime, semester: int, chance: random.Random) -> Row:
    """All but the id. A student has one work in a lesson, so that its name need not be told from another's."""
    title, brief = chance.choice(texts[(lesson.course - 1) % COURSES_OF_A_YEAR])
    name = f"{title}－{chance.choice(KINDS)}（第{chance.randrange(1, 13)}組）"
    state = chance.choices(STATES, NOW if semester == len(YEARS_BACK) - 1 else BEFORE)[0]
    answered = state in (OutcomeState.certified, OutcomeState.returned)
    return (
        lesson.semester,
        Division.day,
        student,
        lesson.id,
        name,
        brief,
        "實習" in brief or "實作" in name,
        state,
        at if state is not OutcomeState.draft else None,
        at + dt.timedelta(days=chance.randrange(1, 9), minutes=chance.randrange(600)) if answered else None,
        lesson.staff if answered else None,
        "請補上自己負責的部分與心得。" if state is OutcomeState.returned else "",
    )


def _moment(days: tuple[dt.date, dt.date], part: float, chance: random.Random) -> dt.datetime:
    first, last = days
    day = first + (last - first) * (0.3 + 0.65 * part)
    return dt.datetime.combine(day, dt.time(chance.randrange(8, 21), chance.randrange(60), chance.randrange(60)))
