"""Real processes: a worker that is killed, one that is told to end, and `portfolio serve` watching both children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services.jobs import defer
from admin_app.worker import connect_bell
from models.job import Job, JobState
from models.people import Staff
from tests.conftest import DATA_KEY, settings_for
from tests.databases import Servers

HOME = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def environ(session: Session, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(HOME),
        "PORTFOLIO_DATABASE_URL": session.get_bind().engine.url.render_as_string(hide_password=False),
        "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
        "PORTFOLIO_DATA_KEY": DATA_KEY.decode(),
        "PORTFOLIO_DATA_DIR": str(tmp_path),
        "PORTFOLIO_JOB_BEAT": "1",
    }


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Start a worker; whatever is still there afterwards is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str, **more: str) -> subprocess.Popen[bytes]:
        arguments = command or ("-m", "tests.jobs.kinds")
        process = subprocess.Popen(
            [sys.executable, *arguments], env={**environ, **more}, cwd=HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(found: Callable[[], object], seconds: float = 40) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "等不到"
        time.sleep(0.1)


def job_state(session: Session, number: int) -> JobState:
    session.rollback()
    session.expire_all()
    return session.get_one(Job, number).state


def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(session: Session, start: Start, tmp_path: Path) -> None:
    import tests.jobs.kinds  # noqa: F401

    number = defer(session, "dig", marker=str(tmp_path / "begun")).id
    session.commit()
    first = start()
    until(lambda: (tmp_path / "begun").exists())
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert job_state(session, number) is JobState.running
    start()
    until(lambda: job_state(session, number) is JobState.done)
    assert session.get_one(Job, number).attempts == 2
    assert session.scalar(select(func.count()).where(Staff.code == "T900")) == 1


def test_a_bell_after_the_commit_has_the_worker_begin_at_once(session: Session, start: Start, tmp_path: Path) -> None:
    start()
    until(lambda: session.scalar(select(func.count()).select_from(Job).where(Job.kind == "send_mail", Job.state == JobState.done)))
    connect_bell(settings_for(session.get_bind().engine.url.render_as_string(hide_password=False), tmp_path))
    number = defer(session, "quick").id
    session.commit()
    until(lambda: job_state(session, number) is JobState.done, seconds=5)


def test_a_worker_told_to_end_ends(session: Session, start: Start, tmp_path: Path) -> None:
    worker = start()
    until(lambda: session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.done)))
    session.rollback()
    worker.terminate()
    assert worker.wait(timeout=10) == 0


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def is_worker(pid: int) -> bool:
    return b"cli(['work'])" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_serve_starts_a_dead_worker_again_and_ends_with_gunicorn(servers: Servers, engine_name: str, start: Start) -> None:
    url = servers.copy(engine_name, "school")
    program = "from admin_app.cli import cli; cli(['serve', '--demo'])"
    here = start("-c", program, PORTFOLIO_DATABASE_URL=url, PORTFOLIO_PORT="0", PORTFOLIO_WORKERS="1")

    def workers() -> list[int]:
        return [each for each in children(here.pid) if is_worker(each)]

    until(workers)
    first = workers()[0]
    time.sleep(2)
    os.kill(first, signal.SIGKILL)
    until(lambda: workers() and workers()[0] != first)
    family = children(here.pid)
    assert len(family) == 2
    here.terminate()
    assert here.wait(timeout=40) == 0
    until(lambda: not any(Path(f"/proc/{each}").exists() for each in family))
