"""The data key at start: the right one, a wrong one, none; and what the secret key has to do with it (nothing)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin_app.config import ConfigError, read_settings
from admin_app.extensions import db
from admin_app.factory import create_app
from models.event import Event
from models.keyring import DataKey
from models.people import Student
from models.values.identity import check_id_number
from tests.conftest import DATA_KEY, SchoolClient, settings_for
from tests.databases import PASSWORD
from tests.keys.conftest import NEW_KEY, Portfolio


def url_of(session: Session) -> str:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine.url.render_as_string(hide_password=False)


def test_the_system_starts_with_its_key_and_remembers_it(small: Session, tmp_path: Path) -> None:
    create_app(settings_for(url_of(small), tmp_path))
    kept = small.scalars(select(DataKey)).one()
    assert kept.retired_at is None
    assert DATA_KEY.hex() not in kept.check_value


def test_a_wrong_key_is_refused_with_a_sentence_before_anything_is_written(small: Session, tmp_path: Path) -> None:
    settings = settings_for(url_of(small), tmp_path)
    create_app(settings)
    before = small.scalar(select(func.count(Event.id)))
    with pytest.raises(ConfigError, match="資料金鑰不對，系統沒有啟動"):
        create_app(dataclasses.replace(settings, data_key=NEW_KEY))
    assert small.scalar(select(func.count(Event.id))) == before
    assert small.scalar(select(func.count(DataKey.id))) == 1


def test_a_wrong_key_is_noticed_even_where_no_check_value_was_kept(small: Session, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="資料金鑰不對"):
        create_app(dataclasses.replace(settings_for(url_of(small), tmp_path), data_key=NEW_KEY))
    assert small.scalar(select(func.count(DataKey.id))) == 0


@pytest.mark.parametrize("command", [("init",), ("serve", "--demo"), ("rotate-key",), ("accounts",)])
def test_a_lost_key_is_never_replaced_by_a_new_one(command: tuple[str, ...], portfolio: Portfolio, tmp_path: Path) -> None:
    assert portfolio("accounts").exit_code == 0
    (tmp_path / "data.key").unlink()
    found = portfolio(*command)
    assert found.exit_code == 1
    assert "找不到資料金鑰" in found.output
    assert "Traceback" not in found.output
    assert not (tmp_path / "data.key").exists()


def test_a_key_that_is_too_short_is_refused(portfolio: Portfolio, tmp_path: Path) -> None:
    (tmp_path / "data.key").write_text("short")
    found = portfolio("accounts")
    assert found.exit_code == 1
    assert "太短" in found.output


def test_changing_the_secret_key_signs_everybody_out_and_loses_no_number(school: Session, tmp_path: Path) -> None:
    settings = settings_for(url_of(school), tmp_path)
    app = create_app(settings)
    app.test_client_class = SchoolClient
    client = app.test_client()
    client.token = client.read_token("/login")  # type: ignore[attr-defined]
    client.post("/login", data={"username": "registration_section", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    cookie = client.get_cookie("portfolio")
    assert cookie is not None

    changed = create_app(dataclasses.replace(settings, secret_key="quite another secret key for tests"))
    other = changed.test_client()
    other.set_cookie("portfolio", cookie.value)
    assert other.get("/admin/").status_code == 302
    for each in (app, changed):
        with each.app_context():
            db.engine.dispose()
    numbers = school.scalars(select(Student.id_number)).all()
    assert len(numbers) > 100
    assert all(check_id_number(number) == number for number in numbers)


def test_the_first_start_makes_a_key_only_its_owner_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from admin_app.cli import cli

    for name in ("PORTFOLIO_DATABASE_URL", "PORTFOLIO_DATA_KEY", "PORTFOLIO_DATA_KEY_OLD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTFOLIO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", "a secret key for tests only")
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    made = tmp_path / "data.key"
    assert oct(made.stat().st_mode & 0o777) == "0o600"
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    assert len(read_settings().data_keys) == 1
