"""The demo school: the classes of a real-sized school, invented people, and a semester under way in which today lies."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.audit import Signature, sign
from admin_app.config import DEMO_PASSWORD
from models.calendar import Semester
from models.people import Account, Staff, Student
from seed.code_lists import load_codes
from seed.demo.absences import build_absences
from seed.demo.account_life import build_account_life
from seed.demo.accounts import DemoAccount, build_accounts, demo_accounts
from seed.demo.achievements import build_achievements
from seed.demo.careers import build_careers
from seed.demo.clubs import build_clubs
from seed.demo.completions import build_completions
from seed.demo.consultations import build_consultations
from seed.demo.courses import build_courses, build_lessons
from seed.demo.grades import build_grades
from seed.demo.imports import build_imports
from seed.demo.inbox import build_inbox
from seed.demo.incidents import build_incidents
from seed.demo.meetings import build_awards, build_meetings
from seed.demo.offices import build_offices
from seed.demo.outcomes import build_outcomes
from seed.demo.personal import build_personal
from seed.demo.posts import build_posts
from seed.demo.registry import build_electives, build_registry
from seed.demo.rooms import build_rooms, fill_last_year
from seed.demo.school import School
from seed.demo.staff import build_staff
from seed.demo.statements import build_statements
from seed.demo.students import build_guardians, build_students
from seed.demo.trail import build_trail
from seed.demo.views import build_views
from seed.demo.winners import build_winners
from seed.demo.years import build_years
from seed.limits import load_limits
from seed.retention import load_retention
from seed.rule import load_rule

__all__ = ["DEMO_PASSWORD", "DemoAccount", "build_demo", "demo_accounts", "is_empty"]

BUILDER = "示範學校建置"


def is_empty(session: Session) -> bool:
    """Whether nobody is in the database yet."""
    return all(session.scalar(select(model.id).limit(1)) is None for model in (Staff, Student, Account, Semester))


def build_demo(session: Session, *, today: dt.date, now: dt.datetime, password: str) -> list[DemoAccount]:
    """Fill an empty, migrated database; the caller commits. A database with people in it is left as it is.

    The same `today` always gives the same school.
    """
    if is_empty(session):
        sign(session, Signature(None, BUILDER))
        edition = load_rule(session, now)[-1]
        load_codes(session)
        load_retention(session)
        load_limits(session)
        with _collector_resting():
            _fill(School(session, today, edition), password)
    return demo_accounts(session)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Fifty thousand rows make no cycles worth looking for; looking would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fill(school: School, password: str) -> None:
    build_years(school)
    build_students(school, build_rooms(school))
    fill_last_year(school)
    build_guardians(school)
    faculty = build_staff(school)
    plan = build_courses(school)
    build_lessons(school, plan, faculty)
    appointments = build_posts(school, faculty)
    build_accounts(school, password)
    build_account_life(school)
    build_registry(school)
    build_electives(school, plan)
    build_careers(school)
    build_consultations(school, appointments)
    build_grades(school, plan)
    build_offices(school)
    build_clubs(school, faculty)
    build_winners(school, build_achievements(school))
    build_outcomes(school)
    build_absences(school)
    build_statements(school)
    build_meetings(school)
    build_awards(school)
    build_completions(school)
    build_imports(school)
    build_incidents(school)
    build_personal(school)
    build_trail(school)
    build_inbox(school)
    build_views(school)
