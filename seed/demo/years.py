"""School years, semesters and windows of the demo school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from models.calendar import SchoolYear, Semester, Window
from models.vocabulary import SemesterTerm, WindowKind
from seed.demo.calendar import FIRST, TermPlan, school_calendar, windows
from seed.demo.school import School, Term

TERMS = {1: SemesterTerm.first, 2: SemesterTerm.second}
FOR_THE_DEMO = "；為使今日落在學期中而調整"
INVENTED = "（示範文號）"


def build_years(school: School) -> None:
    """Two closed semesters, the current one, and the windows of all three."""
    plans = school_calendar(school.today)
    years = {plan.year: SchoolYear(year=plan.year) for plan in plans}
    yesterday = school.today - dt.timedelta(days=1)
    school.terms = tuple(
        Term(plan, _semester(school, plan, years[plan.year]), max(plan.starts_on, min(plan.ends_on, yesterday))) for plan in plans
    )
    school.add(years.values())
    school.add(term.semester for term in school.terms)
    school.add(window for term in school.terms for window in _windows(term, decided=term is not school.current))


def _semester(school: School, plan: TermPlan, year: SchoolYear) -> Semester:
    letter = f"桃教高字第 {plan.year}00{plan.number}2601 號函{INVENTED}"
    return Semester(
        school_year=year,
        term=TERMS[plan.number],
        starts_on=plan.starts_on,
        starts_source=letter + FOR_THE_DEMO * plan.shifted,
        ends_on=plan.ends_on,
        ends_source=letter + FOR_THE_DEMO * plan.shifted,
        national_due_on=plan.due_on,
        national_due_source=f"臺教國署高字第 {plan.year}01{plan.number}3507 號函{INVENTED}",
        closed_on=plan.closed_on,
        edition_id=school.edition.id,
    )


def _windows(term: Term, *, decided: bool) -> Iterator[Window]:
    """The 工作小組 has not decided on the current semester's 勾選 and 確認 yet."""
    meeting = f"{term.plan.year} 學年度第 {1 if term.number == FIRST else 2} 次工作小組會議決議"
    for plan in windows(term.plan):
        open_question = not decided and plan.kind in (WindowKind.selection, WindowKind.confirmation)
        yield Window(
            semester=term.semester,
            kind=plan.kind,
            grade=plan.grade,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            source="" if open_question else meeting,
        )
