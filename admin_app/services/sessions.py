"""Sign-ins kept on the server: begun, found again by their token, ended with a reason. Nothing here commits.

The browser's cookie holds a random token; the database holds its digest, so that reading the database signs nobody in. A sign-in
ends by itself after `Limits.idle` without use and after `Limits.absolute` in any case; at once when the account is disabled or its
password changed, when the person has left, and when a post held at sign-in has ended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select, bindparam, event, func, inspect, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from admin_app import audit, clock
from models.base import Base
from models.people import Account, Guardian, Staff, Student
from models.sign_in import SignInSession
from models.vocabulary import EndReason, EnrolmentStatus, SignInMethod

SEEN_EVERY = dt.timedelta(minutes=1)
"""How exactly the time of last use is kept: a page each second writes once a minute."""
GONE = (EnrolmentStatus.transferred, EnrolmentStatus.withdrawn, EnrolmentStatus.graduated, EnrolmentStatus.completed)
PATIENCE = 200
"""Milliseconds the time of last use may wait for a database that is busy with an import; the next page writes it then."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in lasts: without use, and in any case."""

    idle: dt.timedelta
    absolute: dt.timedelta


def begin(
    session: Session, account: Account, method: SignInMethod, *, now: dt.datetime, posts: Sequence[str], source: str, device: str
) -> tuple[SignInSession, str]:
    """A new sign-in and its token, which is told once. A one-click sign-in of the demo proves nothing and confirms nothing."""
    token = secrets.token_urlsafe(32)
    row = SignInSession(
        digest=digest(token),
        account=account,
        method=method,
        source=source[:45],
        device=device[:60],
        posts=tuple(posts),
        created_at=now,
        seen_at=now,
        confirmed_at=None if method is SignInMethod.demo else now,
    )
    session.add(row)
    return row, token


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, token: str) -> SignInSession | None:
    """The sign-in of this token, ended or not, with its account and person: one statement.

    Every request asks it, so the rows are put into the session as they come: how they are to be read is not worked out each time.
    """
    found = session.connection().execute(_by_digest(), {"digest": digest(token)}).one_or_none()
    if found is None:
        return None
    values, parts = iter(found), {}
    for model, names in READ.items():
        held = dict(zip(names, values, strict=False))
        parts[model] = _put(session, model, held) if held["id"] is not None else None
    row, account = parts[SignInSession], parts[Account]
    set_committed_value(row, "account", account)
    for name, model in (("staff", Staff), ("student", Student), ("guardian", Guardian)):
        set_committed_value(account, name, parts[model])
    return row


READ: dict[type[Base], tuple[str, ...]] = {
    SignInSession: tuple(each.key for each in inspect(SignInSession).column_attrs),
    Account: tuple(each.key for each in inspect(Account).column_attrs),
    Staff: ("id", "name", "left_on", "unit"),
    Student: ("id", "name", "status"),
    Guardian: ("id", "name"),
}
"""What is read of each row, in the statement's order."""


@cache
def _by_digest() -> Select[Any]:
    """Put together once."""
    columns = [getattr(model, name) for model, names in READ.items() for name in names]
    stmt = select(*columns).select_from(SignInSession).join(SignInSession.account)
    for person in (Account.staff, Account.student, Account.guardian):
        stmt = stmt.outerjoin(person)
    return stmt.where(SignInSession.digest == bindparam("digest"))


def _put(session: Session, model: type[Base], values: dict[str, Any]) -> Any:
    """The row in the session: the one it holds already, else a new one that holds these columns; others are read when asked for."""
    held = session.identity_map.get(identity_key(model, values["id"]))
    if held is not None:
        for name in inspect(held).unloaded & values.keys():
            set_committed_value(held, name, values[name])
        return held
    row = inspect(model).class_manager.new_instance()
    row.__dict__.update(values)
    make_transient_to_detached(row)
    session.add(row)
    return row


def why_closed(account: Account, *, on: dt.date) -> EndReason | None:
    """Why this account may not be used today: disabled, expired, or its person has left. None when it may."""
    if not account.enabled or (account.expires_on is not None and account.expires_on < on):
        return EndReason.disabled
    staff, student = account.staff, account.student
    if (staff is not None and staff.left_on is not None and staff.left_on < on) or (student is not None and student.status in GONE):
        return EndReason.departed
    return None


