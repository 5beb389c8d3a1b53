"""Files of a batch in the data directory: encrypted, readable by the system's own user alone, and whole or not there at all."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.import_batch import ImportBatch
from models.vault import vault

FOLDER = "import-files"
COLUMNS, REPORT, MEND = "columns", "report", "mend"
"""What is kept beside an uploaded file: its columns with a sample, what the check said, the rows to mend."""
GONE = "這個批次的檔案已依保存期限移除，請重新上傳。"


class FileGoneError(Exception):
    """The file was removed: a few days after its batch was finished or left alone."""


@dataclass(frozen=True)
class Store:
    """The folder. An uploaded file lies under its SHA-256; what was made of it under the batch's number."""

    data_dir: Path

    @property
    def folder(self) -> Path:
        return self.data_dir / FOLDER

    def keep_upload(self, data: bytes) -> str:
        """Keep a file; returns its digest."""
        digest = hashlib.sha256(data).hexdigest()
        self._write(digest, data)
        return digest

    def upload(self, batch: ImportBatch) -> bytes:
        """The file of a batch. Raises FileGoneError."""
        return self._read(batch.digest)

    def keep(self, batch: ImportBatch, what: str, content: Any) -> None:
        """Keep something that JSON can hold beside the batch's file."""
        self._write(f"{batch.id}.{what}", json.dumps(content, ensure_ascii=False).encode())

    def find(self, batch: ImportBatch, what: str) -> Any:
        """What was kept. Raises FileGoneError."""
        return json.loads(self._read(f"{batch.id}.{what}"))

    def drop(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def names(self) -> Iterator[Path]:
        """Every file there is."""
        return (each for each in self.folder.glob("*") if each.is_file()) if self.folder.exists() else iter(())

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_sealed(data))
        draft.replace(self.folder / name)

    def _read(self, name: str) -> bytes:
        try:
            return _opened((self.folder / name).read_bytes())
        except FileNotFoundError:
            raise FileGoneError(GONE) from None


def _sealed(data: bytes) -> bytes:
    return vault().encrypt_bytes(gzip.compress(data, 5))


def _opened(sealed: bytes) -> bytes:
    return gzip.decompress(vault().decrypt_bytes(sealed))
