"""Who keeps which accounts: the keepers of one side of the wall never touch those of the other, nor those who keep it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import Verdict, may, require
from admin_app.rulebook import Rulebook
from models.people import Account, Appointment, Delegation
from models.vocabulary import Act, Division, Subject

NOT_YOURS = "管理另一部別帳號的人，其密碼只能由該部別的管理者重設"


def kept(by: Actor) -> tuple[Division, ...]:
    """The divisions whose accounts this person keeps."""
    sides = {held.grant.division for held in by.held(Act.manage, Subject.accounts)}
    return tuple(side for side in Division if None in sides or side in sides)


def keeper(by: Actor) -> Verdict:
    """The verdict that lets this person keep accounts; `Denied` for anybody else."""
    return require(may(by, Act.manage, Subject.accounts))


def keeper_posts(rulebook: Rulebook, divisions: Iterable[Division]) -> frozenset[str]:
    """The posts whose holders keep the accounts of any of these divisions."""
    sides = set(divisions)
    return frozenset(
        post
        for post in rulebook.posts
        for held in rulebook.with_implied(post)
        for grant in rulebook.find(held, Act.manage, Subject.accounts)
        if grant.division is None or grant.division in sides
    )


def keeper_accounts(session: Session, rulebook: Rulebook, division: Division, *, on: dt.date) -> list[int]:
    """Accounts of those who keep this division's accounts on a day: whom a notice to the keepers goes to."""
    held = select(Appointment.staff_id).where(Appointment.post.in_(keeper_posts(rulebook, [division])), active(on))
    return list(session.scalars(select(Account.id).where(Account.staff_id.in_(held), Account.enabled)))


def active(on: dt.date) -> ColumnElement[bool]:
    """Appointments that hold on a day."""
    return (Appointment.began_on <= on) & or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on)


def beyond(session: Session, by: Actor, accounts: Sequence[Account], *, on: dt.date) -> set[int]:
    """Ids of the accounts whose persons keep, now or soon, accounts this person does not: not theirs to reset."""
    others = [side for side in Division if side not in kept(by)]
    posts = keeper_posts(by.rulebook, others)
    if not others or not posts:
        return set()
    lasting = or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on)
    holders = select(Appointment.staff_id).where(Appointment.post.in_(posts), lasting, Appointment.staff_id.is_not(None))
    lent = (
        select(Delegation.delegate_id)
        .join(Delegation.appointment)
        .where(Appointment.post.in_(posts), Delegation.revoked_on.is_(None), Delegation.ended_on >= on)
    )
    guarded = set(session.scalars(holders)) | set(session.scalars(lent))
    return {account.id for account in accounts if account.staff_id in guarded}
