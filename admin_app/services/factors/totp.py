"""驗證器: the six digits an authenticator app shows (RFC 6238, 30 seconds), each good for one sign-in."""

from __future__ import annotations

import datetime as dt
import hmac
import io

import pyotp
import segno
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from admin_app import audit, clock
from admin_app.services.factors import challenges
from models.people import Account
from models.second_factor import Purpose, Totp
from models.values.text import tidy

SECONDS = 30
EARLIER_OR_LATER = 1
"""Steps a phone's clock may be off."""
ISSUER = "學習歷程"


def propose(session: Session, account: Account, *, now: dt.datetime) -> str:
    """Begin enrolling: a new secret, kept apart until a code proves that the phone has it. Returns the question's handle."""
    return challenges.ask(session, Purpose.totp_enrol, now=now, account_id=account.id, secret=pyotp.random_base32())


def proposed(session: Session, account: Account, handle: str, *, now: dt.datetime) -> str | None:
    """The secret being enrolled, while it lasts."""
    question = challenges.look(session, Purpose.totp_enrol, handle, now=now)
    return str(question.facts["secret"]) if question and question.account_id == account.id else None


def enrol(session: Session, account: Account, handle: str, code: str, *, now: dt.datetime) -> bool:
    """Keep the proposed secret if `code` was made with it; an older one is replaced. False: wrong code, or the time ran out."""
    secret = proposed(session, account, handle, now=now)
    used = match(secret, code, now=now, after=0) if secret else None
    if secret is None or used is None:
        return False
    challenges.answer(session, Purpose.totp_enrol, handle, now=now)
    session.execute(delete(Totp).where(Totp.account_id == account.id), execution_options=challenges.PLUMBING)
    session.add(Totp(account_id=account.id, secret=secret, enrolled_at=now, last_step=used))
    audit.track(session, "factor_enrol", "account", record=account, factor="驗證器")
    return True


def verify(session: Session, account: Account, code: str, *, now: dt.datetime) -> bool:
    """Whether `code` is the app's of this moment and was not used before; it is then used."""
    found = session.get(Totp, account.id, populate_existing=True)
    step = match(found.secret, code, now=now, after=found.last_step) if found else None
    if step is None:
        return False
    first = update(Totp).where(Totp.account_id == account.id, Totp.last_step < step).values(last_step=step, last_used_at=now)
    done = session.execute(first, execution_options=challenges.PLUMBING)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def remove(session: Session, account: Account) -> bool:
    """Forget the secret. Whether there was one."""
    gone = session.execute(delete(Totp).where(Totp.account_id == account.id), execution_options=challenges.PLUMBING)
    if gone.rowcount:  # type: ignore[attr-defined]
        audit.track(session, "factor_remove", "account", record=account, factor="驗證器")
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def enrolled(session: Session, account: Account) -> Totp | None:
    """The account's authenticator."""
    return session.scalar(select(Totp).where(Totp.account_id == account.id))


def match(secret: str, code: str, *, now: dt.datetime, after: int) -> int | None:
    """The time step whose code this is: the present one, the one before or the one after, and later than `after`."""
    typed, present = digits(code), step(now)
    otp, found = pyotp.TOTP(secret), None
    for candidate in range(present - EARLIER_OR_LATER, present + EARLIER_OR_LATER + 1):
        if hmac.compare_digest(otp.generate_otp(candidate).encode(), typed.encode()) and candidate > after:
            found = candidate
    return found


def step(now: dt.datetime) -> int:
    """The number of the 30 seconds `now` (Taipei time) lies in."""
    return int(clock.timestamp(now)) // SECONDS


def digits(code: str) -> str:
    """What was typed, without spaces and full-width forms."""
    return tidy(code).replace(" ", "").replace("-", "")


def address(secret: str, account: Account) -> str:
    """The `otpauth:` address an app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def picture(secret: str, account: Account) -> str:
    """The address as a QR code: SVG without any style, which the pages' policy would refuse."""
    out = io.BytesIO()
    segno.make(address(secret, account), error="m").save(
        out,
        kind="svg",
        scale=5,
        border=4,
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        title="驗證器設定條碼",
        omitsize=True,
        light="#fff",
    )
    return out.getvalue().decode()
