"""Who certifies for a teacher who is away, and students who were given more time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from models.extension import Extension
from models.substitution import Substitution
from models.vocabulary import Division, WindowKind
from seed.demo.school import School

AWAY, LONG_AGO = (-3, 11), (-40, -30)
"""Days from today: a 代理 under way, and one that is over."""
LATER = dt.timedelta(days=7)


def build_absences(school: School) -> None:
    """A teacher of each side away now, one who was, and an extension of each side."""
    school.add(_substitutions(school))
    school.add(_extensions(school))


def _substitutions(school: School) -> Iterator[Substitution]:
    known = set(school.personas.values())
    for division in Division:
        lessons = (each for room in school.current.of(division) for each in school.current.lessons[room.name])
        teachers = [each for each in dict.fromkeys(lesson.staff for lesson in lessons) if each not in known]
        for (first, last), number, reason in ((AWAY, 0, "公假研習"), (LONG_AGO, 1, "婚假")):
            yield Substitution(
                division=division,
                staff=teachers[number * 2],
                substitute=teachers[number * 2 + 1],
                began_on=school.today + dt.timedelta(days=first),
                ended_on=school.today + dt.timedelta(days=last),
                reason=reason,
            )


def _extensions(school: School) -> Iterator[Extension]:
    term = school.current
    for division, grants in ((Division.day, "academic_director"), (Division.evening, "evening_director")):
        student = next(each for each in term.of(division)[-1].students if each not in school.personas.values())
        closes = dt.datetime.combine(term.semester.ends_on + dt.timedelta(days=14), dt.time(23, 59))
        yield Extension(
            semester=term.semester,
            student=student,
            kind=WindowKind.upload,
            until=closes + LATER,
            reason="住院，附診斷證明",
            approved_by=school.staff(grants),
            approved_at=dt.datetime.combine(term.last, dt.time(10, 20)),
        )
