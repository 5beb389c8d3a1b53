"""Periodic jobs come round on time, once over all workers, and missed turns are made up by one."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.services.jobs import Work, job, periodic, registry, routines, runner
from models.job import Job, Routine

NOON = dt.datetime(2026, 11, 24, 12, 0, 30)


@pytest.fixture(autouse=True)
def only_ours() -> None:
    registry.BEATS.clear()


def asked(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job)) or 0


def test_a_job_of_every_few_minutes_comes_round(session: Session, settings: Settings) -> None:
    @periodic("look", zh="看看", minutes=5)
    def look(work: Work) -> None: ...

    engine = session.get_bind().engine
    for minutes in (0, 1, 4, 5, 6, 60):
        for number in routines.tick(engine, now=NOON + dt.timedelta(minutes=minutes)):
            runner.run_job(engine, settings, number)
    assert asked(session) == 3


def test_a_daily_job_waits_for_its_time_of_day(session: Session) -> None:
    @periodic("nightly", zh="每夜", daily_at="03:30")
    def nightly(work: Work) -> None: ...

    engine = session.get_bind().engine
    assert routines.tick(engine, now=NOON) == []
    assert session.scalars(select(Routine.due_at)).one() == dt.datetime(2026, 11, 25, 3, 30)
    assert len(routines.tick(engine, now=dt.datetime(2026, 11, 25, 3, 30, 5))) == 1
    session.expire_all()
    assert session.scalars(select(Routine.due_at)).one() == dt.datetime(2026, 11, 26, 3, 30)


def test_a_turn_still_under_way_is_not_asked_for_again(session: Session) -> None:
    @periodic("look", zh="看看", minutes=1)
    def look(work: Work) -> None: ...

    engine = session.get_bind().engine
    for minutes in range(5):
        routines.tick(engine, now=NOON + dt.timedelta(minutes=minutes))
    assert asked(session) == 1


def test_many_workers_looking_at_the_clock_ask_once(session: Session, settings: Settings) -> None:
    @periodic("look", zh="看看", minutes=5)
    def look(work: Work) -> None: ...

    gate, found = threading.Barrier(8), []

    def worker() -> None:
        engine = runner.worker_engine(settings)
        gate.wait()
        found.extend(routines.tick(engine, now=NOON))
        engine.dispose()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (asked(session), len(found)) == (1, 1)


@pytest.mark.parametrize("when", [{}, {"minutes": 5, "daily_at": "03:30"}])
def test_a_periodic_job_says_when(when: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="定期"):
        periodic("never", zh="從不", **when)  # type: ignore[arg-type]


def test_a_name_stands_for_one_job() -> None:
    job("twice", zh="一")(lambda work: None)

    def other(work: Work) -> None: ...

    with pytest.raises(ValueError, match="twice"):
        job("twice", zh="二")(other)
