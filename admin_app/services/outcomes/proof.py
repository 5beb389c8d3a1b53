"""What a certification is bound to, and the figures of a school year."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evidence import LimitKind, StoredFile, UploadedFile, UploadLimit
from models.records.learning_outcome import LearningOutcome

USUAL = {LimitKind.selected_outcomes: 6, LimitKind.selected_achievements: 10}
"""What holds while a school has no row for a figure."""


def digests_of(session: Session, outcome: LearningOutcome) -> str:
    """One digest over the sorted digests of the record's files; empty without files."""
    stmt = (
        select(StoredFile.sha256)
        .join(UploadedFile, UploadedFile.stored_file_id == StoredFile.id)
        .where(UploadedFile.record_kind == outcome.__tablename__, UploadedFile.record_id == outcome.id)
    )
    lines = sorted(session.scalars(stmt))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def figure(session: Session, kind: LimitKind, year: int) -> int:
    """The figure that holds in a school year (ROC)."""
    newest = select(UploadLimit.figure).where(UploadLimit.kind == kind, UploadLimit.from_year <= year)
    found = session.scalar(newest.order_by(UploadLimit.from_year.desc()).limit(1))
    return USUAL[kind] if found is None else found
