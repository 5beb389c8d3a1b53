"""A school whose data key is about to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.cli import cli
from models import vault
from models.people import Student
from models.values.identity import fake_id_number
from models.vocabulary import Gender
from tests.conftest import DATA_KEY

NEW_KEY = b"another data key for tests, 32 bytes or more"
Portfolio = Callable[..., Result]


@pytest.fixture(autouse=True)
def usual_vault() -> Iterator[None]:
    """The vault belongs to the process: other tests want theirs back."""
    yield
    vault.install(vault.Vault([DATA_KEY]))


STUDENTS = 700


@pytest.fixture
def small(session: Session) -> Session:
    """A school of a few hundred students, each with the event of being entered."""
    born_on = dt.date(2009, 5, 6)
    for n in range(STUDENTS):
        number = fake_id_number(n, Gender.female)
        session.add(Student(student_no=f"115{n:05}", name=f"學生{n}", id_number=number, gender=Gender.female, born_on=born_on))
    session.commit()
    return session


@pytest.fixture
def environ(small: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of the small school's system, whose data keys are in a file."""
    engine = small.get_bind()
    assert isinstance(engine, Engine)
    values = {
        "PORTFOLIO_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "PORTFOLIO_DATA_DIR": str(tmp_path),
        "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
        "PORTFOLIO_DEMO": "1",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "data.key").write_bytes(DATA_KEY)
    return values


@pytest.fixture
def portfolio(environ: dict[str, str]) -> Portfolio:
    """The command line of that system."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    return run
