"""`portfolio import` and `portfolio template`, over a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin_app import cli_import
from models.event import Event
from models.people import Student
from tests.importing.help import CLEAN, DAY_ROSTER, DEFECTS, EVENING_ROSTER, counts

DATA_KEY = "a data key for tests, 32 bytes or more"


@pytest.fixture
def folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of a command line that works on the session's database."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PORTFOLIO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTFOLIO_DATA_KEY", DATA_KEY)
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", "a secret key for tests only")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli_import.import_command, [str(each) for each in arguments])


def test_a_clean_roster(session: Session, folder: Path) -> None:
    found = run("students", CLEAN / EVENING_ROSTER)
    assert found.exit_code == 0, found.output
    assert "將新增 261 筆" in found.output
    assert session.scalar(select(func.count(Student.id))) == 261
    assert session.scalars(select(Event.actor).where(Event.kind == "student").distinct()).all() == ["系統管理者（命令列）"]
    assert not (folder / "imports").exists()


def test_a_dry_run_prints_what_would_change_and_writes_nothing(session: Session, folder: Path) -> None:
    found = run("students", DEFECTS / DAY_ROSTER, "--dry-run")
    assert found.exit_code == 1
    assert "將新增 30 班" in found.output
    assert "試算" in found.output
    assert session.scalar(select(func.count(Student.id))) == 0
    assert not (folder / "imports").exists()


def test_defects_are_named_and_written_to_a_file_to_mend(session: Session, folder: Path) -> None:
    found = run("students", DEFECTS / DAY_ROSTER)
    assert found.exit_code == 1
    for line in ("第 604 行（學號 11410247）身分證號『H23*****57』檢查碼不符", "第 57 行（學號 11510056）班級『幽靈班』"):
        assert line in found.output
    assert session.scalar(select(func.count(Student.id))) == counts(DEFECTS)["日校"] - 9
    mend = folder / "imports" / "115-1_日校_學生名冊_須修正.csv"
    assert len(mend.read_text(encoding="utf-8-sig").splitlines()) == 10
    assert str(mend) in found.output
    assert run("students", mend).exit_code == 1
    assert sorted(each.name for each in mend.parent.iterdir()) == [mend.name]


UNREADABLE = (
    (("students", "nowhere.csv"), "無法讀取檔案"),
    (("nonsense", CLEAN / DAY_ROSTER), "沒有「nonsense」這一種匯入"),
    (("grade", CLEAN / DAY_ROSTER), "缺少必要的欄位"),
)


def test_what_cannot_be_read_is_said_in_one_sentence(folder: Path) -> None:
    for arguments, words in UNREADABLE:
        found = run(*arguments)
        assert found.exit_code == 1
        assert words in found.output
        assert "Traceback" not in found.output


def test_a_database_that_was_never_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    monkeypatch.setenv("PORTFOLIO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTFOLIO_DATA_KEY", DATA_KEY)
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", "a secret key for tests only")
    found = run("students", CLEAN / DAY_ROSTER)
    assert found.exit_code == 1
    assert "portfolio init" in found.output


def test_a_template(folder: Path) -> None:
    path = folder / "範本.xlsx"
    found = CliRunner().invoke(cli_import.template_command, ["grade", str(path)])
    assert found.exit_code == 0, found.output
    assert path.read_bytes().startswith(b"PK")
