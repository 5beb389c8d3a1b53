"""Notices about a work: to its student when somebody answered, to those who settle doubts when there is one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import Actor
from admin_app.services.account_life.keeping import active
from admin_app.services.notices import notify
from models.people import Account, Appointment
from models.records.learning_outcome import LearningOutcome
from models.vocabulary import Act, Subject


def tell_student(session: Session, outcome: LearningOutcome, text: str) -> None:
    """A notice for the student whose work it is."""
    url = f"/portfolio/learning_outcome/{outcome.id}"
    for number in session.scalars(select(Account.id).where(Account.student_id == outcome.student_id, Account.enabled)):
        notify(session, number, text, url)


def tell_keepers(session: Session, outcome: LearningOutcome, by: Actor, text: str) -> None:
    """A notice for those who settle what students doubt in the work's division."""
    book = by.rulebook
    posts = {
        post
        for post in book.posts
        for held in book.with_implied(post)
        for grant in book.find(held, Act.settle, Subject.outcome)
        if grant.division in (None, outcome.division)
    }
    holders = select(Appointment.staff_id).where(Appointment.post.in_(posts), active(clock.today()))
    for number in session.scalars(select(Account.id).where(Account.staff_id.in_(holders), Account.enabled)):
        notify(session, number, text, "/certifying/doubts")
