"""Periodic jobs: each due time is claimed once, however many workers on however many hosts look at the clock."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from admin_app.audit import BULK_ALLOWED, Signature, sign
from admin_app.services.jobs.queue import defer
from admin_app.services.jobs.registry import BEATS, Beat
from models.job import Job, JobState, Routine


def tick(engine: Engine, *, now: dt.datetime) -> list[int]:
    """Ask for every periodic job that is due; their numbers. Turns missed while nothing ran are made up by one."""
    with Session(engine) as session:
        sign(session, Signature(None, "系統排程"))
        _note_new_ones(session, now)
        due = session.execute(select(Routine.kind, Routine.due_at).where(Routine.due_at <= now)).all()
        found = [_ask(session, kind, due_at, BEATS[kind], now) for kind, due_at in due if kind in BEATS]
        session.commit()
    return [job_id for job_id in found if job_id is not None]


def run_early(engine: Engine, kind: str) -> int | None:
    """Ask for a periodic job now, beside its turns; None when one is already waiting or under way."""
    with Session(engine) as session:
        sign(session, Signature(None, "系統排程"))
        if kind not in BEATS:
            return None
        found = defer(session, kind, dedupe=f"routine:{kind}")
        job_id = found.id if found.state is JobState.queued else None
        session.commit()
    return job_id


def _note_new_ones(session: Session, now: dt.datetime) -> None:
    known = set(session.scalars(select(Routine.kind)))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for kind in BEATS.keys() - known:
        first = now if BEATS[kind].minutes is not None else BEATS[kind].next_after(now)
        session.execute(dialect.insert(Routine).values(kind=kind, due_at=first).on_conflict_do_nothing())


def _ask(session: Session, kind: str, due_at: dt.datetime, beat: Beat, now: dt.datetime) -> int | None:
    """Whoever moves the due time on asks for the job; the previous turn's, if it is still unfinished, stands for this one too."""
    moved = (
        update(Routine)
        .where(Routine.kind == kind, Routine.due_at == due_at)
        .values(due_at=beat.next_after(now))
        .execution_options(**{BULK_ALLOWED: True, "synchronize_session": False})
    )
    if not session.execute(moved).rowcount:  # type: ignore[attr-defined]
        return None
    return defer(session, kind, dedupe=f"routine:{kind}").id


def tidy(session: Session, *, now: dt.datetime) -> int:
    """Throw away finished jobs: nobody's after a day, a person's after 90 days."""
    nobodys = and_(Job.account_id.is_(None), Job.state == JobState.done, Job.finished_at < now - dt.timedelta(days=1))
    old = Job.finished_at < now - dt.timedelta(days=90)
    stmt = delete(Job).where(or_(nobodys, old)).execution_options(**{BULK_ALLOWED: True, "synchronize_session": False})
    return int(session.execute(stmt).rowcount)  # type: ignore[attr-defined]
