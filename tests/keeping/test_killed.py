"""A backup killed (SIGKILL) leaves nothing that looks complete, and the next one is not in its way."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from admin_app.services.keeping.backing_up import back_up
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.keeping.restoring import examine
from tests.conftest import sample
from tests.keeping.slow_backup import POINTS

HOME = Path(__file__).parents[2]
NOW = dt.datetime(2026, 11, 24, 2, 15)


def started(engine: Engine, store: FilesIn, folder: Folder, point: str) -> subprocess.Popen[str]:
    """A backup that waits at `point`."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.keeping.slow_backup", url, str(folder), str(store.path), point]
    process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(HOME)})
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


@pytest.mark.parametrize("point", sample(list(POINTS), 2))
def test_a_killed_backup_looks_like_none(point: str, engine: Engine, store: FilesIn, folder: Folder) -> None:
    earlier = back_up(engine, FilesIn(store.path), Folder(folder.path), now=NOW) if point == "manifest written" else None
    process = started(engine, store, folder, point)
    if point == "last file":
        with pytest.raises(KeepingError, match="另一個備份正在寫入"):
            back_up(engine, store, folder, now=NOW)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert folder.names() == ([earlier.name] if earlier else [])
    made = back_up(engine, store, folder, now=NOW + dt.timedelta(hours=1))
    examine(folder, made.name)
    assert [each.name for each in folder.points.iterdir() if each.name.startswith(".")] == []
    assert list(folder.files.glob("*/.*")) == []
