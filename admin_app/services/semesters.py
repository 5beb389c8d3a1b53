"""The first semester of a new school: proposed from the usual national calendar, to be confirmed by a person."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.terms import load_terms
from models.calendar import SchoolYear, Semester
from models.values.roc import BEFORE_ROC, school_year_of
from models.vocabulary import SemesterTerm

PROPOSED = "系統依一般行事曆暫定，尚未經工作小組議決"
SECOND_BEGINS = (2, 1)
"""From this day on the second semester of a school year is the one to record in."""


def open_first(session: Session, *, on: dt.date) -> Semester | None:
    """Open the semester `on` falls in, when the school has none; its dates say that they are proposed."""
    if session.scalar(select(Semester.id).limit(1)) is not None:
        return None
    year = school_year_of(on)
    first = dt.date(year + BEFORE_ROC, 9, 1), dt.date(year + BEFORE_ROC + 1, 1, 20)
    second = dt.date(year + BEFORE_ROC + 1, 2, 11), dt.date(year + BEFORE_ROC + 1, 6, 30)
    is_second = on >= dt.date(year + BEFORE_ROC + 1, *SECOND_BEGINS)
    starts_on, ends_on = second if is_second else first
    semester = Semester(
        school_year=session.scalar(select(SchoolYear).where(SchoolYear.year == year)) or SchoolYear(year=year),
        term=SemesterTerm.second if is_second else SemesterTerm.first,
        starts_on=starts_on,
        ends_on=ends_on,
        starts_source=PROPOSED,
        ends_source=PROPOSED,
        edition_id=load_terms(session, on=on).in_force,
    )
    session.add(semester)
    session.flush()
    return semester
