"""Changing the data key: every encrypted value is written anew with the newest key, in chunks, while the system works.

What there is to do is found from the metadata and from the tokens themselves, so that a run that was killed is simply run again.
Nothing is written that is not encrypted, and a value somebody changes meanwhile is left to them: they write with the newest key.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from admin_app.keyring import encrypted_columns
from models.base import Base
from models.event import Event
from models.event_segment import EventGate
from models.vault import Vault, key_id, vault

CHUNK = 500
DRAFT = ".rotating"
FILES = "加密檔案"
UNNAMED = b"gAAAAA"
"""How a token older than the keys' names begins."""
Report = Callable[[str, int, int], None]
"""Told (what, how many done, of how many) after each chunk."""


class Clash(RuntimeError):
    """Two rows hold the same indexed value; the message says where, never what."""


@dataclass(frozen=True)
class Place:
    """A table with encrypted columns, read without decrypting; `indexes` maps a blind index to the column it is of."""

    zh: str
    raw: Any
    key: str
    names: tuple[str, ...]
    indexes: dict[str, str]

    def behind(self, safe: Vault) -> ColumnElement[bool]:
        """Rows with a value that is not of the newest key."""
        newest = f"{safe.newest}:%"
        return or_(*(and_(self.raw.c[name].is_not(None), self.raw.c[name].not_like(newest)) for name in self.names))


def places() -> list[Place]:
    """Every table with encrypted columns."""
    return [_place(each, names) for each, names in encrypted_columns().items()]


def remaining(connection: Connection, safe: Vault) -> dict[str, int]:
    """How many rows of each kind still hold a value of an older key; kinds without any are left out."""
    counts = {each.zh: connection.scalar(select(func.count()).select_from(each.raw).where(each.behind(safe))) for each in places()}
    return {zh: count for zh, count in counts.items() if count}


def rotate(engine: Engine, report: Report, *, size: int = CHUNK) -> int:
    """Write every value of an older key anew. Returns how many rows were written."""
    safe, done = vault(), 0
    for place in places():
        with engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(place.raw).where(place.behind(safe))) or 0
        here = 0
        for number in _chunks(engine, place, safe, size):
            here += number
            report(place.zh, here, max(total, here))
        done += here
    return done


def rotate_files(folder: Path, report: Report) -> int:
    """Write every encrypted file below `folder` anew, each whole or not at all."""
    for left in folder.rglob(f".*{DRAFT}"):
        left.unlink()
    old = files_behind(folder)
    for number, path in enumerate(old, start=1):
        _rewrite(path, vault().encrypt_bytes(vault().decrypt_bytes(path.read_bytes())))
        report(FILES, number, len(old))
    return len(old)


def files_behind(folder: Path) -> list[Path]:
    """Files below `folder` that were encrypted with an older key: a file that begins as a token of one is one."""
    old = tuple(f"{key_id(key)}:".encode() for key in vault().keys[1:])
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and _begins(path).startswith((*old, UNNAMED))]


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(9)


def _rewrite(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}{DRAFT}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _place(each: Table, names: Sequence[str]) -> Place:
    indexes = {column.name: str(column.info["index_of"]) for column in each.columns if column.info.get("index_of")}
    (key,) = (column.name for column in each.primary_key.columns)
    raw = table(each.name, *(column(name) for name in (key, *names, *indexes)))
    return Place(_zh(each), raw, key, tuple(names), indexes)


def _zh(each: Table) -> str:
    mapped = next((mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is each), None)
    return str(getattr(mapped, "__zh__", "") or each.name)


def _chunks(engine: Engine, place: Place, safe: Vault, size: int) -> Iterator[int]:
    key, after = place.raw.c[place.key], true()
    while True:
        with engine.begin() as connection:
            found = select(place.raw).where(after, place.behind(safe)).order_by(key).limit(size)
            rows = connection.execute(found).all()
            if rows:
                _renew(connection, place, [row._asdict() for row in rows], safe)
        if not rows:
            return
        after = key > rows[-1]._mapping[place.key]
        yield len(rows)


def _renew(connection: Connection, place: Place, rows: Sequence[dict[str, Any]], safe: Vault) -> None:
    """Write rows' values anew, except those somebody changed since they were read."""
    columns = place.raw.c
    unchanged = [columns[name].is_not_distinct_from(bindparam(f"was_{name}")) for name in place.names]
    values: dict[str, Any] = {name: bindparam(f"now_{name}") for name in (*place.names, *place.indexes)}
    stmt = update(place.raw).where(columns[place.key] == bindparam("row"), *unchanged).values(values)
    try:
        with _gate(connection, place):
            connection.execute(stmt, [_renewed(place, row, safe) for row in rows])
    except IntegrityError:
        here = f"編號 {rows[0][place.key]} 至 {rows[-1][place.key]}"
        raise Clash(f"{place.zh}{here} 之中有一筆的索引值與別筆重複，請先處理重複的資料，再執行一次。") from None


@contextmanager
def _gate(connection: Connection, place: Place) -> Iterator[None]:
    """The database lets events be encrypted anew only while this transaction holds the gate open (docs/audit.md)."""
    guarded = place.raw.name == Event.__tablename__
    if guarded:
        connection.execute(insert(EventGate))
    yield
    if guarded:
        connection.execute(delete(EventGate))


def _renewed(place: Place, row: dict[str, Any], safe: Vault) -> dict[str, Any]:
    plain = {name: None if row[name] is None else safe.decrypt(row[name]) for name in place.names}
    index = {name: None if (text := plain[source]) is None else safe.index(text) for name, source in place.indexes.items()}
    return {
        "row": row[place.key],
        **{f"was_{name}": row[name] for name in place.names},
        **{f"now_{name}": None if text is None else safe.encrypt(text) for name, text in plain.items()},
        **{f"now_{name}": digest for name, digest in index.items()},
    }
