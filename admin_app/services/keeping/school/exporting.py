"""`export-school`: the folder appears whole, by one rename, or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from admin_app.services.exporting import csv_stream
from admin_app.services.keeping import evidence_files, tally
from admin_app.services.keeping.evidence_files import Files
from admin_app.services.keeping.folder import DRAFT, sync, write
from admin_app.services.keeping.problem import Damaged, KeepingError
from admin_app.services.keeping.school import tables

FORMAT = "portfolio-school-1"
MANIFEST, SUM = "manifest.csv", "manifest.csv.sha256"
README = Path(__file__).with_name("README.txt")


def export_school(engine: Engine, files: Files, target: Path, *, school: str, revision: str, now: dt.datetime) -> dict[str, int]:
    """Write the school to the new folder `target`; how many rows each table has."""
    if target.exists():
        raise KeepingError(f"{target} 已經存在，沒有覆寫。請另取資料夾名稱。")
    draft = target.with_name(f"{DRAFT}{target.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        counts = _write(engine, files, draft, school=school, revision=revision, now=now)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise KeepingError(f"全校匯出沒有完成，沒有留下資料夾：{type(error).__name__}。") from None
    draft.rename(target)
    sync(target.parent)
    return counts


def _write(engine: Engine, files: Files, draft: Path, *, school: str, revision: str, now: dt.datetime) -> dict[str, int]:
    """All tables at one moment, then the files they list."""
    lines: list[tuple[str, int, str]] = []
    with _one_moment(engine) as connection:
        counted = tally.count(connection)
        for table in tables.exported():
            _put(draft, f"tables/{table.name}.csv", _table(connection, table), lines)
        listing = evidence_files.listed(connection)
    for sha256, _ in listing:
        try:
            found = _put(draft, f"files/{sha256[:2]}/{sha256}", files.blocks(sha256), lines)
        except FileNotFoundError:
            found = ""
        if found != sha256:
            shutil.rmtree(draft, ignore_errors=True)
            raise Damaged(f"檔案庫裡的 {sha256[:12]}… 不見了或已損壞，沒有匯出。請先執行 portfolio verify。")
    counts = {each.name: counted.tables[each.name] for each in tables.exported()}
    schema = {
        "format": FORMAT,
        "school": school,
        "taken_at": now.isoformat(timespec="seconds"),
        "revision": revision,
        "rows": counts,
        "tables": {each.name: tables.described(each) for each in tables.exported()},
    }
    _put(draft, "schema.json", [json.dumps(schema, ensure_ascii=False, indent=1).encode()], lines)
    _put(draft, "README.txt", [README.read_text("utf-8").format(school=school, taken_at=f"{now:%Y-%m-%d %H:%M}").encode()], lines)
    _close(draft, lines)
    return counts


def _one_moment(engine: Engine) -> Connection:
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    connection = engine.connect().execution_options(**level)
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    return connection


def _table(connection: Connection, table: Any) -> Iterator[bytes]:
    wanted = tables.columns(table)
    found = connection.execution_options(yield_per=1000).execute(select(*wanted).order_by(*table.primary_key.columns))
    rows = ([tables.written(value, column) for value, column in zip(row, wanted, strict=True)] for row in found)
    return csv_stream([each.name for each in wanted], rows)


def _put(draft: Path, path: str, blocks: Iterable[bytes], lines: list[tuple[str, int, str]]) -> str:
    place = draft / path
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size, sha256 = write(place, blocks)
    lines.append((sha256, size, path))
    return sha256


def _close(draft: Path, lines: list[tuple[str, int, str]]) -> None:
    data = "".join(["sha256,bytes,path\n", *(f"{sha256},{size},{path}\n" for sha256, size, path in lines)]).encode()
    write(draft / MANIFEST, [data])
    write(draft / SUM, [f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode()])
