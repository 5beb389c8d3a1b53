"""Whom backups concern: whoever manages the platform, and whoever the edition lets read about it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import Verdict, may
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.services.account_life.keeping import active
from admin_app.terms import load_terms
from models.people import Account, Appointment
from models.vocabulary import Act, Subject


def manager(by: Actor) -> Verdict:
    """Whether a person manages the platform: backs up, drills, keeps the incident log."""
    return may(by, Act.manage, Subject.platform)


def reader(by: Actor) -> Verdict:
    """Whether a person may read about backups; whoever manages the platform may."""
    return manager(by) or may(by, Act.read, Subject.platform)


def evidenced_duties(rulebook: Rulebook) -> tuple[str, ...]:
    """The rows of the duty table a restore drill is evidence of: those that give somebody the platform to manage."""
    rows = [each.row for each in rulebook.grants if each.is_duty and (each.act, each.subject) == (Act.manage, Subject.platform)]
    return tuple(dict.fromkeys(rows))


def keepers(session: Session, *, on: dt.date) -> list[int]:
    """Accounts of all of them."""
    edition = load_terms(session, on=on).edition_id(on)
    if edition is None:
        return []
    rulebook = load_rulebook(session, edition)
    posts = {
        post
        for post in rulebook.posts
        for held in rulebook.with_implied(post)
        if any(rulebook.find(held, act, Subject.platform) for act in (Act.manage, Act.read))
    }
    holders = select(Appointment.staff_id).where(Appointment.post.in_(posts), active(on))
    return list(session.scalars(select(Account.id).where(Account.staff_id.in_(holders), Account.enabled).order_by(Account.id)))
