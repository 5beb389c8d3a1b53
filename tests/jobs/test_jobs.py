"""A job is asked for in a transaction, run once, tried again when it fails, and never lost."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import Settings
from admin_app.services import notices
from admin_app.services.jobs import Unworkable, Work, defer, job, queue, runner
from models.job import Job, JobState
from models.notice import Notice
from models.people import Account, Staff

Run = Callable[[int], Job]


def asked_for(session: Session, kind: str = "greet", **args: Any) -> int:
    found = defer(session, kind, **args)
    session.commit()
    return found.id


@pytest.fixture
def teacher(session: Session) -> Account:
    account = Account(username="T901", staff=Staff(code="T901", name="葉子涵"))
    session.add(account)
    session.commit()
    return account


@pytest.fixture
def greeted() -> list[str]:
    """Whom the job `greet` has greeted."""
    found: list[str] = []

    @job("greet", zh="問候")
    def greet(work: Work, name: str = "") -> dict[str, str]:
        found.append(name)
        return {"text": f"已問候{name}。", "url": "/account"}

    return found


def test_a_job_runs_with_what_it_was_given(session: Session, run: Run, greeted: list[str]) -> None:
    done = run(asked_for(session, name="宋雨桐"))
    assert greeted == ["宋雨桐"]
    assert (done.state, done.attempts) == (JobState.done, 1)
    assert json.loads(done.result)["url"] == "/account"


def test_what_was_rolled_back_was_never_asked_for(session: Session, greeted: list[str]) -> None:
    defer(session, "greet", name="宋雨桐")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_arguments_are_unreadable_in_the_database(session: Session, greeted: list[str]) -> None:
    number = asked_for(session, name="宋雨桐")
    assert "宋雨桐" not in str(session.execute(text("SELECT * FROM job WHERE id = :id"), {"id": number}).all())


def test_asking_twice_for_the_same_gives_one_job(session: Session, run: Run, greeted: list[str]) -> None:
    first = asked_for(session, dedupe="greet:宋", name="宋雨桐")
    assert asked_for(session, dedupe="greet:宋", name="宋雨桐") == first
    run(first)
    assert asked_for(session, dedupe="greet:宋", name="宋雨桐") != first


def test_a_job_waits_for_its_time(session: Session, run: Run, greeted: list[str]) -> None:
    number = asked_for(session, run_after=clock.now() + dt.timedelta(hours=1), name="宋雨桐")
    assert run(number).state is JobState.queued
    assert greeted == []


def test_a_job_that_fails_is_tried_again_later_and_then_given_up(session: Session, run: Run, teacher: Account) -> None:
    @job("stumble", zh="跌倒", most_attempts=2)
    def stumble(work: Work) -> None:
        raise RuntimeError("身分證號 A123456789")

    number = asked_for(session, "stumble", by=teacher.id)
    again = run(number)
    assert again.state is JobState.queued
    assert again.run_after > clock.now()
    session.execute(update(Job).values(run_after=clock.now()), execution_options={"bulk_change_is_recorded": True})
    session.commit()
    over = run(number)
    assert (over.state, over.attempts) == (JobState.failed, 2)
    assert "試了 2 次" in over.message
    assert "A123456789" not in over.message
    assert session.scalars(select(Notice.url).where(Notice.account_id == teacher.id)).all() == [f"/jobs/{number}"]


def test_what_cannot_be_cured_is_not_tried_again(session: Session, run: Run) -> None:
    @job("refuse", zh="拒絕")
    def refuse(work: Work) -> None:
        raise Unworkable("檔案裡沒有任何一列，請重新上傳。")

    over = run(asked_for(session, "refuse"))
    assert (over.state, over.message) == (JobState.failed, "檔案裡沒有任何一列，請重新上傳。")


def test_what_a_failed_attempt_changed_is_undone(session: Session, run: Run) -> None:
    @job("half", zh="做一半")
    def half(work: Work) -> None:
        work.session.add(Staff(code="T900", name="董昱翔"))
        work.session.flush()
        raise RuntimeError

    run(asked_for(session, "half"))
    assert session.scalar(select(Staff.id).where(Staff.code == "T900")) is None


def test_who_asked_signs_what_the_job_changes(session: Session, run: Run, teacher: Account) -> None:
    @job("hire", zh="聘任")
    def hire(work: Work) -> None:
        work.session.add(Staff(code="T900", name="董昱翔"))

    number = asked_for(session, "hire", by=teacher.id)
    run(number)
    actor = session.execute(text("SELECT actor FROM event WHERE kind = 'staff' AND verb = 'create' ORDER BY id DESC")).scalar()
    assert actor == "葉子涵"
    assert notices.unread(session, teacher.id) == 1


def test_progress_is_seen_while_the_job_runs(session: Session, run: Run) -> None:
    seen: list[tuple[int, int, str]] = []

    @job("count", zh="點數")
    def count(work: Work) -> None:
        work.progress(3, 3, "第 3 筆")
        with Session(work.engine) as other:
            row = other.get_one(Job, work.job_id)
            seen.append((row.done, row.total, row.message))

    run(asked_for(session, "count"))
    assert seen == [(3, 3, "第 3 筆")]


def test_progress_never_waits_for_the_jobs_own_writing(session: Session, run: Run) -> None:
    @job("write", zh="寫入")
    def write(work: Work) -> None:
        work.session.add(Staff(code="T900", name="董昱翔"))
        work.session.flush()
        work.progress(1, 1)

    assert run(asked_for(session, "write")).state is JobState.done


def test_two_runners_never_have_the_same_job(session: Session, settings: Settings) -> None:
    ran, gate = [], threading.Barrier(8)

    @job("once", zh="一次")
    def once(work: Work) -> None:
        ran.append(work.claim)

    number = asked_for(session, "once")

    def worker() -> None:
        engine = runner.worker_engine(settings)
        gate.wait()
        runner.run_job(engine, settings, number)
        engine.dispose()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(ran) == 1


def test_a_runner_thought_dead_keeps_nothing(session: Session, run: Run, settings: Settings) -> None:
    """It was silent too long, another took the job over; then it wakes up and wants to finish."""
    visits: list[str] = []

    @job("slow", zh="慢工")
    def slow(work: Work) -> None:
        visits.append(work.claim)
        if len(visits) == 1:
            late = clock.now() + dt.timedelta(seconds=1)
            assert runner.claim_job(work.engine, work.job_id, dead_since=late) is not None
        work.session.add(Staff(code="T900", name="董昱翔"))

    row = run(asked_for(session, "slow"))
    assert row.state is JobState.running
    assert row.claim != visits[0]
    assert session.scalar(select(Staff.id).where(Staff.code == "T900")) is None


def test_the_sweep_finds_what_is_due_and_what_died(session: Session, greeted: list[str]) -> None:
    due, later, alive, dead = (asked_for(session, name=name) for name in "甲乙丙丁")
    now = clock.now()
    long_ago = now - dt.timedelta(minutes=5)
    for number, values in {
        later: {"run_after": now + dt.timedelta(hours=1)},
        alive: {"state": JobState.running, "beat_at": now},
        dead: {"state": JobState.running, "beat_at": long_ago},
    }.items():
        session.connection().execute(update(Job).where(Job.id == number).values(**values))
    assert set(queue.waiting(session, now=now, dead_since=now - dt.timedelta(seconds=30))) == {due, dead}
    assert later not in (due, dead)
