"""The second store: every content is copied, read back and hashed; only then a receipt says 已異地備份. So is the manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Sequence
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.services.evidence import manifest
from admin_app.storage import DiskFull, Store, StoreBroken, Stores
from models.evidence import ManifestLine, StoredFile

BATCH = 100
PART = 1024 * 1024
FAILED = (OSError, DiskFull, StoreBroken)


def waiting(session: Session, after: int = 0, most: int = BATCH) -> Sequence[StoredFile]:
    """Contents that have no copy yet, from one number on."""
    stmt = select(StoredFile).where(StoredFile.copied_at.is_(None), StoredFile.id > after)
    return session.scalars(stmt.order_by(StoredFile.id).limit(most)).all()


def copy(stores: Stores, stored: StoredFile, *, now: dt.datetime) -> str:
    """Copy one content and read the copy back; empty when it is the same, else what was wrong."""
    assert stores.copies is not None  # noqa: S101 - nobody asks without one
    try:
        with stores.files.open(stored.sha256) as source, stores.copies.incoming() as arrival:
            shutil.copyfileobj(source, arrival, PART)
            if arrival.trouble is not None:
                raise arrival.trouble
            if arrival.sha256 != stored.sha256:
                return "原檔的雜湊不符，沒有複製"
            stores.copies.keep(arrival)
        if not is_whole(stores.copies, stored):
            return "副本讀回的雜湊不符"
    except FAILED as error:
        return f"複製失敗（{type(error).__name__}）"
    stored.copied_at = now
    return ""


def is_whole(store: Store, stored: StoredFile) -> bool:
    """Whether a store holds exactly this content: everything is read and hashed."""
    try:
        with store.open(stored.sha256) as file:
            return hashed(file) == (stored.sha256, stored.size)
    except OSError:
        return False


def hashed(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of everything in a file."""
    digest, size = hashlib.sha256(), 0
    while part := file.read(PART):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def copy_manifest(session: Session, stores: Stores, month: dt.date) -> int:
    """Write the month's lines of the manifest into the second store; how many."""
    assert stores.copies is not None  # noqa: S101 - nobody asks without one
    begins = dt.datetime(month.year, month.month, 1)
    ends = dt.datetime(month.year + month.month // 12, month.month % 12 + 1, 1)
    stmt = select(ManifestLine).where(ManifestLine.received_at >= begins, ManifestLine.received_at < ends)
    lines = [manifest.as_text(line) for line in session.scalars(stmt.order_by(ManifestLine.sequence))]
    if lines:
        stores.copies.write(f"manifest/{month:%Y-%m}.tsv", "".join(lines).encode())
    return len(lines)