def why_over(row: SignInSession, limits: Limits, *, now: dt.datetime) -> EndReason | None:
    """Why this sign-in no longer counts, or None."""
    if row.ended_at is not None:
        return row.end_reason
    if now - row.created_at >= limits.absolute:
        return EndReason.absolute
    if now - row.seen_at >= limits.idle:
        return EndReason.idle
    return why_closed(row.account, on=now.date())


def end(session: Session, row: SignInSession, why: EndReason, *, now: dt.datetime) -> None:
    """End one sign-in. Time running out is no event; everything else is."""
    row.ended_at, row.end_reason = now, why
    if why not in (EndReason.idle, EndReason.absolute, EndReason.signed_out):
        audit.track(session, "sessions_ended", "account", record=row.account, note=why.zh, 筆數=1)


def end_all(session: Session, account: Account, why: EndReason, *, now: dt.datetime, keep: SignInSession | None = None) -> int:
    """End every sign-in of the account but `keep`; how many there were."""
    count = _end_rows(session, [account.id], why, now, keep.id if keep is not None else None)
    if count:
        audit.track(session, "sessions_ended", "account", record=account, note=why.zh, 筆數=count)
    return count


def _end_rows(session: Session, accounts: list[int], why: EndReason, now: dt.datetime, keep: int | None = None) -> int:
    mine = SignInSession.account_id.in_(accounts), SignInSession.ended_at.is_(None), SignInSession.id != (keep or 0)
    stmt = update(SignInSession).where(*mine).values(ended_at=now, end_reason=why)
    recorded = {audit.BULK_ALLOWED: True, "synchronize_session": "fetch"}
    result: Any = session.execute(stmt, execution_options=recorded)
    return int(result.rowcount)


def open_of(session: Session, account: Account, *, since: dt.datetime) -> Sequence[SignInSession]:
    """The account's sign-ins that still count, the one used last first."""
    stmt = select(SignInSession).where(SignInSession.account_id == account.id, *_open(since))
    return session.scalars(stmt.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc()).limit(100)).all()


def count_open(session: Session, accounts: Sequence[int], *, since: dt.datetime) -> dict[int, int]:
    """How many sign-ins each of these accounts has."""
    stmt = select(SignInSession.account_id, func.count()).where(SignInSession.account_id.in_(accounts), *_open(since))
    rows = session.execute(stmt.group_by(SignInSession.account_id)).tuples()
    return dict(rows.all())


def _open(since: dt.datetime) -> tuple[Any, ...]:
    return SignInSession.ended_at.is_(None), SignInSession.seen_at > since


def touch(engine: Engine, row: SignInSession, *, now: dt.datetime) -> None:
    """Write that the sign-in is in use, on a connection of its own and without waiting for anybody."""
    due = SignInSession.id == row.id, SignInSession.seen_at <= now - SEEN_EVERY
    free = select(SignInSession.id).where(*due).with_for_update(skip_locked=True)
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            connection.execute(update(SignInSession.__table__).where(SignInSession.id.in_(free)).values(seen_at=now))  # type: ignore[arg-type]
            connection.commit()
        except OperationalError:
            connection.rollback()
        finally:
            if sqlite:
                connection.exec_driver_sql("PRAGMA busy_timeout=30000")


@event.listens_for(Session, "after_flush")
def end_with_the_account(session: Session, context: Any) -> None:
    """However an account is disabled (form, mark, import), its sign-ins end in the same transaction, for good."""
    closed = [
        row.id
        for row in session.dirty
        if isinstance(row, Account) and not row.enabled and inspect(row).attrs.enabled.history.has_changes()
    ]
    if closed:
        connection = session.connection()
        mine = SignInSession.account_id.in_(closed), SignInSession.ended_at.is_(None)
        values = {"ended_at": clock.now(), "end_reason": EndReason.disabled}
        connection.execute(update(SignInSession.__table__).where(*mine).values(**values))  # type: ignore[arg-type]
