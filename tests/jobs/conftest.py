"""Jobs that only tests know, and a worker to run them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.services.jobs import registry, runner
from models.job import Job
from tests.conftest import settings_for


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """The kinds a test registers are gone after it."""
    registry.load_all()
    before, beats = dict(registry.KINDS), dict(registry.BEATS)
    yield
    for kept, now in ((before, registry.KINDS), (beats, registry.BEATS)):
        now.clear()
        now.update(kept)  # type: ignore[arg-type]


@pytest.fixture
def settings(session: Session, tmp_path: Path) -> Settings:
    return settings_for(session.get_bind().engine.url.render_as_string(hide_password=False), tmp_path)


@pytest.fixture
def run(session: Session, settings: Settings) -> Callable[[int], Job]:
    """Run a job as a worker would and read its row."""

    def run(job_id: int) -> Job:
        runner.run_job(session.get_bind().engine, settings, job_id)
        session.expire_all()
        return session.scalars(select(Job).where(Job.id == job_id)).one()

    return run
