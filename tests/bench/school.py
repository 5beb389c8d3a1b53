"""The database both applications are measured over: invented students, and five semesters of grades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options, migrate, refresh_statistics
from admin_app.services.accounts import hash_password
from admin_app.services.editions import load_edition
from models import vault
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, SchoolClass
from models.people import Account, Appointment, Staff, Student
from models.records.grade import Grade
from models.values.identity import fake_id_number
from models.values.roc import school_year_of
from models.vocabulary import Division, Gender, SemesterTerm
from seed.code_lists import load_codes

EDITION = Path(__file__).resolve().parents[2] / "seed" / "regulations" / "longtan-107.toml"
DATA_KEY = "an invented data key for the benchmark"
USERNAME = "registration_section"
PASSWORD = "invented-benchmark-115"
SEMESTERS = 5
COURSES = 10
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周"
GIVEN = ("怡君", "家豪", "宥廷", "品妍", "子晴", "承恩", "冠宇", "詠晴", "柏翰", "思妤", "宇軒", "佳穎")
SUBJECTS = ("國語文", "英語文", "數學", "機械製造", "電子學", "程式設計", "體育", "音樂", "會計學", "基本電學")
DEPARTMENTS = ("機械", "電機", "資訊", "商經", "餐飲", "幼保")
BATCH = 5_000


@dataclass(frozen=True)
class School:
    """What the measurements need to know of the database."""

    url: str
    version: str
    grades: int
    semester_id: int
    semester_grades: int
    grade_id: int


def build(url: str, *, students: int) -> School:
    """Migrate, load the rule, fill; `students` × 50 grades."""
    vault.install(vault.Vault([DATA_KEY.encode()]))
    engine = create_engine(**engine_options(url))
    with engine.begin() as connection:
        migrate(connection)
    with Session(engine) as session:
        sign(session, Signature(None, "效能量測"))
        load_edition(session, EDITION, now=clock.now())
        load_codes(session)
        semesters, classes, courses = _frame(session)
        _account(session)
        session.flush()
        session.execute(insert(Student), list(_students(students, classes)))
        ids = list(session.scalars(select(Student.id).order_by(Student.id)))
        rows = _grades(ids, [each.id for each in semesters], [each.id for each in courses])
        while batch := list(islice(rows, BATCH)):
            session.execute(insert(Grade), batch)
        session.commit()
        current = semesters[-1].id
        newest = session.scalar(select(Grade.id).where(Grade.semester_id == current).order_by(Grade.id).limit(1)) or 0
        refresh_statistics(session)
        version = str(session.scalar(text("SELECT sqlite_version()" if engine.dialect.name == "sqlite" else "SHOW server_version")))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # what its own housekeeping does within a minute
    engine.dispose()
    return School(url, version, students * SEMESTERS * COURSES, current, students * COURSES, newest)


def _frame(session: Session) -> tuple[list[Semester], list[SchoolClass], list[Course]]:
    """Semesters up to the current one, 54 classes, 50 courses."""
    today = clock.today()
    years = {year: SchoolYear(year=year) for year in range(school_year_of(today) - 2, school_year_of(today) + 1)}
    semesters = []
    for back in reversed(range(SEMESTERS)):
        starts_on = today - dt.timedelta(days=30 + 183 * back)
        ends_on = starts_on + dt.timedelta(days=150)
        term = SemesterTerm.first if back % 2 == 0 else SemesterTerm.second
        year = years[school_year_of(today) - (back + 1) // 2]
        dates = {"starts_on": starts_on, "ends_on": ends_on, "closed_on": ends_on if back else None}
        semesters.append(Semester(school_year=year, term=term, **dates))
    this_year = semesters[-1].school_year
    departments = [Department(division=Division.day, name=f"{name}科", short=name[0]) for name in DEPARTMENTS]
    classes = [
        SchoolClass(school_year=this_year, division=Division.day, department=each, name=f"{each.short}{number}{row}", grade=grade)
        for each in departments
        for grade, number in enumerate("一二三", start=1)
        for row in "甲乙丙"
    ]
    courses = [
        Course(code=f"114030402V21301010200{number + 1:02}", name=f"{SUBJECTS[number % COURSES]}{number // COURSES + 1}")
        for number in range(SEMESTERS * COURSES)
    ]
    session.add_all([*years.values(), *semesters, *departments, *classes, *courses])
    session.flush()
    return semesters, classes, courses


def _account(session: Session) -> None:
    staff = Staff(code="T001", name="林佳均", title="註冊組長")
    account = Account(username=USERNAME, staff=staff, password_hash=hash_password(PASSWORD))
    post = Appointment(post=USERNAME, staff=staff, began_on=clock.today() - dt.timedelta(days=100))
    session.add_all([staff, account, post])


def _students(count: int, classes: list[SchoolClass]) -> Iterator[dict[str, Any]]:
    for number in range(count):
        gender = Gender.male if number % 2 else Gender.female
        id_number = fake_id_number(number, gender)
        yield {
            "student_no": f"115{number:05}",
            "name": SURNAMES[number % len(SURNAMES)] + GIVEN[number // len(SURNAMES) % len(GIVEN)],
            "id_number": id_number,
            "id_number_index": vault.vault().index(id_number),
            "gender": gender,
            "born_on": dt.date(2009, 9, 1) + dt.timedelta(days=number % 365),
            "division": Division.day,
            "school_class_id": classes[number % len(classes)].id,
            "seat_no": number // len(classes) + 1,
        }


def _grades(students: list[int], semesters: list[int], courses: list[int]) -> Iterator[dict[str, Any]]:
    for number, semester_id in enumerate(semesters):
        taught = courses[number * COURSES : (number + 1) * COURSES]
        for student_id in students:
            for course_id in taught:
                score = Decimal((student_id * 37 + course_id * 101) % 6_500 + 3_500) / 100
                yield {
                    "student_id": student_id,
                    "semester_id": semester_id,
                    "division": Division.day,
                    "course_id": course_id,
                    "course_grade": number // 2 + 1,
                    "credits": Decimal(3),
                    "score": score,
                    "pass_mark": 60,
                    "passed": "1" if score >= 60 else "0",
                    "counted": "1",
                    "description": "上課認真，作業按時繳交。" if student_id % 4 == 0 else "",
                }
