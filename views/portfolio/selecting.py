"""勾選: what of the school year will be sent, with the limits, and exactly what will be sent of each."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import login_required
from sqlalchemy import select

from admin_app import clock
from admin_app.extensions import db
from models.calendar import SchoolYear, Semester
from models.catalogue import ACHIEVEMENTS
from models.people import Student
from models.records.learning_outcome import LearningOutcome
from views.portfolio import cards, steps
from views.portfolio.blueprint import blueprint, this_term, whose
from views.portfolio.left import selection_state


@blueprint.get("/selection")
@login_required
def selection() -> str:
    """Both kinds; a button each, and below what leaves the school."""
    student, term = whose(), this_term()
    sides = [
        _side("outcome", "課程學習成果", cards.cards(_rows(LearningOutcome, student, term.year))),
        _side("achievement", "多元表現", cards.cards(row for model in ACHIEVEMENTS for row in _rows(model, student, term.year))),
    ]
    state = selection_state(student, term, clock.now())
    return render_template("portfolio/selection.html", term=term, sides=sides, state=state, sent=_sent(sides))


def _rows(model: Any, student: Student, year: int) -> list[Any]:
    stmt = (
        select(model)
        .join(Semester, Semester.id == model.semester_id)
        .join(SchoolYear, SchoolYear.id == Semester.school_year_id)
        .where(model.student_id == student.id, SchoolYear.year == year)
        .order_by(model.id)
    )
    return list(db.session.scalars(stmt))


def _side(name: str, zh: str, found: list[cards.Card]) -> dict[str, Any]:
    """What is chosen, what may be chosen, and what cannot be yet with its reason."""
    chosen = [each for each in found if cards.is_chosen(each)]
    ready = [each for each in found if any(step.name == "select" for step in steps.own_steps(each.row))]
    rest = [each for each in found if each not in chosen and each not in ready]
    return {"name": name, "zh": zh, "chosen": chosen, "ready": ready, "rest": rest}


def _sent(sides: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Exactly what leaves the school of what is chosen: the fields that are exported, and the files."""
    return [{"card": each, "facts": cards.sent_facts(each.row)} for side in sides for each in side["chosen"]]
