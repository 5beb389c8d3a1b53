"""What an account has beside its password, and taking all of it away when the phone is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, literal, select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import Verdict, judge, require
from admin_app.services.account_life.keeping import NOT_YOURS, beyond
from admin_app.services.factors import passkeys, recovery, totp
from admin_app.services.factors.challenges import PLUMBING
from models.people import Account
from models.second_factor import Passkey, RecoveryCode, SchoolIdentity, Totp
from models.values.text import tidy
from models.vocabulary import Act

LONGEST_REASON = 200
OWN = "自己的第二道驗證不能由自己重設，請由另一位管理帳號的人辦理，或使用備用碼登入。"


@dataclass(frozen=True, slots=True)
class Status:
    """The second factors of an account."""

    totp: Totp | None
    passkeys: Sequence[Passkey]
    codes_left: int
    school_identity: SchoolIdentity | None

    @property
    def any(self) -> bool:
        return self.totp is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class Ways:
    """By what an account may pass the second step, in numbers: asked at every sign-in, by one statement."""

    totp: bool
    passkeys: int
    codes: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0


def ways(session: Session, account_id: int) -> Ways:
    """What the account may pass the second step with."""
    keys = select(func.count(Passkey.id)).where(Passkey.account_id == account_id).scalar_subquery()
    unused = RecoveryCode.used_at.is_(None)
    codes = select(func.count(RecoveryCode.id)).where(RecoveryCode.account_id == account_id, unused).scalar_subquery()
    has_totp = exists(select(literal(1)).where(Totp.account_id == account_id))
    found = session.execute(select(has_totp, keys, codes)).one()
    return Ways(bool(found[0]), int(found[1] or 0), int(found[2] or 0))


def status(session: Session, account: Account) -> Status:
    """What the owner sees on 「登入安全」."""
    identity = session.scalar(select(SchoolIdentity).where(SchoolIdentity.account_id == account.id).limit(1))
    return Status(totp.enrolled(session, account), passkeys.of(session, account), recovery.left(session, account), identity)


def may_reset(session: Session, account: Account, *, by: Actor, on: dt.date) -> Verdict:
    """Whoever keeps this account may reset its factors; never their own, nor those of who keeps the other side's accounts."""
    if by.account_id == account.id:
        return Verdict(False, OWN)
    if beyond(session, by, [account], on=on):
        return Verdict(False, NOT_YOURS)
    return judge(session, by, Act.manage, account)


def reset(session: Session, account: Account, *, by: Actor, reason: str, on: dt.date) -> None:
    """Take every second factor and the link to a school account away. `reason` is kept; the owner is told by the caller."""
    verdict = require(may_reset(session, account, by=by, on=on))
    if not tidy(reason):
        raise ValueError("請填寫重設的事由，例如「手機遺失，已核對身分」。")
    audit.acting(session, verdict)
    wipe(session, account, reason=tidy(reason)[:LONGEST_REASON])


def wipe(session: Session, account: Account, *, reason: str) -> None:
    """The deed itself; also for the command line, when nobody is left who could."""
    had = status(session, account)
    removed = [*(["驗證器"] if had.totp else []), *(f"通行密鑰「{each.name}」" for each in had.passkeys)]
    for model in (Totp, Passkey, RecoveryCode, SchoolIdentity):
        session.execute(delete(model).where(model.account_id == account.id), execution_options=PLUMBING)
    audit.track(session, "factor_reset", "account", record=account, note=reason, removed=removed)
