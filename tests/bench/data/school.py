"""Fills an empty database with a school or a city."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.config import read_settings
from admin_app.database import engine_options, migrate
from admin_app.keyring import open_vault
from admin_app.services import finding
from admin_app.services.accounts import hash_password
from admin_app.services.editions import load_edition
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, SchoolClass, Teaching
from models.people import Account, Appointment, Staff, Student
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.values.roc import school_year_of
from models.vocabulary import Division, SemesterTerm
from seed.code_lists import load_codes
from tests.bench.data import lessons, outcomes, people
from tests.bench.data.bulk import fill
from tests.bench.data.sizes import GRADES, Cohort, Size, cohorts

EDITION = Path(__file__).resolve().parents[3] / "seed" / "regulations" / "longtan-107.toml"
DATA_KEY = "an invented data key for the benchmark"
CLERK = "registration_section"
PASSWORD = "invented-benchmark-115"
MAY_WRITE = f"""
[[relation]]
code = "R99"
holders = ["{CLERK}"]
acts = ["record"]
subjects = ["outcome"]
division = "day"
scope = ""
basis = "效能量測"
work = "量測時由註冊組看全部成果並可修改，清單上才有和其他系統相同的勾選與按鈕"
"""
"""By the rule only students write outcomes. A rule is data, so the measured school has a rule under which one person writes all."""


@dataclass(frozen=True)
class Facts:
    """What the measurements need to know of a filled database."""

    size: str
    students: int
    outcomes: int
    clerk: str
    teacher: str
    teacher_id: int
    current: int
    oldest: int
    oldest_outcomes: int
    editable: int
    class_name: str
    version: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def build(url: str, size: Size) -> Facts:
    """Migrate and fill the empty database at `url`."""
    engine = create_engine(**engine_options(url))
    with engine.begin() as connection:
        migrate(connection)
    settings = read_settings(environment(url))
    open_vault(engine, settings)
    with Session(engine) as session:
        sign(session, Signature(None, "效能量測"))
        _rule(session)
        years, semesters = _calendar(session)
        session.commit()
        days = [(each.starts_on, min(each.ends_on, clock.today())) for each in semesters]
        year, year_ids, semester_ids = years[0].year, [each.id for each in years], [each.id for each in semesters]
        session.commit()
    with engine.connect() as connection:
        _fast(connection)
        _frame(connection, size, year, year_ids)
        _people(connection, size, year)
        taught = list(lessons.lessons(size, semester_ids))
        columns = ("id", "semester_id", "division", "school_class_id", "course_id", "staff_id", "credits")
        fill(connection, Teaching.__table__, columns, lessons.lesson_rows(taught))
        fill(connection, LearningOutcome.__table__, outcomes.OUTCOME, outcomes.outcomes(size, taught, days))
        connection.commit()
    with Session(engine) as session:
        finding.rebuild(session)
        session.commit()
    _settle(engine)
    with Session(engine) as session:
        facts = _facts(session, size, semester_ids)
    engine.dispose()
    return facts


def environment(url: str) -> dict[str, str]:
    """The settings our system is measured with."""
    return {
        "PORTFOLIO_DATABASE_URL": url,
        "PORTFOLIO_SECRET_KEY": "an invented secret for the benchmark",
        "PORTFOLIO_DATA_KEY": DATA_KEY,
        "PORTFOLIO_DATA_DIR": str(Path(tempfile.gettempdir()) / "portfolio-bench-data"),
        "PORTFOLIO_INSECURE_COOKIES": "1",
    }


def _rule(session: Session) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(EDITION.read_text(encoding="utf-8") + MAY_WRITE)
        file.flush()
        load_edition(session, Path(file.name), now=clock.now())
    load_codes(session)


def _calendar(session: Session) -> tuple[list[SchoolYear], list[Semester]]:
    """This school year and the two before it, this one first; semesters up to the current one, the oldest first."""
    today = clock.today()
    years = [SchoolYear(year=school_year_of(today) - back) for back in range(len(GRADES))]
    semesters = []
    for number, back in enumerate(lessons.YEARS_BACK):
        ago = len(lessons.YEARS_BACK) - 1 - number
        starts_on = today - dt.timedelta(days=60 + 183 * ago)
        ends_on = starts_on + dt.timedelta(days=150)
        term = SemesterTerm.first if ago % 2 == 0 else SemesterTerm.second
        closed_on = ends_on if ago else None
        semesters.append(Semester(school_year=years[back], term=term, starts_on=starts_on, ends_on=ends_on, closed_on=closed_on))
    session.add_all([*years, *semesters])
    session.flush()
    return years, semesters


def _fast(connection: Connection) -> None:
    """Nothing here has to survive a power cut, and all references are right by construction."""
    if connection.dialect.name == "sqlite":
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    else:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '256MB'"):
            connection.exec_driver_sql(f"SET {setting}")
    connection.commit()


def _frame(connection: Connection, size: Size, year: int, years: list[int]) -> None:
    fill(connection, Department.__table__, ("id", "division", "name", "short"), lessons.departments())
    rooms = ("id", "school_year_id", "division", "department_id", "name", "grade")
    fill(connection, SchoolClass.__table__, rooms, lessons.class_rows(size, years))
    plan = ("id", "code", "name", "credits", "division", "entry_year", "category", "attribute")
    fill(connection, Course.__table__, plan, lessons.courses(size, year))


def _people(connection: Connection, size: Size, year: int) -> None:
    """Staff, students, and an account for each; all have one password, whose hash is as dear to check as any."""
    now = {cohort.number: number for number, cohort, back in lessons.classes(size, []) if back == 0}
    columns = ("id", "code", "name", "unit", "title", "division", "email")
    fill(connection, Staff.__table__, columns, people.staff(size))
    fill(connection, Student.__table__, people.STUDENT, people.students(size, now, year))
    began_on, hashed, at = clock.today() - dt.timedelta(days=100), hash_password(PASSWORD), clock.now()
    posts = ((CLERK if number == 1 else "teacher", Division.day, number, began_on) for number in range(1, size.staff + 1))
    fill(connection, Appointment.__table__, ("post", "division", "staff_id", "began_on"), posts)
    grades = [each.grade for each in cohorts(size)]
    names = [(f"T{number:05}", number, None) for number in range(1, size.staff + 1)]
    names += [(people.student_no(n, year - grades[n % size.cohorts] + 1), None, n + 1) for n in range(size.students)]
    accounts = ((name, Division.day, staff, student, hashed, at) for name, staff, student in names)
    fill(
        connection,
        Account.__table__,
        ("username", "division", "staff_id", "student_id", "password_hash", "password_set_at"),
        accounts,
    )


def _settle(engine) -> None:  # type: ignore[no-untyped-def]
    """Count what the tables hold, as the product does after an import."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("ANALYZE"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            connection.execute(text("VACUUM ANALYZE"))


def _facts(session: Session, size: Size, semesters: list[int]) -> Facts:
    outcome = LearningOutcome
    draft = select(outcome.id).where(outcome.semester_id == semesters[-1], outcome.state == OutcomeState.draft)
    oldest = select(text("count(*)")).select_from(outcome).where(outcome.semester_id == semesters[0])
    sqlite = session.get_bind().dialect.name == "sqlite"
    return Facts(
        size=size.name,
        students=size.students,
        outcomes=size.outcomes,
        clerk="T00001",
        teacher="T00003",
        teacher_id=3,
        current=semesters[-1],
        oldest=semesters[0],
        oldest_outcomes=session.scalar(oldest) or 0,
        editable=session.scalar(draft.order_by(outcome.id.desc()).limit(1)) or 0,
        class_name=Cohort(3 * 5).name(0, alone=size.campuses == 1),
        version=str(session.scalar(text("SELECT sqlite_version()" if sqlite else "SHOW server_version"))),
    )
