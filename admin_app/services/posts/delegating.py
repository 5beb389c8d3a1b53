"""代理人: the holder of a post, or the head of its unit, lets a colleague do its work from a day to a day. Never on from there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app import audit
from admin_app.actor import Actor, Held
from admin_app.policy import Denied, Verdict, row_sentence
from admin_app.rulebook import Rulebook
from admin_app.services.posts.handover import accounts_of, holder
from admin_app.services.posts.telling import tell
from models.people import Account, Appointment, Delegation, Staff
from models.values.roc import format_roc
from models.vocabulary import Act, Scope, Subject

LONGEST = dt.timedelta(days=366)
"""A year, whichever years it spans."""


class CannotDelegate(ValueError):
    """This 代理 cannot be made; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: who stands in for which appointment, when, for what, and why."""

    appointment: Appointment
    delegate: Staff
    began_on: dt.date
    ended_on: dt.date
    subjects: tuple[str, ...]
    reason: str


def must_be_sound(lent: Delegation) -> None:
    """What holds whoever writes the 代理 down: nobody stands in for themselves, and a year is the longest."""
    if lent.appointment is not None and lent.delegate is not None and lent.delegate.id == lent.appointment.staff_id:
        raise CannotDelegate("不能指定本人為自己的代理人。")
    if lent.ended_on is not None and lent.began_on is not None and lent.ended_on - lent.began_on >= LONGEST:
        raise CannotDelegate("代理一次最長一年，請縮短期間；屆滿可以再指定。")


def own_grants(by: Actor) -> list[Held]:
    """What lets this person name a 代理人, through posts they hold themselves: what is lent is not lent on."""
    return [held for held in by.held(Act.delegate, Subject.delegation) if not held.holding.stands_in_for]


def lendable(session: Session, by: Actor, *, on: dt.date) -> Sequence[Appointment]:
    """What this person may name a 代理人 for, today's and prepared: their own posts first, then those of the unit they head."""
    loaded = (Appointment.staff, Appointment.school_class, Appointment.department)
    lasting = or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on)
    stmt = (
        select(Appointment)
        .options(*(joinedload(each) for each in loaded))
        .where(Appointment.staff_id.is_not(None), lasting, _within(by))
        .order_by(Appointment.staff_id != (by.staff_id or 0), Appointment.post, Appointment.id)
    )
    return session.scalars(stmt).all()


def _within(by: Actor) -> ColumnElement[bool]:
    conditions = []
    for held in own_grants(by):
        if held.grant.scope is Scope.unit:
            units = by.rulebook.headed_by(held.grant.holder)
            posts = [post.code for post in by.rulebook.posts.values() if post.unit in units]
            conditions.append(Appointment.post.in_(posts) & (Appointment.division == by.division))
        else:
            conditions.append((Appointment.staff_id == by.staff_id) & (Appointment.post == held.holding.post))
    return or_(false(), *conditions)


def why(by: Actor, appointment: Appointment) -> Verdict:
    """By which row this person may name a 代理人 for the appointment; `Denied` when by none."""
    for held in own_grants(by):
        own = held.grant.scope is not Scope.unit and appointment.staff_id == by.staff_id and appointment.post == held.holding.post
        post = by.rulebook.posts.get(appointment.post)
        heads = (
            held.grant.scope is Scope.unit
            and post is not None
            and post.unit in by.rulebook.headed_by(held.grant.holder)
            and appointment.division is by.division
        )
        if own or heads:
            return Verdict(True, f"依{row_sentence(held.grant, by.rulebook)}", held.grant)
    raise Denied(Verdict(False, "代理人由職務主責人或其主管指定；代理而來的職務不能再交給別人代理。"))


def subjects_of(rulebook: Rulebook, post: str) -> list[Subject]:
    """What a post works on, for lending a part of it; the vocabulary's order."""
    found = {grant.subject for each in rulebook.with_implied(post) for grant in rulebook.grants if grant.holder == each}
    return [subject for subject in Subject if subject in found - {Subject.delegation}]


def lend(session: Session, wish: Wish, *, by: Actor, on: dt.date) -> Delegation:
    """Let the delegate stand in. Raises `CannotDelegate` or `Denied`."""
    audit.acting(session, why(by, wish.appointment))
    _must_fit(session, wish, by, on)
    made = Delegation(
        appointment=wish.appointment,
        delegate=wish.delegate,
        division=wish.appointment.division,
        began_on=wish.began_on,
        ended_on=wish.ended_on,
        subjects=wish.subjects,
        reason=wish.reason.strip(),
    )
    session.add(made)
    session.flush()
    audit.track(session, "delegate", "delegation", record=made)
    _tell(session, made, by, "請您代理", "")
    return made


