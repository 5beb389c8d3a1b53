"""應登錄名單: winners the units know of. Some recorded their award, some recorded it differently, some did not at all."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models.people import Student
from models.records.achievements.base import Achievement
from models.records.achievements.certificate import Certificate
from models.records.achievements.contest import SKILL, SPORTS, Contest
from models.records.certificate_winner import CertificateWinner, WinnerKind
from models.records.sports_winner import SportsWinner
from seed.demo.school import School, Term, chance

KNOWN = 0.55
"""The part of recorded certificates that the unit's list has, too."""
DIFFERENT, MISSING = 0.12, 0.3
CONFIRMED = 0.6
LATER = dt.timedelta(days=3)
TECHNICIAN = "技術士"


@dataclass
class Lists:
    """What is needed to make one semester's lists. `named`: who has recorded, or is listed for, what."""

    term: Term
    rng: random.Random
    settled: bool
    named: set[tuple[str, str]] = field(default_factory=set)

    def mate(self, student: Student, name: str) -> Iterator[Student]:
        """Sometimes a classmate who won the same and has recorded nothing."""
        if self.rng.random() < MISSING:
            room = next(room for room in self.term.rooms if student in room.roster)
            free = [each for each in room.students if (each.student_no, name) not in self.named]
            mate = self.rng.choice(free)
            self.named.add((mate.student_no, name))
            yield mate

    def day(self, day: dt.date) -> dt.date:
        """Sometimes the unit has another date: the day on the certificate instead of the announcement."""
        return max(day - LATER, self.term.semester.starts_on) if self.rng.random() < DIFFERENT else day

    def confirmed(self, won_on: dt.date, *, recorded: bool) -> dt.date | None:
        """Last semester's lists are confirmed; this semester's partly, where there is something to compare with."""
        if not self.settled and (not recorded or self.rng.random() > CONFIRMED):
            return None
        return max(self.term.some_day(self.rng, 0.7, 1.0), won_on)


def build_winners(school: School, achievements: dict[str, list[Achievement]]) -> None:
    """Lists of both semesters for 實習處, 體育組 and 進修部學務組."""
    certificates = [each for each in achievements["certificate"] if isinstance(each, Certificate)]
    contests = [each for each in achievements["contest"] if isinstance(each, Contest) and each.award]
    recorded: list[Certificate | Contest] = [*certificates, *contests]
    named = {(each.student.student_no, each.name) for each in recorded}
    for term in (school.previous, school.current):
        lists = Lists(term, chance(f"應登錄{term.number}"), term is school.previous, named)
        now = [each for each in contests if each.semester is term.semester]
        school.add(_certificates(lists, [each for each in certificates if each.semester is term.semester]))
        school.add(_skills(lists, [each for each in now if each.field == SKILL]))
        school.add(_sports(lists, [each for each in now if each.field == SPORTS]))


def _certificates(lists: Lists, recorded: list[Certificate]) -> Iterator[CertificateWinner]:
    for each in recorded:
        if TECHNICIAN in each.name and lists.rng.random() < KNOWN:
            facts = {"kind": WinnerKind.certificate, "name": each.name, "won_on": lists.day(each.obtained_on)}
            yield _winner(lists, each.student, recorded=True, **facts, award=each.number)
            yield from (_winner(lists, mate, recorded=False, **facts) for mate in lists.mate(each.student, each.name))


def _skills(lists: Lists, recorded: list[Contest]) -> Iterator[CertificateWinner]:
    for each in recorded:
        facts = {"kind": WinnerKind.skill_contest, "name": each.name, "level": each.level, "award": each.award}
        yield _winner(lists, each.student, recorded=True, **facts, won_on=lists.day(each.announced_on))
        yield from (
            _winner(lists, mate, recorded=False, **facts, won_on=each.announced_on) for mate in lists.mate(each.student, each.name)
        )


def _winner(lists: Lists, student: Student, *, recorded: bool, **facts: Any) -> CertificateWinner:
    confirmed_on = lists.confirmed(facts["won_on"], recorded=recorded)
    return CertificateWinner(student=student, semester=lists.term.semester, confirmed_on=confirmed_on, **facts)


def _sports(lists: Lists, recorded: list[Contest]) -> Iterator[SportsWinner]:
    for each in recorded:
        for student in (each.student, *lists.mate(each.student, each.name)):
            won_on = lists.day(each.announced_on)
            yield SportsWinner(
                student=student,
                semester=lists.term.semester,
                contest_name=each.name,
                item=each.item,
                level=each.level,
                award=each.award,
                won_on=won_on,
                confirmed_on=lists.confirmed(won_on, recorded=student is each.student),
            )
