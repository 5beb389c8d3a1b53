"""A backup in a process of its own that says where it is and waits there to be killed: `url folder evidence point`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import create_engine

from admin_app import clock
from admin_app.database import engine_options
from admin_app.services.keeping import backing_up, databases
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.folder import Folder

POINTS = ("database copied", "first file", "half a file", "last file", "manifest written")


def reached(point: str) -> None:
    """Stop for good where the test wants it."""
    if point == sys.argv[4]:
        print("here", flush=True)  # noqa: T201 - what the test waits for
        time.sleep(60)


class Watched(FilesIn):
    """The store, telling when a file is read."""

    number = 0

    def blocks(self, sha256: str) -> Iterable[bytes]:
        self.number += 1
        for block in super().blocks(sha256):
            yield block[: len(block) // 2]
            if self.number == 1:
                reached("half a file")
            yield block[len(block) // 2 :]
        if self.number == 1:
            reached("first file")
        if self.number == 3:
            reached("last file")


class WatchedFolder(Folder):
    """The folder, telling when the manifest is there and the rename is not."""

    def complete(self, name: str) -> None:
        reached("manifest written")
        super().complete(name)


def main() -> None:
    """Back up."""
    examine = databases.examine

    def watched(path: Path, engine: str) -> None:
        examine(path, engine)
        reached("database copied")

    databases.examine = watched
    folder = WatchedFolder(Path(sys.argv[2]))
    backing_up.back_up(create_engine(**engine_options(sys.argv[1])), Watched(Path(sys.argv[3])), folder, now=clock.now())


if __name__ == "__main__":
    main()
