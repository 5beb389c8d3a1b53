"""What every store can do: the small interface behind which files are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from admin_app.storage.incoming import Incoming


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a store: its name, size in bytes, and when it came there (seconds since 1970)."""

    sha256: str
    size: int
    modified: float


class Store(Protocol):
    """A place that keeps contents by their SHA-256."""

    def incoming(self, most: int | None = None) -> Incoming:
        """A temporary file for a body that may be at most `most` bytes."""

    def keep(self, arrival: Incoming, prefix: str = "") -> None:
        """Keep a whole file for good. When this returns it survives a loss of power. Raises `DiskFull`, `StoreBroken`."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, to be read and sought in. FileNotFoundError when it is not there."""

    def has(self, sha256: str) -> bool:
        """Whether there is such a content."""

    def remove(self, sha256: str) -> None:
        """Let a content go; nothing happens when it is gone."""

    def found(self) -> Iterator[Found]:
        """Everything there is, by name."""

    def write(self, name: str, content: bytes) -> None:
        """Keep something that is no student's file under a name of its own, e.g. a copy of the manifest."""

    def sweep_arrivals(self, before: float) -> int:
        """Remove temporary files older than a time (seconds since 1970); how many."""
