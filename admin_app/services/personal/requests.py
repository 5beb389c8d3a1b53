"""Requests under the 個資法: which are open, when they are due, and a word to whoever answers them before it is too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_app import clock
from admin_app.actor import Actor
from admin_app.policy import visible
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.services.account_life.keeping import active
from admin_app.services.jobs import Work, periodic
from admin_app.services.notices import notify
from admin_app.terms import load_terms
from models.people import Account, Appointment
from models.personal_data import PersonalRequest
from models.values.roc import format_roc
from models.vocabulary import Act, Division, Subject

MOST_SHOWN = 100
WARNED = 3
"""Days before the last day on which whoever answers is told."""


def open_ones(session: Session, by: Actor) -> Sequence[PersonalRequest]:
    """Requests not answered yet that the person may see, the most urgent first."""
    people = (joinedload(PersonalRequest.student), joinedload(PersonalRequest.guardian), joinedload(PersonalRequest.staff))
    stmt = select(PersonalRequest).options(*people).where(PersonalRequest.answered_on.is_(None), visible(by, PersonalRequest))
    return session.scalars(stmt.order_by(PersonalRequest.due_on, PersonalRequest.id).limit(MOST_SHOWN)).all()


def left(request: PersonalRequest, today: dt.date) -> int:
    """Days left; negative when it is overdue."""
    return (request.due_on - today).days


def standing(request: PersonalRequest, today: dt.date) -> str:
    """How it stands, in words."""
    days = left(request, today)
    if days < 0:
        return f"逾期 {-days} 日"
    return "今日到期" if days == 0 else f"剩 {days} 日"


@periodic("personal_requests_due", zh="個資申請期限提醒", daily_at="07:30")
def remind(work: Work) -> dict[str, str]:
    """Tell those who answer requests, three days before the last day and each day after it."""
    today = clock.today()
    edition = load_terms(work.session, on=today).edition_id(today)
    late = select(PersonalRequest).where(
        PersonalRequest.answered_on.is_(None), PersonalRequest.due_on <= today + dt.timedelta(days=WARNED)
    )
    told = 0
    rulebook = load_rulebook(work.session, edition) if edition else None
    for request in work.session.scalars(late.limit(MOST_SHOWN)) if rulebook else ():
        text = f"個資申請（{request.right.zh}）法定期限 {format_roc(request.due_on)}，{standing(request, today)}，請儘速答覆。"
        for account in answerers(work.session, rulebook, request.division, on=today) if rulebook else ():
            notify(work.session, account, text, "/personal")
            told += 1
    return {"text": f"已提醒 {told} 次"}


def answerers(session: Session, rulebook: Rulebook, division: Division, *, on: dt.date) -> list[int]:
    """Accounts of those who answer requests of a division."""
    posts = {
        post
        for post in rulebook.posts
        for held in rulebook.with_implied(post)
        for grant in rulebook.find(held, Act.disclose, Subject.personal_data)
        if grant.division in (None, division)
    }
    holders = select(Appointment.staff_id).where(Appointment.post.in_(posts), active(on))
    return list(session.scalars(select(Account.id).where(Account.staff_id.in_(holders), Account.enabled)))
