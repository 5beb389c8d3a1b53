"""A body on its way in: written to a temporary file of the store's own file system and hashed as it comes, never held in memory.

What goes wrong while it comes (the disk is full, it is larger than anything allowed) is remembered and the rest of the body is let
past: the answer can then say so, instead of breaking the line.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
from pathlib import Path
from typing import Any

from admin_app.storage.points import reach

FULL = (errno.ENOSPC, errno.EDQUOT)
PART = ".part"


class DiskFull(Exception):
    """There is no room left; nothing was kept."""


class StoreBroken(Exception):
    """The disk said it had not done what it was told. Nothing that follows may be believed until somebody has looked at it."""


class TooLarge(Exception):
    """More came than anything may be large."""


class Incoming(io.RawIOBase):
    """A temporary file that knows its size and SHA-256. Closing it throws it away unless it was kept."""

    def __init__(self, folder: Path, most: int | None = None) -> None:
        super().__init__()
        self.path = folder / f"{secrets.token_hex(16)}{PART}"
        self.most, self.size = most, 0
        self.trouble: Exception | None = None
        self._hash, self._file = hashlib.sha256(), self._opened()

    def _opened(self) -> io.FileIO | None:
        try:
            return io.FileIO(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b")
        except OSError as error:
            self.trouble = trouble_of(error)
            return None

    @property
    def sha256(self) -> str:
        """The digest of everything written so far."""
        return self._hash.hexdigest()

    def write(self, part: Any) -> int:
        """Take a part of the body; after trouble the rest is let past."""
        if self.size == 0:
            reach("arriving")
        length = len(part)
        if self.most is not None and self.size + length > self.most:
            self.trouble = self.trouble or TooLarge()
        if self.trouble is None and self._file is not None:
            try:
                self._write_all(memoryview(part))
            except OSError as error:
                self.trouble = trouble_of(error)
        self.size += length
        return length

    def _write_all(self, part: memoryview) -> None:
        assert self._file is not None  # noqa: S101 - without one there is trouble, asked about before
        self._hash.update(part)
        while part:
            part = part[self._file.write(part) :]

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size) if self._file else b""

    def readinto(self, buffer: Any) -> int | None:
        return self._file.readinto(buffer) if self._file else 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence) if self._file else 0

    def tell(self) -> int:
        return self._file.tell() if self._file else 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def sync(self) -> None:
        """Make the disk say that it has the content; an error here is never retried into success."""
        if self.trouble is not None:
            raise self.trouble
        assert self._file is not None  # noqa: S101 - without one there is trouble, asked about before
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise trouble_of(error) from None

    def kept(self) -> None:
        """The file has its name now and is nobody's to throw away."""
        self.path = Path()

    def close(self) -> None:
        """Throw the file away unless it was kept."""
        if not self.closed and self._file is not None:
            self._file.close()
            if self.path != Path():
                self.path.unlink(missing_ok=True)
        super().close()


def trouble_of(error: OSError) -> Exception:
    """What an error of the disk means for us."""
    if error.errno in FULL:
        return DiskFull()
    return StoreBroken(f"{type(error).__name__} {errno.errorcode.get(error.errno or 0, '')}".strip())
