"""備用碼: ten codes for the day the phone is lost. Shown once, stored hashed, each good for one sign-in."""

from __future__ import annotations

import datetime as dt
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.services.factors.challenges import PLUMBING
from models.people import Account
from models.second_factor import RecoveryCode
from models.values.text import tidy

HOW_MANY = 10
FEW = 3
"""When so many or fewer are left, the person is told to make new ones."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What nobody mistakes for another: no 0 O, 1 I L."""
LENGTH, GROUP, HINT = 12, 4, 2
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""A code is chance (59 bits), not a person's choice: the lighter of the usual Argon2id settings is enough."""
_DECOY = _hasher.hash(secrets.token_urlsafe())


def make(session: Session, account: Account, *, now: dt.datetime) -> tuple[str, ...]:
    """Ten new codes; the old ones are void. They can be read only here."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id), execution_options=PLUMBING)
    codes: dict[str, str] = {}
    while len(codes) < HOW_MANY:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        codes.setdefault(code[:HINT], code)
    session.add_all(
        RecoveryCode(account_id=account.id, hint=hint, hashed=_hasher.hash(code), made_at=now) for hint, code in codes.items()
    )
    audit.track(session, "recovery_make", "account", record=account)
    return tuple("-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes.values())


def verify(session: Session, account: Account, typed: str, *, now: dt.datetime) -> bool:
    """Whether this is an unused code of the account; it is then used."""
    code = tidy(typed).replace(" ", "").replace("-", "").upper()
    mine = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    found = session.execute(select(RecoveryCode.id, RecoveryCode.hashed).where(*mine, RecoveryCode.hint == code[:HINT])).first()
    if not _matches(found.hashed if found else _DECOY, code) or found is None:
        return False
    use = update(RecoveryCode).where(RecoveryCode.id == found.id, *mine).values(used_at=now)
    done = session.execute(use, execution_options=PLUMBING)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def left(session: Session, account: Account) -> int:
    """How many codes are unused."""
    mine = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def remove(session: Session, account: Account) -> None:
    """Void every code."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id), execution_options=PLUMBING)


def _matches(hashed: str, code: str) -> bool:
    try:
        return _hasher.verify(hashed, code)
    except (VerificationError, InvalidHashError):
        return False
