"""The ten categories of 多元表現: how an entry of `texts/achievements.toml` becomes the columns of a row."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.records.achievements.artwork import Artwork
from models.records.achievements.base import Achievement
from models.records.achievements.certificate import Certificate
from models.records.achievements.contest import Contest
from models.records.achievements.flexible_learning import FlexibleLearning
from models.records.achievements.group_activity import GroupActivity
from models.records.achievements.leadership import Leadership
from models.records.achievements.other_achievement import OtherAchievement
from models.records.achievements.precollege_course import PrecollegeCourse
from models.records.achievements.service_learning import ServiceLearning
from models.records.achievements.workplace_learning import WorkplaceLearning
from models.values.class_name import GRADES
from seed.demo.school import Room, Term
from seed.demo.texts import load

ALONE, TOGETHER = "1", "2"
UNNAMED_CATEGORY = "1"
"""職場學習類別: the sources name no values, so screens show 代碼表未收錄."""
BEFORE = dt.timedelta(days=21)
FULL_DAY = 9
"""Hours: what takes longer goes on the next day."""


@dataclass(frozen=True)
class Occasion:
    """An entry as one student of a class took part in it. `held_on`: the same day for everybody."""

    entry: dict[str, Any]
    term: Term
    room: Room
    held_on: dt.date
    rng: random.Random

    @property
    def period(self) -> dict[str, dt.date]:
        began_on = max(self.term.semester.starts_on, self.held_on - BEFORE)
        return {"began_on": began_on, "ended_on": self.held_on}

    @property
    def hours(self) -> Decimal:
        least, most = self.entry["hours"]
        return Decimal(self.rng.randrange(least, most + 1, 2))

    @property
    def own_term(self) -> dict[str, Any]:
        return {"school_year": self.term.plan.year, "term": self.term.semester.term}


def _contest(one: Occasion) -> dict[str, Any]:
    items = one.entry["items"]
    choices: list[str] = items.get(one.room.short) or items[""]
    team = one.entry.get("team", False)
    rng = random.Random(f"{one.room.name}{one.term.plan}{choices}") if team else one.rng  # a class wins or loses as one
    return {
        "name": f"{one.term.plan.year} 學年度{one.entry['name']}",
        "item": GRADES[one.room.grade - 1] + choices[0] if one.entry.get("by_grade") else rng.choice(choices),
        "level": one.entry["level"],
        "award": rng.choice(one.entry["awards"]),
        "announced_on": one.held_on,
        "participation": TOGETHER if team else ALONE,
        "field": one.entry["field"],
    }


def _certificate(one: Occasion) -> dict[str, Any]:
    facts = {
        "name": one.entry["name"],
        "obtained_on": one.held_on,
        "number": f"{one.rng.randrange(1, 300):03d}-{one.rng.randrange(1, 10**6):06d}",
        "group_name": one.entry["group"],
    }
    if "score" in one.entry:
        score = one.rng.randrange(*one.entry["score"])
        facts["score"] = Decimal(score)
        facts["sub_scores"] = one.entry["parts"] % (score // 2 + 4, score - score // 2 - 4) if "parts" in one.entry else ""
    return facts


def _service(one: Occasion) -> dict[str, Any]:
    return {"name": one.entry["name"], "organiser": one.entry["organiser"], "hours": one.hours, **one.period}


def _flexible(one: Occasion) -> dict[str, Any]:
    facts = {name: one.entry[name] for name in ("category", "content", "organiser")}
    return {**facts, **one.own_term, "weekly_periods": Decimal(one.rng.choice((1, 2))), "weeks": one.rng.choice((6, 9, 18))}


def _group(one: Occasion) -> dict[str, Any]:
    facts = {name: one.entry[name] for name in ("category", "content", "organiser")}
    return {**facts, **one.own_term, "periods": Decimal(one.entry["periods"])}


def _leadership(one: Occasion) -> dict[str, Any]:
    units = {"class": one.room.name, "社團": one.rng.choice(load("clubs")[one.room.division.name]["clubs"])[0]}
    unit = one.entry["unit"]
    return {
        "unit_name": units.get(unit, unit),
        "title": one.entry["title"],
        "level": one.entry["level"],
        "began_on": one.term.after(3),
        "ended_on": one.term.semester.ends_on if one.term.plan.closed_on else None,
    }


def _workplace(one: Occasion) -> dict[str, Any]:
    facts = {name: one.entry[name] for name in ("organiser", "title")}
    return {**facts, "category": UNNAMED_CATEGORY, "hours": one.hours, **one.period}


def _artwork(one: Occasion) -> dict[str, Any]:
    return {"name": one.entry["name"], "made_on": one.term.some_day(one.rng, 0.2)}


def _precollege(one: Occasion) -> dict[str, Any]:
    facts = {name: one.entry[name] for name in ("program", "organiser", "name")}
    return {**facts, "credits": Decimal(one.entry["credits"]), "hours": Decimal(one.entry["hours"]), **one.period}


def _other(one: Occasion) -> dict[str, Any]:
    facts = {name: one.entry[name] for name in ("name", "organiser")}
    overnight = dt.timedelta(days=one.entry["hours"] // FULL_DAY)
    days = {"began_on": max(one.term.semester.starts_on, one.held_on - overnight), "ended_on": one.held_on}
    return {**facts, "hours": Decimal(one.entry["hours"]), "score_text": one.entry["score"], **days}


CATEGORIES: dict[str, tuple[type[Achievement], Callable[[Occasion], dict[str, Any]]]] = {
    "contest": (Contest, _contest),
    "certificate": (Certificate, _certificate),
    "service_learning": (ServiceLearning, _service),
    "flexible_learning": (FlexibleLearning, _flexible),
    "group_activity": (GroupActivity, _group),
    "leadership": (Leadership, _leadership),
    "workplace_learning": (WorkplaceLearning, _workplace),
    "artwork": (Artwork, _artwork),
    "precollege_course": (PrecollegeCourse, _precollege),
    "other_achievement": (OtherAchievement, _other),
}
"""Category → its model and the function that fills its own columns."""
