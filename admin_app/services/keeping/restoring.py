"""Restoring into an empty place: everything is read and checked before anything is written, and counted by class afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from admin_app.database import alembic_revisions
from admin_app.services.keeping import databases, tally
from admin_app.services.keeping.contents import Contents, read_file_lines
from admin_app.services.keeping.evidence_files import Files, listed
from admin_app.services.keeping.folder import Folder, check, read
from admin_app.services.keeping.problem import Damaged, KeepingError
from admin_app.services.keeping.tally import Tally

Told = Callable[[int, int, str], None]
ENGINE_ZH = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    """What was restored, as it was counted in its new place."""

    name: str
    contents: Contents
    counted: Tally
    files: int


def newest(folder: Folder) -> str:
    """The newest restore point that is whole."""
    names = folder.names()
    if not names:
        raise KeepingError(f"{folder} 裡沒有完整的還原點。請確認備份位置；中斷的備份不能用來還原。")
    return names[0]


def examine(folder: Folder, name: str, told: Told = lambda done, total, zh: None) -> list[tuple[str, int]]:
    """Read a restore point through, every file of it; its evidence files. `Damaged` says what is wrong with it."""
    contents = folder.contents(name)
    database = folder.part(name, contents.database)
    databases.examine(database, contents.engine)
    listing = read_file_lines(folder.part(name, contents.file_list).read_bytes())
    for number, (sha256, size) in enumerate(listing):
        told(number, len(listing), "核對檔案")
        check(folder.evidence(sha256), sha256, size, f"還原點 {name} 的檔案 {sha256[:12]}…")
    return listing


def restore(
    folder: Folder, name: str, engine: Engine, files: Files, *, key_ids: Sequence[str], told: Told = lambda done, total, zh: None
) -> Restored:
    """Restore `name` into an empty database and an empty store. `key_ids`: the data keys at hand; without the right ones the
    backup could be restored but not read."""
    contents = folder.contents(name)
    _refuse_another_engine(contents, engine)
    _refuse_other_version(contents)
    _refuse_without_keys(contents, key_ids)
    databases.refuse_unless_empty(engine)
    listing = examine(folder, name, told)
    _refuse_foreign_files(files, listing)
    for number, (sha256, _) in enumerate(listing):
        told(number, len(listing), "還原檔案")
        files.put(sha256, read(folder.evidence(sha256)))
    told(0, 1, "還原資料庫")
    databases.put_back(folder.part(name, contents.database), engine)
    return Restored(name, contents, _verified(engine, contents, listing), len(listing))


def _verified(engine: Engine, contents: Contents, listing: Sequence[tuple[str, int]]) -> Tally:
    with engine.connect() as connection:
        counted = tally.count(connection)
        same_files = listed(connection) == list(listing)
    wrong = tally.differences(Tally(contents.tables, contents.classes), counted)
    if wrong or not same_files:
        told = "；".join(wrong[:5]) or "檔案清單不同"
        raise Damaged(f"還原後的筆數與備份時不同，請不要使用這個資料庫：{told}。")
    return counted


def _refuse_another_engine(contents: Contents, engine: Engine) -> None:
    if contents.engine != engine.dialect.name:
        mine, theirs = ENGINE_ZH[engine.dialect.name], ENGINE_ZH.get(contents.engine, contents.engine)
        raise KeepingError(
            f"這份備份來自 {theirs}，目前設定的資料庫是 {mine}。請改設 {theirs} 的 PORTFOLIO_DATABASE_URL；"
            "要換資料庫請用 portfolio export-school 與 import-school。"
        )


def _refuse_other_version(contents: Contents) -> None:
    if not set(contents.revision.split(",")) <= alembic_revisions():
        raise KeepingError(f"這份備份的資料表版次（{contents.revision}）比這一版程式新，請用備份當時或更新的程式還原。")


def _refuse_without_keys(contents: Contents, key_ids: Sequence[str]) -> None:
    missing = [each for each in contents.key_ids if each not in key_ids]
    if missing:
        raise KeepingError(
            f"這份備份須要資料金鑰 {'、'.join(missing)} 才讀得出身分證號等欄位，目前沒有設定。"
            "請以 --keys 指定封存的金鑰檔，或把原來的金鑰放回 PORTFOLIO_DATA_KEY 或 data.key。"
        )


def _refuse_foreign_files(files: Files, listing: Sequence[tuple[str, int]]) -> None:
    """A restore that was cut off may be run again: only files of its own list are there then."""
    known = {sha256 for sha256, _ in listing}
    if any(sha256 not in known for sha256 in files.present()):
        raise KeepingError("檔案庫不是空的，裡面有這份備份沒有的檔案，沒有還原。請改用空的資料夾（另設 PORTFOLIO_DATA_DIR）。")
