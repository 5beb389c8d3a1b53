"""What imports leave behind: files a few days after the last use of their batch, former values after the time to undo."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services.importing.batches.keeping import COLUMNS, MEND, REPORT, Store
from admin_app.services.importing.batches.undoing import DAYS
from models.import_batch import ImportBatch, ImportRow, ImportState

KEPT = dt.timedelta(days=7)
"""How long a file is kept after the last that was done with it."""
STRAY = dt.timedelta(days=1)
"""How old a file must be that no batch knows: one being uploaded now is younger."""
_OF_BATCH = re.compile(r"([0-9]+)\.[a-z]+")


def sweep(session: Session, store: Store, *, now: dt.datetime) -> int:
    """Remove what is no longer needed; how many files. The caller commits."""
    old = select(ImportBatch).where(ImportBatch.file_kept, ImportBatch.uploaded_at < now - KEPT)
    over = [batch for batch in session.scalars(old) if _last_touched(batch) < now - KEPT]
    for batch in over:
        let_go(session, store, batch)
    _forget_values(session, now)
    return len(over) + _remove_strays(session, store, now)


def let_go(session: Session, store: Store, batch: ImportBatch) -> None:
    """Remove the files of a batch; the upload too, unless another batch brought the same."""
    batch.file_kept = False
    session.flush()
    for what in (COLUMNS, REPORT, MEND):
        store.drop(f"{batch.id}.{what}")
    same = select(ImportBatch.id).where(ImportBatch.digest == batch.digest, ImportBatch.file_kept).limit(1)
    if session.scalar(same) is None:
        store.drop(batch.digest)


def _last_touched(batch: ImportBatch) -> dt.datetime:
    return max(filter(None, (batch.uploaded_at, batch.checked_at, batch.imported_at, batch.undone_at)))


def _forget_values(session: Session, now: dt.datetime) -> None:
    """The journal holds personal data; it goes when it can no longer be used. Each change has its own event."""
    over = select(ImportBatch.id).where(
        (ImportBatch.state == ImportState.undone) | (ImportBatch.imported_at < now - dt.timedelta(days=DAYS))
    )
    stmt = delete(ImportRow).where(ImportRow.batch_id.in_(over))
    session.execute(stmt, execution_options={BULK_ALLOWED: True, "synchronize_session": False})


def _remove_strays(session: Session, store: Store, now: dt.datetime) -> int:
    kept = session.execute(select(ImportBatch.id, ImportBatch.digest).where(ImportBatch.file_kept)).all()
    known = {name for number, digest in kept for name in (str(number), digest)}
    gone = 0
    for path in store.names():
        found = _OF_BATCH.fullmatch(path.name)
        if (found[1] if found else path.name) not in known and path.stat().st_mtime < clock.timestamp(now - STRAY):
            path.unlink(missing_ok=True)
            gone += 1
    return gone
