"""Accounts: finding them, making them for the people of the rosters, and their passwords."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services import first_passwords, links, sessions
from admin_app.services.passwords.hashing import hash_password, is_outdated, matches
from admin_app.services.passwords.profiles import Rules
from models.people import Account, Guardian, Staff, Student
from models.sign_in import FormerPassword, OneTimeLink, SignInSession
from models.values.roc import format_roc
from models.vocabulary import EndReason

__all__ = ["WeakPassword", "account_for", "find", "hash_password", "renew_hash", "set_password", "too_young", "use_link", "verify"]


class WeakPassword(ValueError):
    """The new password cannot be used; the message says why."""


def set_password(
    session: Session, account: Account, password: str, rules: Rules, *, now: dt.datetime, keep: SignInSession | None = None
) -> None:
    """The person chooses a new password: every sign-in but `keep` ends, and every unused link."""
    problem = rules.problem(password) or _used_before(session, account, password, rules.profile.remembered)
    if problem:
        raise WeakPassword(problem)
    if account.password_hash:
        session.add(FormerPassword(account=account, password_hash=account.password_hash, replaced_at=now))
    account.password_hash = hash_password(password)
    account.password_set_at, account.must_change_password, account.first_password_until = now, False, None
    sessions.end_all(session, account, EndReason.password, now=now, keep=keep)
    links.withdraw(session, account, now=now)


def too_young(account: Account, rules: Rules, *, now: dt.datetime) -> str:
    """Why the password may not be changed again yet; never when it has to be changed."""
    set_at, youngest = account.password_set_at, rules.profile.youngest
    if account.must_change_password or set_at is None or now - set_at >= youngest:
        return ""
    again = set_at + youngest
    return f"密碼剛更改過，依本校規定 {format_roc(again.date())} {again:%H:%M} 之後才能再改。忘記密碼請洽管理帳號的單位。"


def _used_before(session: Session, account: Account, password: str, remembered: int) -> str:
    """The present password and those before it, as many as the profile remembers."""
    former = select(FormerPassword.password_hash).where(FormerPassword.account_id == account.id)
    newest = former.order_by(FormerPassword.replaced_at.desc(), FormerPassword.id.desc()).limit(max(0, remembered - 1))
    known = [account.password_hash, *session.scalars(newest)] if account.id is not None else [account.password_hash]
    used = any(hashed and matches(hashed, password) for hashed in known)
    return "這是您目前或最近用過的密碼，請換一個新的。" if used else ""


def use_link(session: Session, link: OneTimeLink, password: str, rules: Rules, *, now: dt.datetime) -> None:
    """Set the password a link was made for; the link is then used up."""
    if not links.take(session, link, now=now):
        raise WeakPassword("這個連結剛剛已經用過，請重新申請。")
    set_password(session, link.account, password, rules, now=now)


def verify(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes the same time for an account that does not exist.

    A password from a slip may be typed without its hyphens, and is none any more once its days are over.
    """
    if account is None:
        return matches("", password)
    right = matches(account.password_hash, first_passwords.as_typed(account, password))
    return right and not first_passwords.lapsed(account, on=clock.today())


def renew_hash(account: Account, password: str) -> None:
    """After a password was found right: hash it anew when the costs have changed since."""
    if is_outdated(account.password_hash):
        account.password_hash = hash_password(password)


def find(session: Session, username: str) -> Account | None:
    """The account with this user name; upper and lower case are the same for 教師代碼."""
    return session.scalar(select(Account).where(Account.username.in_({username, username.upper()})).limit(1))


def account_for(person: Staff | Student | Guardian, username: str) -> Account:
    """A new account without a password: it can only be entered by a one-time link."""
    owner = {"staff": Staff, "student": Student, "guardian": Guardian}
    name = next(name for name, model in owner.items() if isinstance(person, model))
    return Account(username=username, division=person.division, **{name: person})
