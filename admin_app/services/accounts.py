"""Accounts: passwords (Argon2id), one-time links, making accounts for the people of the rosters."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Account, Guardian, Staff, Student

SHORTEST = 10
LINK_LASTS = dt.timedelta(days=3)
_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_urlsafe())
"""Checked when the account does not exist, so that the answer takes as long."""


class WeakPassword(ValueError):
    """The new password cannot be used; the message says why."""


def set_password(account: Account, password: str) -> None:
    """Give the account a new password and end its sessions."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"密碼至少 {SHORTEST} 個字元，請換一個長一點的。")
    if account.username.lower() in password.lower():
        raise WeakPassword("密碼不可含有帳號，請換一個。")
    account.password_hash = _hasher.hash(password)
    account.session_stamp += 1


def verify(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes the same time for an account that does not exist. Rehashes old hashes."""
    try:
        _hasher.verify(account.password_hash if account and account.password_hash else _DECOY, password)
    except (VerificationError, InvalidHashError):
        return False
    if account is None or not account.password_hash:
        return False
    if _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _hasher.hash(password)
    return True


def hash_password(password: str) -> str:
    """An Argon2id hash."""
    return _hasher.hash(password)


def make_link(account: Account, *, now: dt.datetime) -> str:
    """A token for a one-time link to set the password; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    account.link_digest, account.link_expires_at = _digest(token), now + LINK_LASTS
    return token


def find_by_link(session: Session, token: str, *, now: dt.datetime) -> Account | None:
    """The account a one-time link belongs to, while it lasts."""
    account = session.scalar(select(Account).where(Account.link_digest == _digest(token)))
    if account is None or account.link_expires_at is None or account.link_expires_at < now:
        return None
    return account


def use_link(account: Account, password: str) -> None:
    """Set the password a link was made for; the link is then gone."""
    set_password(account, password)
    account.link_digest = account.link_expires_at = None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, username: str) -> Account | None:
    """The account with this user name; upper and lower case are the same for 教師代碼."""
    return session.scalar(select(Account).where(Account.username.in_({username, username.upper()})).limit(1))


def account_for(person: Staff | Student | Guardian, username: str) -> Account:
    """A new account without a password: it can only be entered by a one-time link."""
    owner = {"staff": Staff, "student": Student, "guardian": Guardian}
    name = next(name for name, model in owner.items() if isinstance(person, model))
    return Account(username=username, division=person.division, **{name: person})
