"""The trash ends before the events do: what is put back is read from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin_app.config import ConfigError, read_settings

KEY = {"PORTFOLIO_SECRET_KEY": "a secret key for tests only"}


def settings(folder: Path, **extra: str) -> int:
    return read_settings({**KEY, "PORTFOLIO_DATA_DIR": str(folder), **extra}).trash_days


def test_deleted_rows_are_kept_ninety_days(tmp_path: Path) -> None:
    assert settings(tmp_path) == 90


def test_the_school_may_say_otherwise(tmp_path: Path) -> None:
    assert settings(tmp_path, PORTFOLIO_TRASH_DAYS="30") == 30


@pytest.mark.parametrize("days", ["0", "168", "400", "x"])
def test_the_trash_never_outlives_the_events(days: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PORTFOLIO_TRASH_DAYS"):
        settings(tmp_path, PORTFOLIO_TRASH_DAYS=days, PORTFOLIO_EVENT_MONTHS="6")
