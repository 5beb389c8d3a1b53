"""我的學習歷程: what is left of the semester, the courses with their outcomes, the achievements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import render_template, url_for
from flask_login import login_required
from sqlalchemy import select

from admin_app import clock
from admin_app.extensions import db
from admin_app.services.keeping.alarm import backup_alarm
from admin_app.services.portfolio import statements
from admin_app.services.portfolio.courses import OwnCourse, own_courses
from models.catalogue import ACHIEVEMENTS
from models.people import Student
from models.vocabulary import Subject
from views.portfolio.blueprint import blueprint, this_term, whose
from views.portfolio.cards import Card, cards
from views.portfolio.left import what_is_left


@blueprint.get("/")
@login_required
def index() -> str:
    """Everything of this semester on one page; what needs the student first."""
    student, term = whose(), this_term()
    own = own_courses(db.session, student, term.id)
    outcomes = {each.row.id: each for each in cards(row for course in own for row in course.outcomes)}
    achievements = list(cards(_achievements(student, term.id)))
    return render_template(
        "portfolio/index.html",
        term=term,
        warning=backup_alarm(db.session, clock.now()).to_students,
        left=what_is_left(student, term, clock.now()),
        courses=[_course(each, outcomes) for each in own],
        achievements=achievements,
        waiting=[each for each in (*outcomes.values(), *achievements) if each.tone == "bad"],
        stated={each.name: statements.find(db.session, each, student, term.id) for each in statements.STATEMENTS},
        subjects=[
            (each.name, each.zh, bool(outcomes if each is Subject.outcome else achievements)) for each in statements.STATEMENTS
        ],
    )


def _course(own: OwnCourse, outcomes: dict[int, Card]) -> dict[str, Any]:
    return {
        "zh": own.zh,
        "teacher": own.teaching.staff.name,
        "why_not": own.why_not,
        "cards": [outcomes[row.id] for row in own.outcomes],
        "new_url": url_for("portfolio.new", kind="learning_outcome", teaching=own.teaching.id),
    }


def _achievements(student: Student, semester_id: int) -> Iterator[Any]:
    """The semester's, kind by kind: a statement each."""
    for model in ACHIEVEMENTS:
        stmt = select(model).where(model.student_id == student.id, model.semester_id == semester_id).order_by(model.id)
        yield from db.session.scalars(stmt)
