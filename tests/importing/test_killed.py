"""A worker is killed (SIGKILL) while it imports: no row or all of them, and the next worker brings the same end."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services.importing.batches.work import COMMIT
from admin_app.services.jobs import defer, runner
from models.event import Event
from models.import_batch import ImportBatch, ImportRow, ImportState
from models.job import Job
from models.people import Student
from tests.conftest import sample
from tests.importing.desk import Desk
from tests.importing.help import ROSTER, pupil

ROWS = 300
HOME = Path(__file__).parents[2]
MOMENTS = [number / 150 for number in range(150)]
"""Where in the import the worker is killed, as a part of the time a whole one takes; on both engines together 300."""


def brought(desk: Callable[[str], Desk]) -> tuple[Desk, ImportBatch]:
    clerk = desk("registration_section")
    batch = clerk.upload("students", ROSTER, *(pupil(90000 + number, "詹子君", "機一辛") for number in range(ROWS)))
    clerk.check(batch)
    assert batch.added == ROWS
    return clerk, batch


def ask(clerk: Desk, batch: ImportBatch) -> int:
    asked = defer(clerk.session, COMMIT, by=clerk.account.id, batch_id=batch.id).id
    clerk.session.commit()
    return asked


def start(clerk: Desk, job_id: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.importing.commit_in_process", clerk.settings.database_url, str(clerk.store.data_dir)]
    process = subprocess.Popen([*command, str(job_id)], cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def figures(clerk: Desk, batch: ImportBatch) -> tuple[int, int, int, ImportState]:
    """How many students, journal rows and events there are of the batch, and its state."""
    clerk.session.rollback()
    clerk.session.expire_all()
    count = clerk.session.scalar
    rows = select(func.count(ImportRow.id)).where(ImportRow.batch_id == batch.id, ImportRow.kind == "student")
    created = (Event.kind == "student", Event.verb == "create", Event.note.contains(f"（批次 {batch.id}）"))
    events = select(func.count(Event.id)).where(*created)
    students = select(func.count(Student.id)).where(Student.student_no.like("1159%"))
    return count(students) or 0, count(rows) or 0, count(events) or 0, batch.state


@pytest.fixture(scope="module")
def whole() -> dict[str, float]:
    """How long a whole import takes, by engine: measured by the first that is not killed."""
    return {}


@pytest.mark.parametrize("moment", sample(MOMENTS, 3))
def test_killed_it_wrote_nothing_or_everything_and_the_next_worker_ends_it(
    desk: Callable[[str], Desk], whole: dict[str, float], engine_name: str, moment: float
) -> None:
    clerk, batch = brought(desk)
    if engine_name not in whole:
        whole[engine_name] = _time_of_a_whole_one(desk)
    job_id = ask(clerk, batch)
    process = start(clerk, job_id)
    time.sleep(moment * whole[engine_name])
    process.kill()
    process.communicate()
    after = figures(clerk, batch)
    assert after in ((0, 0, 0, ImportState.checked), (ROWS, ROWS, ROWS, ImportState.imported))
    silent = update(Job).where(Job.id == job_id).values(beat_at=clock.now() - dt.timedelta(hours=1))
    clerk.session.execute(silent, execution_options={BULK_ALLOWED: True, "synchronize_session": False})
    clerk.session.commit()
    runner.run_job(clerk.session.get_bind().engine, clerk.settings, job_id)
    assert figures(clerk, batch) == (ROWS, ROWS, ROWS, ImportState.imported)


def _time_of_a_whole_one(desk: Callable[[str], Desk]) -> float:
    clerk = desk("evening_clerk")
    batch = clerk.upload("students", ROSTER, *(pupil(80000 + number, "徐雅華", "進機一辛") for number in range(ROWS)))
    clerk.check(batch)
    process = start(clerk, ask(clerk, batch))
    begun = time.monotonic()
    assert process.stdout is not None
    assert "done\n" in iter(process.stdout.readline, "")
    taken = time.monotonic() - begun
    process.communicate()
    assert figures(clerk, batch)[3] is ImportState.imported
    return taken
