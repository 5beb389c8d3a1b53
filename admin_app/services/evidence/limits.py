"""上傳限制 of a school year: what the newest rows not after it say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evidence import FileKind, LimitKind, UploadLimit

KB = 1024
MB = 1024 * KB
USUAL = {
    LimitKind.document_kb: 4096,
    LimitKind.media_kb: 10240,
    LimitKind.documents_per_record: 1,
    LimitKind.media_per_record: 1,
    LimitKind.student_mb: 500,
    LimitKind.outcomes_per_semester: 9,
    LimitKind.selected_outcomes: 6,
    LimitKind.selected_achievements: 10,
}
"""What holds while a school has no row for a figure (its rows were all taken away)."""


@dataclass(frozen=True)
class UploadLimits:
    """The figures of one school year; sizes in bytes."""

    figures: dict[LimitKind, int]

    def __getitem__(self, kind: LimitKind) -> int:
        return self.figures.get(kind, USUAL[kind])

    def most_bytes(self, kind: FileKind) -> int:
        """How large a file of this kind may be."""
        return self[LimitKind.document_kb if kind.is_document else LimitKind.media_kb] * KB

    @property
    def largest(self) -> int:
        """How large anything may be."""
        return max(self[LimitKind.document_kb], self[LimitKind.media_kb]) * KB

    @property
    def student_bytes(self) -> int:
        """What one student may hand in during a school year."""
        return self[LimitKind.student_mb] * MB

    def per_record(self, *, documents: bool) -> int:
        """How many files of a sort one record may have."""
        return self[LimitKind.documents_per_record if documents else LimitKind.media_per_record]


def load_upload_limits(session: Session, year: int) -> UploadLimits:
    """The figures that hold in a school year (ROC), in one statement."""
    newest = (
        select(UploadLimit.kind, func.max(UploadLimit.from_year).label("year"))
        .where(UploadLimit.from_year <= year)
        .group_by(UploadLimit.kind)
        .subquery()
    )
    found = select(UploadLimit.kind, UploadLimit.figure).join(
        newest, (newest.c.kind == UploadLimit.kind) & (newest.c.year == UploadLimit.from_year)
    )
    return UploadLimits({row.kind: row.figure for row in session.execute(found)})


def size_zh(size: int) -> str:
    """`4 MB`, `2.5 MB`, `300 KB`."""
    return f"{size / MB:.1f}".removesuffix(".0") + " MB" if size >= MB else f"{max(1, round(size / KB))} KB"
