"""Running one job: claim it, do it, finish it. What the job changed and its being done are one transaction."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import socket
import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Update, and_, create_engine, or_, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, joinedload

from admin_app import clock, errors
from admin_app.audit import Signature, sign
from admin_app.config import Settings
from admin_app.database import engine_options
from admin_app.policy import Denied
from admin_app.services.jobs import registry
from admin_app.services.jobs.registry import Kind, Unworkable
from admin_app.services.notices import notify
from models.job import Job, JobState
from models.people import Account

log = structlog.get_logger("portfolio.jobs")
BACK_OFF = (10, 60, 300, 900, 3600)
"""Seconds to wait after the first failure, the second …"""
PROGRESS_EVERY = 0.5
GONE = "這項工作的種類已不存在，請重新操作一次。"


class Superseded(RuntimeError):
    """Another runner has the job now, because this one was silent too long. Nothing this one did is kept."""


@dataclass
class Work:
    """What a job's function is given. It changes things in `session`, which is signed by whoever asked, and does not commit."""

    session: Session
    settings: Settings
    job_id: int
    account_id: int | None
    claim: str
    engine: Engine
    _told_at: float = field(default=0.0, repr=False)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far it is. Shown at once, on a connection of its own; more often than twice a second is left out."""
        if done < total and time.monotonic() - self._told_at < PROGRESS_EVERY:
            return
        self._told_at = time.monotonic()
        values = {"done": done, "total": total, "message": message[:200], "beat_at": clock.now()}
        kept = _told(self.engine, update(Job).where(*_mine(self)).values(**values))
        if kept == 0:
            raise Superseded

    def commit(self) -> None:
        """Keep what was done so far, in a job of many independent steps. Each step must be safe to find already done."""
        self.session.flush()
        if not self._touch(beat_at=clock.now()):
            raise Superseded
        self.session.commit()

    def _touch(self, **values: Any) -> int:
        return self.session.connection().execute(update(Job).where(*_mine(self)).values(**values)).rowcount


def _told(engine: Engine, stmt: Update) -> int | None:
    """Rows changed; None when nothing could be said. SQLite has one writer: while the job itself writes, no figure waits for it."""
    with engine.connect() as connection:
        _wait_at_most(connection, 100)
        try:
            rows = connection.execute(stmt).rowcount
            connection.commit()
        except OperationalError:
            connection.rollback()
            rows = None
        _wait_at_most(connection, 30_000)
    return rows


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")


def _mine(work: Work) -> tuple[ColumnElement[bool], ...]:
    return Job.id == work.job_id, Job.claim == work.claim, Job.state == JobState.running


def run_job(engine: Engine, settings: Settings, job_id: int, held: set[str] | None = None) -> bool:
    """Run a job if it is due and nobody has it. `held`: where the claim is noted while it runs, for the heartbeat."""
    claim = claim_job(engine, job_id, dead_since=clock.now() - dt.timedelta(seconds=settings.job_dead_after))
    if claim is None:
        return False
    held = set() if held is None else held
    held.add(claim)
    try:
        with Session(engine) as session:
            _run(engine, settings, session, job_id, claim)
    finally:
        held.discard(claim)
    return True


def claim_job(engine: Engine, job_id: int, *, dead_since: dt.datetime) -> str | None:
    """Take the job: one UPDATE that succeeds for one runner, of however many. None when it is not to be had."""
    now, claim = clock.now(), f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(8)}"
    due = and_(Job.state == JobState.queued, Job.run_after <= now)
    dead = and_(Job.state == JobState.running, Job.beat_at < dead_since)
    taken = {"state": JobState.running, "claim": claim, "beat_at": now, "started_at": now, "attempts": Job.attempts + 1}
    with engine.begin() as connection:
        rows = connection.execute(update(Job).where(Job.id == job_id, or_(due, dead)).values(**taken)).rowcount
    return claim if rows else None


def beat(engine: Engine, held: set[str]) -> None:
    """The runner of these claims is alive."""
    if held:
        with engine.begin() as connection:
            connection.execute(update(Job).where(Job.claim.in_(list(held))).values(beat_at=clock.now()))


def _run(engine: Engine, settings: Settings, session: Session, job_id: int, claim: str) -> None:
    row = session.get_one(Job, job_id)
    kind, attempts = registry.KINDS.get(row.kind), row.attempts
    note = log.bind(job=job_id, kind=row.kind, attempt=attempts, request_id=row.request_id)
    work = Work(session, settings, job_id, row.account_id, claim, engine)
    begun = time.monotonic()
    try:
        if kind is None or attempts > kind.most_attempts:
            raise Unworkable(GONE if kind is None else _gave_up(attempts - 1, row.request_id))
        _sign_for(session, row)
        _finish(work, kind, kind.run(work, **json.loads(row.args)))
        note.info("job done", seconds=round(time.monotonic() - begun, 3))
    except Superseded:
        session.rollback()
        note.warning("job taken over by another runner")
    except Exception as error:
        session.rollback()
        note.error("job failed", error=type(error).__name__, exc_info=not isinstance(error, (Unworkable, Denied)))
        _fail(work, kind, attempts, error)


def _sign_for(session: Session, row: Job) -> None:
    """What a job changes is changed by whoever asked for it."""
    people = (joinedload(Account.staff), joinedload(Account.student), joinedload(Account.guardian))
    asked = session.scalar(select(Account).options(*people).where(Account.id == row.account_id)) if row.account_id else None
    sign(session, Signature(row.account_id, asked.person.name if asked else "系統排程", request_id=row.request_id))


def _finish(work: Work, kind: Kind, result: dict[str, Any] | None) -> None:
    result = result or {}
    work.session.flush()
    values = {"state": JobState.done, "result": json.dumps(result, ensure_ascii=False), "finished_at": clock.now()}
    if not work._touch(**values, claim=None, dedupe=None, message=str(result.get("text", ""))[:200]):
        raise Superseded
    if work.account_id:
        notify(work.session, work.account_id, f"「{kind.zh}」已完成。{result.get('text', '')}", f"/jobs/{work.job_id}")
    work.session.commit()


def _fail(work: Work, kind: Kind | None, attempts: int, error: Exception) -> None:
    """Try again later, or give up with a sentence."""
    sentence = _final(error)
    session, now = work.session, clock.now()
    row = session.get_one(Job, work.job_id)
    if kind is not None and not sentence and attempts < kind.most_attempts:
        wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
        again = now + dt.timedelta(seconds=wait)
        message = f"第 {attempts} 次沒有成功，{again:%H:%M} 再試。"
        work._touch(state=JobState.queued, claim=None, run_after=again, message=message)
        session.info.setdefault("bells", []).append((str(work.job_id), float(wait)))
    else:
        message = (sentence or _gave_up(attempts, row.request_id))[:200]
        work._touch(state=JobState.failed, claim=None, dedupe=None, message=message, finished_at=now)
        if work.account_id:
            notify(session, work.account_id, f"「{registry.kind_zh(row.kind)}」沒有完成：{message}", f"/jobs/{work.job_id}")
    session.commit()


def _final(error: Exception) -> str:
    """The sentence of an error that trying again cannot cure; empty for one it may."""
    if isinstance(error, (Unworkable, Denied)):
        return str(error)
    if isinstance(error, DBAPIError) and not isinstance(error, OperationalError) and not error.connection_invalidated:
        return errors.sentence(error)
    return ""


def _gave_up(attempts: int, code: str) -> str:
    return f"試了 {attempts} 次都沒有成功，已停止。請將代碼 {code or '（無）'} 告知系統管理者。"


def worker_engine(settings: Settings) -> Engine:
    """The engine of a process that runs jobs."""
    return create_engine(**engine_options(settings.database_url))
