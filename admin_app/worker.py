"""The worker: huey runs what the job table holds, beats the clock, and looks for what was left behind.

huey's own queue is a file in the data directory and only says "look at job 12 now"; losing it loses nothing. The table decides.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from typing import Any

import structlog
from huey import SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_app import clock, logs, storage
from admin_app.config import Settings
from admin_app.keyring import open_vault
from admin_app.services.jobs import queue, registry, routines, runner

log = structlog.get_logger("portfolio.worker")


class Queue:
    """The line between whoever asks for a job on this host and the worker."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.huey = SqliteHuey(
            "portfolio",
            filename=str(settings.data_dir / "queue.db"),
            fsync=True,
            results=False,
            timeout=5,
            serializer=SignedSerializer(secret=settings.secret_key, salt="queue"),
        )
        self.look = self.huey.task(name="look")(self._look)
        self.engine: Any = None
        self.held: set[str] = set()

    def ring(self, what: str, seconds: float) -> None:
        """Have the worker look at a job (its number) or a routine (its name); a queue that cannot be written is no failure."""
        try:
            self.look.schedule(args=(what,), delay=seconds) if seconds > 0 else self.look(what)
        except Exception as error:
            log.warning("queue not reached", error=type(error).__name__)

    def _look(self, what: str) -> None:
        job_id = int(what) if what.isdigit() else routines.run_early(self.engine, what)
        if job_id is not None:
            runner.run_job(self.engine, self.settings, job_id, self.held)

    def sweep(self) -> None:
        """Ask for what is due, and have a look at everything nobody is working on."""
        now = clock.now()
        routines.tick(self.engine, now=now)
        with Session(self.engine) as session:
            dead_since = now - dt.timedelta(seconds=self.settings.job_dead_after)
            found = queue.waiting(session, now=now, dead_since=dead_since)
        for job_id in found:
            self.ring(str(job_id), 0)


def connect_bell(settings: Settings) -> None:
    """Let commits of this process ring the worker's bell. The queue's file is opened when it first rings."""
    opened: list[Queue] = []
    lock = threading.Lock()

    def ring(what: str, seconds: float) -> None:
        with lock:
            if not opened:
                opened.append(Queue(settings))
        opened[0].ring(what, seconds)

    queue.install_bell(bell_address(settings), ring)


def bell_address(settings: Settings) -> str:
    """The database's address as its engine says it."""
    engine = runner.worker_engine(settings)
    text = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return text


def work(settings: Settings) -> None:
    """Run jobs until told to stop. SIGINT lets what runs end first; SIGTERM does so for at most 20 seconds."""
    logs.setup()
    registry.load_all()
    line = Queue(settings)
    line.engine = runner.worker_engine(settings)
    open_vault(line.engine, settings)
    storage.install_for(settings)
    queue.install_bell(line.engine.url.render_as_string(hide_password=False), line.ring)
    sweep = line.huey.periodic_task(crontab(minute="*"), name="sweep")(line.sweep)
    logging.getLogger("huey").setLevel(logging.WARNING)
    consumer = line.huey.create_consumer(
        workers=settings.job_workers, worker_type="thread", max_delay=0.5, graceful_signal="TERM", shutdown_timeout=20
    )
    threading.Thread(target=_beat, args=(line, os.getppid()), daemon=True, name="beat").start()
    _first_sweep(line)
    sweep.schedule(delay=settings.job_dead_after + 1)  # by then what this worker's predecessor left unfinished counts as dead
    log.info("worker started", pid=os.getpid())
    consumer.run()
    line.engine.dispose()


def _first_sweep(line: Queue) -> None:
    try:
        line.sweep()
    except SQLAlchemyError as error:  # the database is not up yet: the next minute's sweep will do
        log.warning("first sweep failed", error=type(error).__name__)


def _beat(line: Queue, parent: int) -> None:
    """Say every few seconds that the runner lives. A worker whose supervisor is gone stops: another one will be started."""
    while True:
        time.sleep(line.settings.job_beat)
        if os.environ.get("PORTFOLIO_SUPERVISED") and os.getppid() != parent:
            os._exit(1)
        try:
            runner.beat(line.engine, line.held)
        except SQLAlchemyError as error:
            log.warning("heartbeat failed", error=type(error).__name__)
