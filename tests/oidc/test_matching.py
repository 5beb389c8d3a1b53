"""Whose account it is: by verified mail the first time, by the subject ever after; nothing is created."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.oidc_settings import OidcSettings
from admin_app.services.oidc.matching import NoAccount, account_for, mail_for
from admin_app.services.oidc.provider import Claims
from models.event import Event
from models.people import Account, Staff
from models.second_factor import SchoolIdentity
from tests.factors.conftest import NOON, hire

ISSUER = "https://accounts.example.edu.tw"
SETTINGS = OidcSettings(ISSUER, "portfolio", "a client secret")
CLAIMS = Claims(ISSUER, "sub-lin", "t101@example.edu.tw", True, "example.edu.tw", False)


@pytest.fixture
def lin(session: Session) -> Account:
    account = hire(session, "T101", "林佳均")
    account.email = "T101@Example.edu.tw"
    session.flush()
    return account


def claims(**changes: object) -> Claims:
    return dataclasses.replace(CLAIMS, **changes)  # type: ignore[arg-type]


def found(session: Session, told: Claims, settings: OidcSettings = SETTINGS) -> Account:
    return account_for(session, told, settings, now=NOON)


def test_a_verified_mail_finds_its_account_whatever_the_case(session: Session, lin: Account) -> None:
    assert found(session, CLAIMS) is lin


def test_the_first_match_is_an_event(session: Session, lin: Account) -> None:
    found(session, CLAIMS)
    found(session, CLAIMS)
    assert session.scalar(select(func.count()).select_from(Event).where(Event.verb == "oidc_link")) == 1


def test_afterwards_the_subject_decides_even_if_the_mail_changes(session: Session, lin: Account) -> None:
    found(session, CLAIMS)
    assert found(session, claims(mail="lin.new@example.edu.tw", mail_verified=False)) is lin


def test_an_address_given_to_somebody_else_inherits_nothing(session: Session, lin: Account) -> None:
    found(session, CLAIMS)
    with pytest.raises(NoAccount, match="已與另一個學校帳號連結"):
        found(session, claims(subject="sub-somebody-else"))


def test_an_unverified_mail_finds_nothing(session: Session, lin: Account) -> None:
    with pytest.raises(NoAccount, match="尚未驗證"):
        found(session, claims(mail_verified=False))
    assert session.scalar(select(SchoolIdentity)) is None


def test_an_unknown_mail_creates_nothing_and_says_whom_to_ask(session: Session, lin: Account) -> None:
    before = session.scalar(select(func.count()).select_from(Account))
    with pytest.raises(NoAccount, match="請洽設備組"):
        found(session, claims(mail="nobody@example.edu.tw"))
    assert session.scalar(select(func.count()).select_from(Account)) == before


def test_no_mail_is_no_match(session: Session, lin: Account) -> None:
    with pytest.raises(NoAccount, match="沒有提供您的信箱"):
        found(session, claims(mail=""))


def test_only_accounts_of_the_schools_domain(session: Session, lin: Account) -> None:
    ours = dataclasses.replace(SETTINGS, domain="example.edu.tw")
    assert found(session, CLAIMS, ours) is lin
    with pytest.raises(NoAccount, match="不要用個人帳號"):
        found(session, claims(domain="", mail="lin@gmail.example"), ours)
    with pytest.raises(NoAccount, match="不要用個人帳號"):
        found(session, claims(domain="other.example"), ours)


def test_a_new_account_begins_with_the_rosters_mail() -> None:
    assert mail_for(Staff(code="T1", name="林佳均", email=" T101@Example.edu.tw ")) == "t101@example.edu.tw"
    assert mail_for(Staff(code="T1", name="林佳均", email="")) is None
