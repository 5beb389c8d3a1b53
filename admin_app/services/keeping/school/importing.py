"""`import-school`: an exported school into an empty install. All is checked before anything is written; then all or nothing."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.services import finding
from admin_app.services.keeping import evidence_files, tally
from admin_app.services.keeping.evidence_files import Files
from admin_app.services.keeping.folder import check, read
from admin_app.services.keeping.problem import Damaged, KeepingError
from admin_app.services.keeping.school import tables
from admin_app.services.keeping.school.exporting import FORMAT, MANIFEST, SUM
from models.vault import vault

BATCH = 500
csv.field_size_limit(16 * 1024 * 1024)


def examine(folder: Path, revision: str) -> dict[str, Any]:
    """Read an exported school through, every file of it; its schema. `Damaged` says what is not as it was written."""
    try:
        data = (folder / MANIFEST).read_bytes()
        told = (folder / SUM).read_text("ascii").split(" ")[0]
    except (OSError, UnicodeDecodeError):
        raise KeepingError(f"{folder} 不是全校匯出的資料夾：裡面沒有 {MANIFEST} 或 {SUM}。") from None
    if hashlib.sha256(data).hexdigest() != told:
        raise Damaged(f"{MANIFEST} 與它的 SHA-256 不符，沒有匯入。")
    for line in csv.DictReader(data.decode().splitlines()):
        check(_inside(folder, line["path"]), line["sha256"], int(line["bytes"]), line["path"])
    schema: dict[str, Any] = json.loads((folder / "schema.json").read_bytes())
    if schema.get("format") != FORMAT or schema.get("revision") != revision:
        raise KeepingError(
            f"這份匯出的資料表版次是 {schema.get('revision')}，這裡是 {revision}。請先把兩邊升級到同一版再匯出、匯入。"
        )
    return schema


def import_school(session: Session, files: Files, folder: Path, schema: dict[str, Any]) -> int:
    """Bring everything in; how many rows. The caller commits: until then nothing is there."""
    connection, number = session.connection(), 0
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for table in tables.exported():
        try:
            number += _fill(connection, table, folder / "tables" / f"{table.name}.csv")
        except (ValueError, KeyError, ArithmeticError, DBAPIError) as error:
            raise Damaged(f"{table.name}.csv 有讀不懂或不符規定的內容（{type(error).__name__}），沒有匯入任何資料。") from None
    finding.rebuild(session)
    _go_on_counting(connection)
    for sha256, _ in evidence_files.listed(connection):
        files.put(sha256, read(folder / "files" / sha256[:2] / sha256))
    counted = tally.count(connection).tables
    short = {name: (told, counted.get(name, 0)) for name, told in schema["rows"].items() if counted.get(name, 0) != told}
    wrong = [f"{name}：應有 {told:,} 筆，匯入 {found:,} 筆" for name, (told, found) in short.items()]
    if wrong:
        raise Damaged(f"匯入後的筆數不同，沒有匯入任何資料：{'；'.join(wrong[:5])}。")
    return number


def _fill(connection: Connection, table: Table, path: Path) -> int:
    rows, number = _rows(table, path), 0
    pointing = tables.to_itself(table)
    waiting = tables.parents_first(list(rows), pointing) if pointing else rows
    while batch := list(islice(waiting, BATCH)):
        connection.execute(insert(table), batch)
        number += len(batch)
    return number


def _rows(table: Table, path: Path) -> Iterator[dict[str, Any]]:
    wanted = {each.name: each for each in tables.columns(table)}
    derived = {each.name: str(each.info["index_of"]) for each in table.columns if each.info.get("index_of")}
    secrets = {each.name: "" for each in table.columns if each.name in tables.SECRETS and not each.nullable}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for line in csv.DictReader(file):
            values = {name: tables.read(line[name], column) for name, column in wanted.items()}
            yield {**values, **{name: vault().index(values[source]) for name, source in derived.items()}, **secrets}


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL's counters do not see ids that came with their rows; SQLite's do."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.exported():
        if "id" in table.columns:
            counter = f"pg_get_serial_sequence('{table.name}', 'id')"
            newest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"  # noqa: S608 - a name of ours
            connection.execute(text(f"SELECT setval({counter}, {newest}, false) WHERE {counter} IS NOT NULL"))


def _inside(folder: Path, path: str) -> Path:
    """A path of the manifest never leads out of the folder."""
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise Damaged(f"{MANIFEST} 裡有資料夾以外的路徑，沒有匯入。")
    return found
