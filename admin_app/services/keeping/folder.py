"""The folder backups lie in: restore points, each whole or not there, and one copy of every evidence file they list.

points/20261124T021500/  manifest.json · manifest.json.sha256 · database… · files.csv
files/ab/abcd…           evidence by SHA-256, shared by all restore points
points/.building-…       a backup under way; what a killed one leaves is swept by the next
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from admin_app.services.keeping.contents import MANIFEST, MANIFEST_SUM, Contents, Part, read_contents
from admin_app.services.keeping.problem import Damaged, KeepingError

BLOCK = 1024 * 1024
NAME = re.compile(r"\d{8}T\d{6}")
DRAFT = ".building-"


class Folder:
    """A backup folder. Whoever writes holds its lock; the lock of a killed process is free again at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.points = path / "points"
        self.files = path / "files"

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> list[str]:
        """The restore points that are whole, the newest first."""
        if not self.points.is_dir():
            return []
        found = (each.name for each in self.points.iterdir() if NAME.fullmatch(each.name) and (each / MANIFEST_SUM).exists())
        return sorted(found, reverse=True)

    def contents(self, name: str) -> Contents:
        """What a restore point says of itself."""
        try:
            return read_contents(
                (self.points / name / MANIFEST).read_bytes(), (self.points / name / MANIFEST_SUM).read_bytes(), name
            )
        except (OSError, ValueError, KeyError, TypeError):
            raise Damaged(f"讀不到還原點 {name} 的清單，不可用來還原。") from None

    def part(self, name: str, part: Part) -> Path:
        """A file of a restore point, read through and found to be what the manifest says."""
        path = self.points / name / part.name
        check(path, part.sha256, part.size, f"還原點 {name} 的 {part.name}")
        return path

    def evidence(self, sha256: str) -> Path:
        """Where an evidence file lies, if it is here."""
        return self.files / sha256[:2] / sha256

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock; only one backup writes at a time."""
        for each in (self.points, self.files):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeepingError(f"另一個備份正在寫入 {self.path}，請等它結束。") from None
            self._sweep()
            yield

    def draft(self, name: str) -> Path:
        """An empty folder to build a restore point in."""
        path = self.points / f"{DRAFT}{name}"
        path.mkdir(mode=0o700)
        return path

    def complete(self, name: str) -> None:
        """The draft becomes the restore point: one rename, after everything in it has reached the disk."""
        draft = self.points / f"{DRAFT}{name}"
        for each in sorted(draft.iterdir()):
            sync(each)
        sync(draft)
        draft.rename(self.points / name)
        sync(self.points)

    def add_evidence(self, sha256: str, blocks: Iterable[bytes]) -> int:
        """Keep an evidence file under its digest; its size. What does not have that digest is not kept."""
        target = self.evidence(sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        draft = target.parent / f"{DRAFT}{sha256}"
        size, digest = write(draft, blocks)
        if digest != sha256:
            draft.unlink()
            raise Damaged(f"檔案 {sha256[:12]}… 的內容與它的 SHA-256 不符，沒有備份。")
        draft.rename(target)
        sync(target.parent)
        return size

    def drop(self, name: str) -> None:
        """Take an old restore point away: out of sight first, then its files."""
        gone = self.points / f"{DRAFT}{name}"
        (self.points / name).rename(gone)
        shutil.rmtree(gone)

    def stored(self) -> Iterator[str]:
        """The digests of all evidence files here."""
        for each in sorted(self.files.glob("??/*")):
            if not each.name.startswith(DRAFT):
                yield each.name

    def _sweep(self) -> None:
        for each in self.points.glob(f"{DRAFT}*"):
            shutil.rmtree(each)
        for each in self.files.glob(f"??/{DRAFT}*"):
            each.unlink()


def write(path: Path, blocks: Iterable[bytes]) -> tuple[int, str]:
    """Write a new file through to the disk; its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            digest.update(block)
            size += file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def read(path: Path) -> Iterator[bytes]:
    """A file in blocks."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def measure(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file as it lies on the disk."""
    digest, size = hashlib.sha256(), 0
    for block in read(path):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def check(path: Path, sha256: str, size: int, zh: str) -> None:
    """Raise `Damaged` unless the file is there, of this size, with this digest."""
    try:
        found = measure(path)
    except OSError:
        raise Damaged(f"{zh}不見了或讀不出來。") from None
    if found != (size, sha256):
        raise Damaged(f"{zh}已損壞：大小或 SHA-256 與清單不符。")


def sync(path: Path) -> None:
    """Wait until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
