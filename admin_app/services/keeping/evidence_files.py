"""The evidence store as a backup sees it: which files a database lists, and their content by digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, inspect, select

from admin_app import storage
from admin_app.config import Settings
from admin_app.services.keeping.folder import DRAFT, read, sync, write
from admin_app.storage import Store
from models.catalogue import METADATA
from models.evidence import StoredFile

PART = 1024 * 1024
LISTED = METADATA.tables[StoredFile.__tablename__]


class Files(Protocol):
    """What a backup needs of a store of files."""

    def blocks(self, sha256: str) -> Iterable[bytes]:
        """A file's content; `OSError` when it is not there."""

    def put(self, sha256: str, blocks: Iterable[bytes]) -> None:
        """Keep a file through to the disk."""

    def present(self) -> Iterator[str]:
        """The digests of the files that are there."""


class FilesIn:
    """Evidence files in a folder of their own, as `ab/abcd…`: where a drill restores to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def blocks(self, sha256: str) -> Iterable[bytes]:
        return read(self._of(sha256))

    def put(self, sha256: str, blocks: Iterable[bytes]) -> None:
        target = self._of(sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(DRAFT + sha256)
        write(draft, blocks)
        draft.rename(target)
        sync(target.parent)

    def present(self) -> Iterator[str]:
        return (each.name for each in sorted(self.path.glob("??/*")) if not each.name.startswith(DRAFT))

    def _of(self, sha256: str) -> Path:
        return self.path / sha256[:2] / sha256


class FilesOf:
    """The files of the school's own store, on a disk or elsewhere."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def blocks(self, sha256: str) -> Iterator[bytes]:
        with self.store.open(sha256) as file:
            while part := file.read(PART):
                yield part

    def put(self, sha256: str, blocks: Iterable[bytes]) -> None:
        with self.store.incoming() as arrival:
            for part in blocks:
                arrival.write(part)
            if arrival.sha256 != sha256:
                raise OSError("another content than its name says")
            self.store.keep(arrival)

    def present(self) -> Iterator[str]:
        return (each.sha256 for each in self.store.found())


def listed(connection: Connection) -> list[tuple[str, int]]:
    """(digest, size) of every evidence file the database has a row for."""
    if not inspect(connection).has_table(LISTED.name):
        return []
    stmt = select(LISTED.c.sha256, LISTED.c.size).order_by(LISTED.c.sha256)
    return [(sha256, size) for sha256, size in connection.execute(stmt)]


def evidence_store(settings: Settings) -> Files:
    """The school's evidence files, wherever they are kept."""
    return FilesOf(storage.open_stores(settings).files)
