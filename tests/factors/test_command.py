"""`portfolio reset-factors`: the way back in when nobody is left who could reset."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.cli import cli
from models.event import Event
from models.people import Account
from tests.conftest import DATA_KEY
from tests.factors.test_totp import enrol


@pytest.fixture
def environment(session: Session, tmp_path: object) -> dict[str, str]:
    """The settings of the school `session` is on."""
    url = session.get_bind().engine.url.render_as_string(hide_password=False)
    return {
        "PORTFOLIO_DATABASE_URL": url,
        "PORTFOLIO_DATA_DIR": str(tmp_path),
        "PORTFOLIO_DATA_KEY": DATA_KEY.decode(),
        "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
    }


def test_the_last_keeper_gets_back_in_and_it_is_recorded(session: Session, clerk: Account, environment: dict[str, str]) -> None:
    enrol(session, clerk)
    session.commit()
    done = CliRunner().invoke(cli, ["reset-factors", "T001", "--reason", "唯一的管理者手機遺失"], env=environment)
    assert done.exit_code == 0, done.output
    session.expire_all()
    event = session.scalars(select(Event).where(Event.verb == "factor_reset")).one()
    assert (event.actor, event.note) == ("主機管理者", "唯一的管理者手機遺失")


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(["T999", "--reason", "遺失"], "沒有帳號 T999"), (["T001", "--reason", " "], "事由")]
)
def test_what_cannot_be_done_is_said(
    session: Session, clerk: Account, environment: dict[str, str], arguments: list[str], sentence: str
) -> None:
    session.commit()
    done = CliRunner().invoke(cli, ["reset-factors", *arguments], env=environment)
    assert done.exit_code == 1
    assert sentence in done.output
