"""收檔總帳: one line for each arrival and each removal, each holding the digest of the one before it.

Whoever writes a line has the store's turn until the transaction ends: the lines stand one behind the other, and nothing about the
store's rows changes between being asked about and being written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.evidence import ManifestDeed, ManifestLine, StoredFile

TURN = 5_020_021
"""The number of PostgreSQL's advisory lock for the store's turn."""
ROWS = 2_000


def take_turn(session: Session) -> None:
    """Wait until nobody else writes to the manifest, and keep it so until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    else:  # SQLite has one writer: whoever begins to write, be it to no row, is the one
        session.execute(text("DELETE FROM manifest_line WHERE 0"))


def last_line(session: Session) -> ManifestLine | None:
    """The newest line."""
    return session.scalars(select(ManifestLine).order_by(ManifestLine.sequence.desc()).limit(1)).first()


def next_sequence(session: Session) -> int:
    """The number of the next line; only for whoever has the turn."""
    found = last_line(session)
    return found.sequence + 1 if found else 1


def note(session: Session, deed: ManifestDeed, stored: StoredFile, receipt_no: str, *, at: dt.datetime) -> ManifestLine:
    """Add a line; only for whoever has the turn."""
    before = last_line(session)
    line = ManifestLine(
        sequence=before.sequence + 1 if before else 1,
        deed=deed,
        sha256=stored.sha256,
        size=stored.size,
        shown_sha256=stored.shown.sha256 if stored.shown else "",
        receipt_no=receipt_no,
        received_at=at,
        previous=before.digest if before else "",
    )
    line.digest = line.computed()
    session.add(line)
    session.flush()
    return line


def export(session: Session, after: int = 0) -> Iterator[str]:
    """The lines after a number as text, a tab between the columns and the digest last; see docs/files.md."""
    stmt = select(ManifestLine).where(ManifestLine.sequence > after).order_by(ManifestLine.sequence)
    for line in session.scalars(stmt.execution_options(yield_per=ROWS)):
        yield as_text(line)


def as_text(line: ManifestLine) -> str:
    """A line as it is exported."""
    return f"{line.text}\t{line.digest}\n"
