"""The store on this machine's disk: a file per content, named by its SHA-256, in 256 folders.

Order of keeping (P1): the temporary file lies in the same file system → fsync(file) → rename to its SHA-256 → fsync(folder).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from admin_app.storage.incoming import PART, Incoming, trouble_of
from admin_app.storage.points import reach
from admin_app.storage.store import Found

_NAME = re.compile(r"[0-9a-f]{64}")


class LocalStore:
    """Files under `root`, temporary ones in `root/incoming`."""

    def __init__(self, root: Path) -> None:
        self.root, self.arrivals = root, root / "incoming"

    def __str__(self) -> str:
        return str(self.root)

    def prepare(self) -> None:
        """Make the folders, and make the disk keep them."""
        if (self.root / "ff").is_dir() and self.arrivals.is_dir():
            return
        for name in ("incoming", *(f"{number:02x}" for number in range(256))):
            (self.root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync_folder(self.root)

    def incoming(self, most: int | None = None) -> Incoming:
        self.prepare()
        return Incoming(self.arrivals, most)

    def keep(self, arrival: Incoming, prefix: str = "") -> None:
        """Give a whole file its name for good. The same content again takes the old file's place: a damaged one is mended."""
        target = self.path(arrival.sha256)
        arrival.sync()
        reach(f"{prefix}synced")
        try:
            arrival.path.rename(target)
        except OSError as error:
            raise trouble_of(error) from None
        arrival.kept()
        reach(f"{prefix}renamed")
        _sync_folder(target.parent)

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def remove(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def found(self) -> Iterator[Found]:
        """Every file there is, by name."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if _NAME.fullmatch(entry.name):
                        stat = entry.stat()
                        yield Found(entry.name, stat.st_size, stat.st_mtime)

    def write(self, name: str, content: bytes) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(f".{target.name}.new")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        _sync_folder(target.parent)

    def strangers(self) -> Iterator[Path]:
        """What lies in the store and is no file of it, and bodies that never became one."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            if not _NAME.fullmatch(path.name) or path.parent.name != path.name[:2]:
                yield path

    def sweep_arrivals(self, before: float) -> int:
        """Remove bodies that stopped arriving before a time (seconds since 1970); how many."""
        old = [path for path in self.arrivals.glob(f"*{PART}") if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def path(self, sha256: str) -> Path:
        """Where a content lies."""
        if not _NAME.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise trouble_of(error) from None
