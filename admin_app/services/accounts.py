"""Accounts: finding them, making them for the people of the rosters, and their passwords."""

from __future__ import annotations

import datetime as dt
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services import first_passwords, links, sessions
from models.people import Account, Guardian, Staff, Student
from models.sign_in import OneTimeLink, SignInSession
from models.vocabulary import EndReason

SHORTEST = 10
_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_urlsafe())
"""Checked when the account does not exist, so that the answer takes as long."""


class WeakPassword(ValueError):
    """The new password cannot be used; the message says why."""


def set_password(session: Session, account: Account, password: str, *, now: dt.datetime, keep: SignInSession | None = None) -> None:
    """The person chooses a new password: every sign-in but `keep` ends, and every unused link."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"密碼至少 {SHORTEST} 個字元，請換一個長一點的。")
    if account.username.lower() in password.lower():
        raise WeakPassword("密碼不可含有帳號，請換一個。")
    account.password_hash = _hasher.hash(password)
    account.password_set_at, account.must_change_password, account.first_password_until = now, False, None
    sessions.end_all(session, account, EndReason.password, now=now, keep=keep)
    links.withdraw(session, account, now=now)


def use_link(session: Session, link: OneTimeLink, password: str, *, now: dt.datetime) -> None:
    """Set the password a link was made for; the link is then used up."""
    if not links.take(session, link, now=now):
        raise WeakPassword("這個連結剛剛已經用過，請重新申請。")
    set_password(session, link.account, password, now=now)


def verify(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes the same time for an account that does not exist. Rehashes old hashes.

    A password from a slip may be typed without its hyphens, and is none any more once its days are over.
    """
    from_slip = account is not None and account.first_password_until is not None
    password = first_passwords.as_printed(password) if from_slip else password
    try:
        _hasher.verify(account.password_hash if account and account.password_hash else _DECOY, password)
    except (VerificationError, InvalidHashError):
        return False
    if account is None or not account.password_hash or first_passwords.lapsed(account, on=clock.today()):
        return False
    if _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _hasher.hash(password)
    return True


def hash_password(password: str) -> str:
    """An Argon2id hash."""
    return _hasher.hash(password)


def find(session: Session, username: str) -> Account | None:
    """The account with this user name; upper and lower case are the same for 教師代碼."""
    return session.scalar(select(Account).where(Account.username.in_({username, username.upper()})).limit(1))


def account_for(person: Staff | Student | Guardian, username: str) -> Account:
    """A new account without a password: it can only be entered by a one-time link."""
    owner = {"staff": Staff, "student": Student, "guardian": Guardian}
    name = next(name for name, model in owner.items() if isinstance(person, model))
    return Account(username=username, division=person.division, **{name: person})
