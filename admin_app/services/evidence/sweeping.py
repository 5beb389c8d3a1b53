"""Letting go: files no record claimed within a day, files whose record is gone for good, and what never became a file.

Rows go first and their file after the commit; what is left in between is an orphan, and goes with the orphans a day later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services.evidence import manifest
from admin_app.services.evidence.reading import KINDS
from admin_app.storage import Store, Stores
from models.evidence import ManifestDeed, StoredFile, UploadedFile

UNCLAIMED = dt.timedelta(days=1)
BATCH = 200
RECORDED = {BULK_ALLOWED: True, "synchronize_session": False}


def mark_recordless(session: Session, *, now: dt.datetime) -> None:
    """Note since when a file's record has been gone, and forget it where the record was put back from the trash."""
    for kind in session.scalars(select(UploadedFile.record_kind).where(UploadedFile.record_kind.is_not(None)).distinct()).all():
        there: ColumnElement[bool] = exists().where(KINDS[kind].id == UploadedFile.record_id) if kind in KINDS else false()
        of_kind = update(UploadedFile).where(UploadedFile.record_kind == kind)
        gone = of_kind.where(UploadedFile.released_at.is_(None), ~there).values(released_at=now)
        back = of_kind.where(UploadedFile.released_at.is_not(None), there).values(released_at=None)
        for stmt in (gone, back):
            session.execute(stmt, execution_options=RECORDED)


def due(session: Session, *, now: dt.datetime, trash_days: int, most: int = BATCH) -> Sequence[UploadedFile]:
    """Arrivals whose time is up."""
    unclaimed = and_(UploadedFile.record_id.is_(None), UploadedFile.released_at < now - UNCLAIMED)
    recordless = and_(UploadedFile.record_id.is_not(None), UploadedFile.released_at < now - dt.timedelta(days=trash_days))
    return session.scalars(select(UploadedFile).where(or_(unclaimed, recordless)).order_by(UploadedFile.id).limit(most)).all()


def let_go(session: Session, ids: Iterable[int], *, now: dt.datetime) -> None:
    """Write into the manifest that these arrivals are about to be removed; whoever calls removes the rows."""
    manifest.take_turn(session)
    stmt = select(UploadedFile).where(UploadedFile.id.in_(list(ids))).order_by(UploadedFile.id)
    for each in session.scalars(stmt):
        manifest.note(session, ManifestDeed.removed, each.stored_file, each.receipt_no, at=now)


def sweep_rows(session: Session, *, now: dt.datetime, trash_days: int) -> int:
    """Remove a batch of arrivals whose time is up; how many. The caller commits and asks again until there are none."""
    found = due(session, now=now, trash_days=trash_days)
    if found:
        let_go(session, [each.id for each in found], now=now)
        for each in found:
            session.delete(each)
        session.flush()
    return len(found)


def sweep_contents(session: Session, *, most: int = BATCH) -> int:
    """Remove a batch of contents that no arrival has any more; how many. Their files go with the orphans."""
    manifest.take_turn(session)
    arrives = exists().where(UploadedFile.stored_file_id == StoredFile.id)
    photo = StoredFile.__table__.alias("photo")
    shown = exists().where(photo.c.shown_id == StoredFile.id)
    found = session.scalars(select(StoredFile).where(~arrives, ~shown).order_by(StoredFile.id).limit(most)).all()
    for each in found:
        session.delete(each)
    session.flush()
    return len(found)


def orphans(session: Session, store: Store, *, before: float) -> Iterator[str]:
    """Contents in a store that have no row and came before a time (seconds since 1970)."""
    names = (each.sha256 for each in store.found() if each.modified < before)
    while batch := list(islice(names, BATCH)):
        known = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(batch))))
        yield from (sha256 for sha256 in batch if sha256 not in known)


def sweep_orphans(session: Session, store: Store, *, now: dt.datetime) -> int:
    """Remove what has no row, asking again while nobody else may write one. The caller commits, which ends our turn."""
    before = clock.timestamp(now - UNCLAIMED)
    found = list(orphans(session, store, before=before))
    if not found:
        return 0
    manifest.take_turn(session)
    removed = 0
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        known = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(batch))))
        for sha256 in batch:
            if sha256 not in known:
                store.remove(sha256)
                removed += 1
    return removed


def sweep_arrivals(stores: Stores, *, now: dt.datetime) -> int:
    """Remove bodies that stopped coming more than a day ago; how many."""
    return stores.files.sweep_arrivals(clock.timestamp(now - UNCLAIMED))
