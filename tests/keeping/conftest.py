"""A school with evidence files, and places to back it up to and restore it in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, table, text
from sqlalchemy.orm import Session

from admin_app.database import engine_options
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.folder import Folder
from models.catalogue import METADATA
from models.evidence import FileKind, StoredFile
from models.keyring import DataKey
from models.vault import check_value, key_id
from tests.conftest import DATA_KEY
from tests.databases import Servers

KEYS = [key_id(DATA_KEY)]
LONG_AGO = dt.datetime(2026, 8, 1, 8)
LISTED = METADATA.tables[StoredFile.__tablename__]
WORK = [
    f"%PDF-1.7 {title} 的書面報告 ".encode() * (number * 997 + 1) for number, title in enumerate(("詹文彬", "林佳均", "邱于庭"))
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty backup folder."""
    return Folder(tmp_path / "backups")


@pytest.fixture
def store(tmp_path: Path) -> FilesIn:
    """Where the school's evidence files lie."""
    return FilesIn(tmp_path / "evidence")


@pytest.fixture
def engine(session: Session, store: FilesIn) -> Engine:
    """The engine of a school with its rule, a data key and three evidence files."""
    return furnished(session, store)


@pytest.fixture
def empty(servers: Servers, engine_name: str) -> Iterator[Engine]:
    """An empty place to restore into."""
    made = create_engine(**engine_options(servers.empty(engine_name, f"restored_{next(servers.numbers)}")))
    yield made
    made.dispose()


def furnished(session: Session, store: FilesIn) -> Engine:
    """A data key in use, and three files the database lists."""
    found = session.get_bind()
    assert isinstance(found, Engine)
    session.rollback()
    with found.begin() as connection:
        values = {"key_id": KEYS[0], "check_value": check_value(DATA_KEY)}
        connection.execute(text("DELETE FROM data_key"))
        connection.execute(insert(METADATA.tables[DataKey.__tablename__]).values(installed_at=LONG_AGO, **values))
    for content in WORK:
        add_file(found, store, content)
    return found


def add_file(engine: Engine, store: FilesIn, content: bytes) -> str:
    """A file in the store, and its row."""
    digest = hashlib.sha256(content).hexdigest()
    store.put(digest, [content])
    facts = {"kind": FileKind.pdf, "stored_at": LONG_AGO, "version": 1}
    with engine.begin() as connection:
        connection.execute(insert(LISTED).values(sha256=digest, size=len(content), **facts))
    return digest


def everything(engine: Engine, *names: str) -> dict[str, str]:
    """A digest of the content of these tables, or of every one."""
    with engine.connect() as connection:
        return {each: _digest(connection, each) for each in names or sorted(inspect(connection).get_table_names())}


def _digest(connection: Connection, name: str) -> str:
    rows = connection.execute(select(text("*")).select_from(table(name)))
    return hashlib.sha256("\n".join(sorted(repr(tuple(row)) for row in rows)).encode()).hexdigest()
