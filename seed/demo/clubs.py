"""社團, their rosters and their officers."""

from __future__ import annotations

import random
from typing import Any

from models.people import Staff, Student
from models.records.club import Club
from models.records.club_membership import ClubMembership
from models.records.club_office import ClubOffice
from models.vocabulary import Division
from seed.demo.school import School, Term, chance
from seed.demo.staff import Faculty
from seed.demo.texts import load

JOINING = {Division.day: {1: 0.95, 2: 0.9, 3: 0.15}, Division.evening: {1: 0.4, 2: 0.35, 3: 0.1}}
"""The part of a grade that belongs to a club."""
LEAVING = 0.02
OUTSIDERS = 0.2
"""Clubs whose 指導老師 comes from outside the school."""


def build_clubs(school: School, faculty: Faculty) -> None:
    """The clubs of both semesters; a student belongs to one."""
    for term in (school.previous, school.current):
        for division in Division:
            _build(school, term, division, faculty)


def _build(school: School, term: Term, division: Division, faculty: Faculty) -> None:
    rng = chance(f"社團{division.name}{term.number}")
    texts = load("clubs")[division.name]
    advisors = [person for (side, _), pool in faculty.teachers.items() if side is division for person in pool]
    clubs = [_club(term, division, row, texts["meets"], advisors, rng) for row in texts["clubs"]]
    members: dict[str, list[Student]] = {club.name: [] for club in clubs}
    for room in term.of(division):
        for student in room.students:
            if rng.random() < JOINING[division][room.grade] or student in school.personas.values():
                members[rng.choice(clubs).name].append(student)
    school.add(clubs)
    school.add(_membership(term, club, student, rng) for club in clubs for student in members[club.name])
    school.add(office for club in clubs for office in _offices(term, club, members[club.name], rng))


def _club(term: Term, division: Division, row: list[str], meets: str, advisors: list[Staff], rng: random.Random) -> Club:
    name, place = row
    advisor = None if rng.random() < OUTSIDERS else rng.choice(advisors)
    return Club(semester=term.semester, division=division, name=name, place=place, meets=meets, advisor=advisor)


def _membership(term: Term, club: Club, student: Student, rng: random.Random) -> ClubMembership:
    joined_on = term.after(10)
    left_on = max(term.some_day(rng, 0.4), joined_on) if rng.random() < LEAVING else None
    return ClubMembership(student=student, club=club, joined_on=joined_on, left_on=left_on)


def _offices(term: Term, club: Club, members: list[Student], rng: random.Random) -> list[ClubOffice]:
    offices: list[list[str]] = load("clubs")["offices"]["club"]
    common: dict[str, Any] = {
        "club": club,
        "began_on": term.after(10),
        "ended_on": term.semester.ends_on if term.plan.closed_on else None,
    }
    elected = rng.sample(members, min(len(offices), len(members)))
    return [
        ClubOffice(student=student, title=title, brief=brief, **common)
        for (title, brief), student in zip(offices, elected, strict=False)
    ]
