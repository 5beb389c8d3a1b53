"""Making a restore point: the database of one moment, every file it lists, a manifest; then reading it all again.

The restore point appears by one rename at the very end. Whatever dies before leaves a draft that no restore looks at and the next
backup sweeps away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from admin_app.services.keeping import databases, evidence_files, tally
from admin_app.services.keeping.contents import FILES, FORMAT, MANIFEST, MANIFEST_SUM, Contents, Part, file_lines, sum_line
from admin_app.services.keeping.evidence_files import Files
from admin_app.services.keeping.folder import Folder, check, measure, write
from admin_app.services.keeping.problem import Damaged, KeepingError
from models.keyring import DataKey
from models.regulation import Edition
from models.vocabulary import EditionStatus

DAYS_TO_READ_ALL = 7
"""Each file that is already here is read again and hashed once in so many days."""
Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Made:
    """A restore point that was written and read again."""

    name: str
    contents: Contents
    digest: str
    added: int
    reread: int


def back_up(engine: Engine, files: Files, folder: Folder, *, now: dt.datetime, told: Told = lambda done, total, zh: None) -> Made:
    """Write a restore point into `folder` and verify it. Raises `KeepingError`; then there is no new restore point."""
    name = f"{now:%Y%m%dT%H%M%S}"
    try:
        with folder.writing():
            if name in folder.names():
                raise KeepingError(f"還原點 {name} 已經存在，請稍候一秒再試。")
            return _write(engine, files, folder, name, now, told)
    except OSError as error:
        raise KeepingError(f"備份沒有完成，沒有留下還原點：{folder} {_reason(error)}。") from None


def _write(engine: Engine, files: Files, folder: Folder, name: str, now: dt.datetime, told: Told) -> Made:
    draft, kind = folder.draft(name), engine.dialect.name
    database = draft / databases.part_name(kind)
    told(0, 1, "複製資料庫")
    with databases.copied(engine, database) as connection:
        facts = {"school": _school(connection), "revision": _revision(connection), "key_ids": _key_ids(connection)}
        counted, listing = tally.count(connection), evidence_files.listed(connection)
    size, sha256 = measure(database)
    databases.examine(database, kind)
    added, reread = _bring(files, folder, listing, now, told)
    list_size, list_sha256 = write(draft / FILES, [file_lines(listing)])
    contents = Contents(
        format=FORMAT,
        taken_at=now.isoformat(timespec="seconds"),
        engine=kind,
        database=Part(database.name, size, sha256),
        file_list=Part(FILES, list_size, list_sha256),
        files=len(listing),
        file_bytes=sum(each for _, each in listing),
        tables=counted.tables,
        classes=counted.classes,
        **facts,  # type: ignore[arg-type]
    )
    return _close(folder, draft, name, contents, added, reread)


def _close(folder: Folder, draft: Path, name: str, contents: Contents, added: int, reread: int) -> Made:
    data = contents.written()
    write(draft / MANIFEST, [data])
    write(draft / MANIFEST_SUM, [sum_line(data)])
    for part in (contents.database, contents.file_list):
        check(draft / part.name, part.sha256, part.size, part.name)
    folder.complete(name)
    folder.contents(name)
    return Made(name, contents, hashlib.sha256(data).hexdigest(), added, reread)


def _bring(files: Files, folder: Folder, listing: Sequence[tuple[str, int]], now: dt.datetime, told: Told) -> tuple[int, int]:
    """Copy what is not here yet, and read again what was copied and a seventh of the rest. (added, read again)"""
    added = reread = 0
    for number, (sha256, size) in enumerate(listing):
        told(number, len(listing), f"檔案 {number:,}／{len(listing):,}")
        here = folder.evidence(sha256)
        fresh = not here.exists() or here.stat().st_size != size
        if fresh:
            _copy(files, folder, sha256)
            added += 1
        if fresh or int(sha256[:8], 16) % DAYS_TO_READ_ALL == now.toordinal() % DAYS_TO_READ_ALL:
            _reread(files, folder, sha256, size)
            reread += 1
    return added, reread


def _copy(files: Files, folder: Folder, sha256: str) -> None:
    try:
        folder.add_evidence(sha256, files.blocks(sha256))
    except FileNotFoundError:
        raise Damaged(f"檔案庫裡沒有 {sha256[:12]}…，無法備份。請先執行 portfolio verify 找出是誰的檔案。") from None


def _reread(files: Files, folder: Folder, sha256: str, size: int) -> None:
    """A copy that rotted is replaced from the store; one that cannot be is damage."""
    try:
        check(folder.evidence(sha256), sha256, size, "")
    except Damaged:
        _copy(files, folder, sha256)
        check(folder.evidence(sha256), sha256, size, f"備份的檔案 {sha256[:12]}…")


def _school(connection: Connection) -> str:
    try:
        stmt = select(Edition.school).where(Edition.status == EditionStatus.published).order_by(Edition.effective_on.desc())
        return connection.scalar(stmt.limit(1)) or ""
    except SQLAlchemyError:
        raise KeepingError("資料庫還沒有建置（portfolio init），沒有可備份的資料。") from None


def _revision(connection: Connection) -> str:
    return ",".join(MigrationContext.configure(connection).get_current_heads())


def _key_ids(connection: Connection) -> list[str]:
    return list(connection.scalars(select(DataKey.key_id).where(DataKey.retired_at.is_(None)).order_by(DataKey.id.desc())))


def _reason(error: OSError) -> str:
    reasons = {28: "空間不足", 30: "唯讀", 13: "沒有寫入權限", 2: "不見了"}
    return reasons.get(error.errno or 0, f"無法寫入（{type(error).__name__}）")
