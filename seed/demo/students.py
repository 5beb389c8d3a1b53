"""Students and guardians: invented names, false but valid 身分證號, birth dates that fit the grade."""

from __future__ import annotations

import datetime as dt
import random
from itertools import count

from models.people import Guardian, Guardianship, Student
from models.values.identity import fake_id_number
from models.values.roc import BEFORE_ROC
from models.vocabulary import Division, EnrolmentStatus, Gender
from seed.demo.rooms import Hall
from seed.demo.school import School, chance
from seed.names import Namer

AGE_AT_ENTRY = 16
"""A first grader of 115 was born between September 99 and August 100."""
BOYS = {"普": 0.47, "園": 0.45, "造": 0.5, "畜": 0.34, "食": 0.3, "機": 0.9, "電": 0.88}
INDIGENOUS = 0.03
FIRST_SAFE_SEAT = 13
"""Whoever sits before this seat stays at school, so that demo personas do."""
PERSONAS = {"student": ("機二甲", 8), "student_representative": ("普二甲", 3), "evening_student": ("進機二甲", 5)}
PARENT_REPRESENTATIVE = ("普三乙", 10)
DIALECTS = {"泰雅族": "賽考利克泰雅語", "阿美族": "秀姑巒阿美語", "布農族": "郡群布農語", "排灣族": "東排灣語"}
PLAINS = {"阿美族"}
ROUTES = {
    "普": ("分區免試", "分區免試", "分區免試", "優先免試入學", "免試續招"),
    "": ("分區免試", "分區免試", "優先免試入學", "技優甄審", "免試續招"),
    "進": ("分區免試", "免試續招", "進修部非應屆獨招"),
}


def build_students(school: School, halls: list[Hall]) -> None:
    """Fill every class, seat by seat, and give each student a guardian."""
    rng = chance("學生")
    namer, numbers = Namer(rng), count(11)
    serials = {(division, grade): count(1) for division in Division for grade in (1, 2, 3)}
    for hall in halls:
        serial = serials[hall.plan.division, hall.room.grade]
        hall.room.roster = [
            _student(school, hall, rng, namer, serial=next(serial), number=next(numbers), seat=seat)
            for seat in range(1, hall.size + 1)
        ]
        school.add(hall.room.roster)
    for username, (room, seat) in PERSONAS.items():
        school.personas[username] = school.current.room(room).roster[seat - 1]


def _student(school: School, hall: Hall, rng: random.Random, namer: Namer, *, serial: int, number: int, seat: int) -> Student:
    room, plan = hall.room, hall.plan
    gender = Gender.male if rng.random() < BOYS[plan.short] else Gender.female
    entry_year = school.current.plan.year - room.grade + 1
    evening = plan.division is Division.evening
    indigenous = rng.random() < INDIGENOUS
    student = Student(
        student_no=f"{entry_year}{5 if evening else 1}{serial:04d}",
        name=namer.indigenous(gender) if indigenous and rng.random() < 0.7 else namer.person(gender),
        id_number=fake_id_number(number, gender),
        gender=gender,
        born_on=_born_on(entry_year, rng, older=evening and rng.random() < 0.08),
        school_class=room.school_class,
        division=plan.division,
        seat_no=seat,
        entry_year=entry_year,
        admission_route=rng.choice(ROUTES["進" if evening else plan.short if plan.short == "普" else ""]),
        group_code=plan.group,
        department_code=plan.code,
        division_code="5" if evening else "1",
        class_type="01" if evening else "1",
        special_status="1" if indigenous else "0",
    )
    if indigenous:
        _add_indigenous_status(student, rng)
    if seat >= FIRST_SAFE_SEAT:
        _perhaps_leave(student, rng, school)
    return student


def _born_on(entry_year: int, rng: random.Random, *, older: bool) -> dt.date:
    """進修部 also takes grown-up learners."""
    born = dt.date(entry_year + BEFORE_ROC - AGE_AT_ENTRY, 9, 1) + dt.timedelta(days=rng.randrange(365))
    return born - dt.timedelta(days=rng.randrange(3 * 365, 25 * 365)) if older else born


def _add_indigenous_status(student: Student, rng: random.Random) -> None:
    group = rng.choice(list(DIALECTS))
    student.indigenous_group = group
    student.indigenous_status = "平原" if group in PLAINS else "山原"
    student.pass_mark = 50
    if rng.random() < 0.5 and student.entry_year:
        student.language_dialect = DIALECTS[group]
        student.language_exam_year = str(student.entry_year - 1)
        student.language_valid_until = f"{student.entry_year + 2}0630"


def _perhaps_leave(student: Student, rng: random.Random, school: School) -> None:
    fate = rng.random()
    if fate < 0.018:
        student.status = EnrolmentStatus.suspended if fate < 0.014 else EnrolmentStatus.transferred
        student.status_changed_on = school.current.some_day(rng, 0.0, 0.6)


def build_guardians(school: School) -> None:
    """One guardian for each student; two of them have a demo account."""
    rng = chance("家長")
    namer = Namer(rng)
    children: dict[str, Guardian] = {}
    links = []
    for room in school.current.rooms:
        for student in room.roster:
            gender = rng.choice((Gender.male, Gender.female))
            guardian = Guardian(
                code=f"G{student.student_no}",
                name=namer.parent_of(student.name, gender),
                email=f"g{student.student_no}@example.tw",
                division=student.division,
            )
            children[student.student_no] = guardian
            links.append(Guardianship(guardian=guardian, student=student, relation="父" if gender is Gender.male else "母"))
    school.add(children.values())
    school.add(links)
    room_name, seat = PARENT_REPRESENTATIVE
    elected = school.current.room(room_name).roster[seat - 1]
    school.personas["guardian"] = children[school.student("student").student_no]
    school.personas["parent_representative"] = children[elected.student_no]
