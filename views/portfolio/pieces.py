"""One piece of work on its page: where it stands, its files and receipts, what the student may do with it."""

from __future__ import annotations

from flask import render_template, url_for
from flask_login import login_required

from admin_app import identity
from admin_app.extensions import db
from views.details import last_events
from views.portfolio import cards, steps
from views.portfolio.blueprint import blueprint, whose


@blueprint.get("/<kind>/<int:number>")
@login_required
def piece(kind: str, number: int) -> str:
    """Only the student's own."""
    student = whose()
    row = steps.own_row(student, kind, number)
    view, card = cards.screen(kind), cards.card(row)
    return render_template(
        "portfolio/piece.html",
        card=card,
        path=steps.path(row),
        facts=cards.facts(row),
        entries=last_events(db.session, row, identity.actor()),
        history_url=url_for(f"{view.slug}.history_view", id=row.id),
        delete_url=url_for(f"{view.slug}.delete_view", id=row.id) if card.edit_url else None,
    )
