"""Asking for a job, and telling the worker on this host about it once the transaction is through."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from admin_app import clock
from models.job import Job, JobState

Bell = Callable[[str, float], None]
"""Told `(what, seconds from now)`: a job's number, or the name of a routine. A bell that fails or is not there loses nothing:
the worker looks at the table every minute."""

_bells: dict[str, Bell] = {}


def install_bell(database_url: str, bell: Bell) -> None:
    """Ring `bell` after commits on this database."""
    _bells[database_url] = bell


def defer(
    session: Session,
    kind: str,
    *,
    by: int | None = None,
    run_after: dt.datetime | None = None,
    dedupe: str | None = None,
    **args: Any,
) -> Job:
    """Ask for a job in the caller's transaction. `by`: the account that asks. `dedupe`: while one with this key is unfinished,
    that one is meant. `args` must be what JSON can hold; they are encrypted in the database."""
    now = clock.now()
    values: dict[str, Any] = {
        "kind": kind,
        "args": json.dumps(args, ensure_ascii=False),
        "account_id": by,
        "request_id": getattr(session.info.get("signature"), "request_id", ""),
        "run_after": run_after or now,
        "created_at": now,
        "dedupe": dedupe,
    }
    found = _unless_there(session, values) if dedupe else _added(session, values)
    session.info.setdefault("bells", []).append((str(found.id), max(0.0, (found.run_after - now).total_seconds())))
    return found


def wake(session: Session, routine: str) -> None:
    """After this transaction, let a periodic job run at once instead of at its next turn."""
    session.info.setdefault("bells", []).append((routine, 0.0))


def _added(session: Session, values: dict[str, Any]) -> Job:
    made = Job(**values)
    session.add(made)
    session.flush()
    return made


def _unless_there(session: Session, values: dict[str, Any]) -> Job:
    """No savepoint and no lost race: the database itself leaves the second one out."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Job).values(**values).on_conflict_do_nothing(index_elements=["dedupe"]))
    return session.scalars(select(Job).where(Job.dedupe == values["dedupe"])).one()


@event.listens_for(Session, "after_commit")
def ring(session: Session) -> None:
    """The rows are there now: tell the worker."""
    if session.in_nested_transaction() or not session.info.get("bells"):
        return
    bells = dict.fromkeys(session.info.pop("bells"))
    bell = _bells.get(session.get_bind().engine.url.render_as_string(hide_password=False))
    for what, seconds in bells if bell else ():
        bell(what, seconds)  # type: ignore[misc]


@event.listens_for(Session, "after_soft_rollback")
def forget(session: Session, previous: Any) -> None:
    """What was rolled back was never asked for."""
    if not session.in_nested_transaction():
        session.info.pop("bells", None)


def waiting(session: Session, *, now: dt.datetime, dead_since: dt.datetime, most: int = 200) -> list[int]:
    """Jobs somebody should run now: due and not begun, or begun by a runner that is no more. Two index lookups."""
    due = select(Job.id).where(Job.state == JobState.queued, Job.run_after <= now)
    dead = select(Job.id).where(Job.state == JobState.running, Job.beat_at < dead_since)
    return [*session.scalars(due.order_by(Job.run_after).limit(most)), *session.scalars(dead.order_by(Job.id).limit(most))]
