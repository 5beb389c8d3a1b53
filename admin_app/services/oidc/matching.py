"""Whose account it is: matched by verified mail once, known by the provider's subject ever after. Nothing is ever created."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.oidc_settings import OidcSettings
from admin_app.services.oidc.provider import Claims
from models.people import Account, Guardian, Staff, Student
from models.second_factor import SchoolIdentity

ASK = "請洽設備組（進修部請洽進修部），核對您帳號上的登入信箱。"


class NoAccount(ValueError):
    """The person signed in at the provider, but no account here is theirs; the message says why and whom to ask."""


def account_for(session: Session, claims: Claims, settings: OidcSettings, *, now: dt.datetime) -> Account:
    """The account these claims belong to; the first time it is found by mail, and the subject is remembered."""
    known = session.scalar(
        select(SchoolIdentity).where(SchoolIdentity.issuer == claims.issuer, SchoolIdentity.subject == claims.subject)
    )
    _in_domain(claims, settings)
    if known is not None:
        known.last_used_at = now
        return session.get_one(Account, known.account_id)
    return _link(session, _by_mail(session, claims), claims, now)


def mail_for(person: Staff | Student | Guardian) -> str | None:
    """The mail address a new account of this person begins with; None where the roster has none."""
    return normal(getattr(person, "email", "")) or None


def normal(mail: str) -> str:
    """A mail address as accounts keep it: addresses that differ in case only are the same."""
    return mail.strip().lower()


def _in_domain(claims: Claims, settings: OidcSettings) -> None:
    if not settings.domain:
        return
    wanted = settings.domain.lower()
    if claims.domain != wanted and (claims.domain or not claims.mail.endswith(f"@{wanted}")):
        raise NoAccount(f"請以學校的帳號（@{wanted}）登入，不要用個人帳號。")


def _by_mail(session: Session, claims: Claims) -> Account:
    if not claims.mail:
        raise NoAccount(f"學校帳號服務沒有提供您的信箱，無法比對帳號。{ASK}")
    if not claims.mail_verified:
        raise NoAccount("您的學校帳號信箱尚未驗證。請先到學校帳號服務完成信箱驗證，再回來登入。")
    found = session.scalars(select(Account).where(func.lower(Account.email) == claims.mail).limit(2)).all()
    if len(found) != 1:
        raise NoAccount(f"沒有帳號使用這個學校信箱。{ASK}")
    return found[0]


def _link(session: Session, account: Account, claims: Claims, now: dt.datetime) -> Account:
    """An address given to somebody else must not inherit the account of its former owner."""
    linked = select(SchoolIdentity.id).where(SchoolIdentity.account_id == account.id, SchoolIdentity.issuer == claims.issuer)
    if session.scalar(linked) is not None:
        raise NoAccount(f"這個學校信箱的帳號已與另一個學校帳號連結，不能直接登入。{ASK}")
    session.add(
        SchoolIdentity(account_id=account.id, issuer=claims.issuer, subject=claims.subject, linked_at=now, last_used_at=now)
    )
    audit.track(session, "oidc_link", "account", record=account)
    return account
