"""`portfolio seal`, `verify` and `events`, and the jobs that do the same every night."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.cli import cli
from admin_app.services.audit import checking
from admin_app.services.audit.routines import readers_of_events, tell_readers
from models.event import Event
from models.event_segment import EventCheck
from models.notice import Notice
from models.people import Account, Student
from models.values.identity import fake_id_number
from models.vocabulary import Division, EnrolmentStatus, Gender
from tests.audit.help import happen, seal_all
from tests.audit.test_verifying import meddle


@pytest.fixture
def folder(empty_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of a command line that works on the session's database."""
    engine = empty_session.get_bind()
    assert isinstance(engine, Engine)
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PORTFOLIO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTFOLIO_DATA_KEY", "a data key for tests, 32 bytes or more")
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", "a secret key for tests only")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


def test_verify_says_what_is_wrong_and_fails(empty_session: Session, folder: Path) -> None:
    happen(empty_session, 5)
    seal_all(empty_session)
    good = run("verify")
    assert (good.exit_code, good.output.splitlines()[-2]) == (0, "第 1–1 段、5 筆事件，沒有異常。")
    meddle(empty_session, update(Event.__table__).where(Event.id == 3).values(actor="別人"))
    bad = run("verify")
    assert bad.exit_code == 1
    assert "第 3 號事件遭更改：內容與驗證碼不符。" in bad.output
    assert bad.output.splitlines()[-2] == "第 1–1 段、5 筆事件，發現 1 項異常。"


def test_a_good_run_is_noted_outside_the_database(empty_session: Session, folder: Path) -> None:
    happen(empty_session, 5)
    seal_all(empty_session)
    run("verify")
    ((number, digest),) = checking.read_anchors(folder)
    assert number == 1
    meddle(empty_session, text("DELETE FROM event_segment"), text("DELETE FROM event"), text("DELETE FROM event_check"))
    bad = run("verify")
    assert bad.exit_code == 1
    assert f"第 1 段不見了：先前驗證時還在（封條 {digest[-12:]}）。" in bad.output


def test_events_leave_as_json_lines_masked_and_the_export_is_an_event(empty_session: Session, folder: Path) -> None:
    number = fake_id_number(7, Gender.female)
    empty_session.add(student(number))
    empty_session.commit()
    today = clock.today().isoformat()
    file = folder / "events.jsonl"
    assert run("events", "export", "--from", today, "--to", today, "--file", file).exit_code == 0
    (line,) = [json.loads(each) for each in file.read_text(encoding="utf-8").splitlines()]
    assert line["changes"]["id_number"] == [None, "（遮蔽）"]
    assert line["changes"]["name"] == [None, "簡玉蘭"]
    assert "id_number" in line["masked"]
    assert number not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0
    last = empty_session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.verb, last.kind, json.loads(last.changes)) == ("export", "event", {"筆數": [None, 1]})


def test_events_in_full_ask_for_a_purpose(empty_session: Session, folder: Path) -> None:
    number = fake_id_number(8, Gender.female)
    empty_session.add(student(number))
    empty_session.commit()
    today = clock.today().isoformat()
    refused = run("events", "export", "--from", today, "--to", today, "--in-full")
    assert refused.exit_code == 2
    assert "--purpose 說明用途" in refused.output
    given = run("events", "export", "--from", today, "--to", today, "--in-full", "--purpose", "個資事故調查")
    assert number in given.output
    last = empty_session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert last.note.endswith("未遮蔽，個資事故調查")


def test_a_date_nobody_can_read_is_refused_in_words(empty_session: Session, folder: Path) -> None:
    refused = run("events", "export", "--from", "十月", "--to", "1151130")
    assert refused.exit_code == 2
    assert "「十月」不是日期" in refused.output


def test_expire_tries_first(empty_session: Session, folder: Path) -> None:
    happen(empty_session, 6, on=dt.date(2023, 1, 5))
    seal_all(empty_session)
    tried = run("events", "expire", "--dry-run")
    assert tried.output == "112 年 1 月：6 筆，1 段\n這是試算，沒有清除任何資料。\n"
    assert len(empty_session.scalars(select(Event.id)).all()) == 6
    done = run("events", "expire")
    assert done.exit_code == 0
    assert len(empty_session.scalars(select(Event.id)).all()) == 1
    assert run("verify").exit_code == 0


def test_those_who_may_read_the_trail_are_told(school: Session) -> None:
    readers = readers_of_events(school, on=clock.today())
    posts = {each.username for each in readers}
    assert {"equipment_section", "evening_division", "executive_secretary", "convener"} <= posts
    before = school.scalar(select(func.max(Notice.id))) or 0
    assert tell_readers(school, EventCheck(problems=2), on=clock.today()) == len(readers)
    told = school.scalars(select(Notice.account_id).where(Notice.id > before)).all()
    assert sorted(told) == sorted(each.id for each in readers)
    assert len(told) < len(school.scalars(select(Account.id)).all()) / 2


def student(number: str) -> Student:
    return Student(
        student_no="11510001",
        name="簡玉蘭",
        id_number=number,
        gender=Gender.female,
        born_on=dt.date(2010, 5, 6),
        division=Division.day,
        status=EnrolmentStatus.enrolled,
    )