def _must_fit(session: Session, wish: Wish, by: Actor, on: dt.date) -> None:
    absent = wish.appointment
    for wrong, sentence in (
        (wish.delegate.id == absent.staff_id, "不能指定本人為自己的代理人。"),
        (
            wish.delegate.division is not absent.division,
            f"代理人須是{absent.division.zh}的教職員，{wish.delegate.name}屬於{wish.delegate.division.zh}。",
        ),
        (
            wish.delegate.left_on is not None and wish.delegate.left_on < wish.ended_on,
            f"{wish.delegate.name}在代理期間離職，請改選別人。",
        ),
        (wish.ended_on < wish.began_on, "迄日不可早於起日，請修正。"),
        (wish.ended_on < on, "迄日已經過了，請填今天或以後的日子。"),
        (wish.ended_on - wish.began_on >= LONGEST, "代理一次最長一年，請縮短期間；屆滿可以再指定。"),
        (
            absent.ended_on is not None and wish.ended_on > absent.ended_on,
            f"這個職務的任期到 {format_roc(absent.ended_on or on)} 為止，代理不能比任期長。",
        ),
        (not wish.reason.strip(), "請填寫事由，例如公假、婚假。"),
        (
            bool(set(wish.subjects) - {each.name for each in subjects_of(by.rulebook, absent.post)}),
            "代理範圍不屬於這個職務，請重新選取。",
        ),
        (_runs_already(session, wish), f"{wish.delegate.name}在這段期間已代理這個職務，請先撤銷原來的代理。"),
    ):
        if wrong:
            raise CannotDelegate(sentence)


def _runs_already(session: Session, wish: Wish) -> bool:
    same = (
        Delegation.appointment_id == wish.appointment.id,
        Delegation.delegate_id == wish.delegate.id,
        Delegation.revoked_on.is_(None),
        Delegation.began_on <= wish.ended_on,
        Delegation.ended_on >= wish.began_on,
    )
    return session.scalar(select(Delegation.id).where(*same).limit(1)) is not None


def revoke(session: Session, lent: Delegation, *, by: Actor, on: dt.date) -> None:
    """End a 代理 now, by whoever may name one for the post."""
    audit.acting(session, why(by, lent.appointment))
    if lent.revoked_on is not None or lent.ended_on < on:
        raise CannotDelegate("這一筆代理已經結束，不需要撤銷。")
    lent.revoked_on = on
    session.flush()
    audit.track(session, "revoke_delegation", "delegation", record=lent)
    _tell(session, lent, by, "您代理", "已撤銷，自今日起不再代理")


def _tell(session: Session, lent: Delegation, by: Actor, before: str, after: str) -> None:
    post = by.rulebook.zh(lent.appointment.post)
    days = f"{format_roc(lent.began_on)} 至 {format_roc(lent.ended_on)}"
    text = f"{before}{holder(lent.appointment)}的{post}（{days}）{after or f'，事由：{lent.reason}'}。"
    for account in session.scalars(select(Account).where(Account.staff_id == lent.delegate_id)):
        tell(session, account, text, "/delegations")
    if lent.appointment.staff_id != by.staff_id:
        for account in accounts_of(session, lent.appointment):
            tell(session, account, f"{by.name}為您的{post}指定代理人{lent.delegate.name}（{days}）{after}。", "/delegations")


def concerning(session: Session, by: Actor, *, on: dt.date) -> list[Delegation]:
    """The 代理 this person gave, receives or may revoke as a head; those over for half a year are left out."""
    loaded = (joinedload(Delegation.appointment).joinedload(Appointment.staff), joinedload(Delegation.delegate))
    recent = Delegation.ended_on >= on - dt.timedelta(days=183)
    stmt = (
        select(Delegation)
        .join(Delegation.appointment)
        .options(*loaded)
        .where(recent, or_(Delegation.delegate_id == (by.staff_id or 0), Appointment.staff_id == (by.staff_id or 0), _within(by)))
        .order_by(Delegation.ended_on.desc(), Delegation.id.desc())
    )
    return list(session.scalars(stmt))
