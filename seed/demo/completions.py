"""班級登錄情形 and 單位辦理情形: what 導師, 執行秘書 and 進修部主任 have found."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sqlalchemy import select

from models.records.class_completion import ClassCompletion
from models.records.unit_completion import UnitCompletion, UnitFinding
from models.regulation import Duty, Post
from models.vocabulary import Timing
from seed.demo.school import School, Term, chance

REMINDED = ("{n} 人未到校，導師另行通知", "{n} 人尚未簽名，已電話提醒家長", "{n} 人請假，返校後補簽")
WAITING = ("已提醒，下週再確認", "尚有部分班級未完成", "資料彙整中")
AT_START = (Timing.summer, Timing.term_start)
CHECKERS = ("D22", "E21")
"""The rows of those who do the checking; nobody checks themselves."""


def build_completions(school: School) -> None:
    """Last semester was completed; this semester the classes have been told and the 期初 work is done."""
    for term in (school.previous, school.current):
        rng = chance(f"完成{term.number}")
        school.add(_classes(term, rng))
        school.add(_units(school, term, rng))


def _classes(term: Term, rng: random.Random) -> Iterator[ClassCompletion]:
    for room in term.rooms:
        absent = rng.choice((0, 0, 1, 2))
        done = term.plan.closed_on is not None
        started = done or rng.random() < 0.5
        achievement = done or (started and rng.random() < 0.2)
        yield ClassCompletion(
            semester=term.semester,
            school_class=room.school_class,
            outcome_confirmed=done,
            achievement_confirmed=achievement,
            students_signed=len(room.students) - absent if started else 0,
            confirmed_on=term.semester.ends_on if done else term.after(45) if achievement else None,
            remark=rng.choice(REMINDED).format(n=absent) if absent and started else "",
        )


def _units(school: School, term: Term, rng: random.Random) -> Iterator[UnitCompletion]:
    posts = school.session.scalars(select(Post).where(Post.edition_id == school.edition.id))
    names = {post.code: post.zh for post in posts}
    duties = school.session.scalars(select(Duty).where(Duty.edition_id == school.edition.id).order_by(Duty.position))
    for duty in duties:
        if duty.code in CHECKERS:
            continue
        finding = _finding(term, duty, rng)
        yield UnitCompletion(
            semester=term.semester,
            division=duty.division,
            duty_code=duty.code,
            unit="、".join(names[owner] for owner in duty.owners),
            finding=finding,
            checked_on=term.semester.ends_on if term.plan.closed_on else term.after(50),
            remark="" if finding is UnitFinding.done else rng.choice(WAITING),
        )


def _finding(term: Term, duty: Duty, rng: random.Random) -> UnitFinding:
    if term.plan.closed_on or duty.timing in AT_START:
        return UnitFinding.done
    return rng.choice((UnitFinding.underway, UnitFinding.underway, UnitFinding.not_started))
