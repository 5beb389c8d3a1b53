"""The nightly work, run as a worker runs it, and what is shown of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.services.audit import checking
from admin_app.services.jobs import defer, registry, runner
from models.event import Event
from models.event_segment import EventCheck, EventSegment
from models.job import Job
from models.notice import Notice
from tests.audit.help import happen
from tests.audit.test_verifying import meddle
from tests.conftest import settings_for

Clients = Callable[[str], Any]


@pytest.fixture
def settings(session: Session, tmp_path: Path) -> Settings:
    return settings_for(session.get_bind().engine.url.render_as_string(hide_password=False), tmp_path)


def work(session: Session, settings: Settings, kind: str) -> str:
    """Run a job and read what it says."""
    registry.load_all()
    job = defer(session, kind)
    session.commit()
    runner.run_job(session.get_bind().engine, settings, job.id)
    session.expire_all()
    return session.scalars(select(Job.result).where(Job.id == job.id)).one()


def test_events_are_sealed_and_verified_by_night(session: Session, settings: Settings) -> None:
    happen(session, 5, on=clock.today() - dt.timedelta(days=1))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)):
        work(session, settings, "seal_events")
        assert session.scalars(select(EventSegment.number)).all() == [1]
        assert "沒有異常" in work(session, settings, "verify_events")
        assert checking.read_anchors(settings.data_dir)[0][0] == 1
        meddle(session, update(Event.__table__).where(Event.note == "第 3 次").values(actor="別人"))
        assert "發現 1 項異常" in work(session, settings, "verify_events")
    check = checking.latest(session)
    assert check is not None
    assert "遭更改" in check.findings
    assert session.scalars(select(Notice.text)).all() == []  # nobody holds a post yet


def test_old_months_go_by_night(session: Session, settings: Settings) -> None:
    happen(session, 5, on=dt.date(2022, 3, 1))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)):
        work(session, settings, "seal_events")
        assert "清除期滿的 1 個月份" in work(session, settings, "keep_events")
    assert session.scalars(select(Event).where(Event.at < dt.datetime(2023, 1, 1))).all() == []


def test_the_first_page_tells_readers_of_the_trail_how_it_stands(app: Flask, client_for: Clients) -> None:
    keep(app, dt.datetime(2026, 11, 24, 3, 31), events=7)
    assert "稽核紀錄於 115/11/24 03:31 驗證：7 筆事件，沒有異常" in client_for("equipment_section").get("/admin/").text
    assert "稽核紀錄於" not in client_for("activities_section").get("/admin/").text
    keep(app, dt.datetime(2026, 11, 25, 3, 31), problems=2)
    assert "發現 2 項異常。請立即通知系統管理者" in client_for("equipment_section").get("/admin/").text


def keep(app: Flask, at: dt.datetime, **found: int) -> None:
    """A run of verification that ended."""
    with app.app_context():
        db.session.add(EventCheck(started_at=at, finished_at=at, **found))
        db.session.commit()
