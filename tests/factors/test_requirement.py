"""Who must have a second factor is read from the edition: whoever manages accounts or reviews the units, in either division."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.actor import Actor, load_actor
from admin_app.rulebook import load_rulebook
from admin_app.services.factors.requirement import why_required
from models.people import Account, Appointment, Delegation
from models.regulation import Edition
from models.second_factor import Required
from models.vocabulary import Division
from tests.factors.conftest import hire

TODAY = dt.date(2026, 11, 24)


def actor(session: Session, account: Account) -> Actor:
    edition = session.scalars(select(Edition.id)).one()
    return load_actor(session, account, load_rulebook(session, edition), on=TODAY)


@pytest.mark.parametrize(
    ("post", "division"),
    [
        ("equipment_section", Division.day),
        ("executive_secretary", Division.day),
        ("evening_division", Division.evening),
        ("evening_director", Division.evening),
    ],
)
def test_keepers_of_accounts_and_reviewers_need_one(session: Session, post: str, division: Division) -> None:
    account = hire(session, "T200", "周文彬", post, division)
    assert "登入須有第二道驗證" in why_required(actor(session, account), Required.posts)


@pytest.mark.parametrize("post", ["activities_section", "registration_section", ""])
def test_others_need_none(session: Session, post: str) -> None:
    account = hire(session, "T200", "周文彬", post)
    assert why_required(actor(session, account), Required.posts) == ""


def test_all_staff_may_be_asked_for_one(session: Session, teacher: Account) -> None:
    assert why_required(actor(session, teacher), Required.staff) == "本校規定教職員登入須有第二道驗證。"


def test_nobody_needs_one_where_the_school_says_so(session: Session, clerk: Account) -> None:
    assert why_required(actor(session, clerk), Required.none) == ""


def test_who_stands_in_needs_one_too(session: Session, teacher: Account, clerk: Account) -> None:
    post = session.scalars(select(Appointment).where(Appointment.staff_id == clerk.staff_id)).one()
    session.add(Delegation(appointment=post, delegate=teacher.staff, began_on=TODAY, ended_on=TODAY))
    session.flush()
    assert why_required(actor(session, teacher), Required.posts)


def test_the_sentence_names_the_post_and_its_row(session: Session, clerk: Account) -> None:
    assert why_required(actor(session, clerk), Required.posts).startswith("您擔任設備組，可以管理「帳號權限」（日校 D01）")


def test_the_sentence_names_the_post_that_needs_it_and_not_the_one_that_brings_it(session: Session) -> None:
    account = hire(session, "T300", "邱怡臻", "counseling_director")
    assert why_required(actor(session, account), Required.posts).startswith("您擔任執行秘書")
