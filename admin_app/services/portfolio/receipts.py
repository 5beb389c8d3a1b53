"""What a receipt number proves to anybody: that this content was received then, and whether a copy elsewhere was read back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.services.evidence import receipts as numbers
from models.evidence import ManifestDeed, ManifestLine, StoredFile
from models.values.roc import format_roc


@dataclass(frozen=True, slots=True)
class Proof:
    """Nothing of it says whose the file is."""

    number: str
    received: str
    size: int
    sha256: str
    copied: str
    removed: str


def find(session: Session, typed: str) -> Proof | None:
    """What the manifest says of a number. It outlives the file, and says so."""
    number = numbers.read(typed)
    if number is None:
        return None
    stmt = select(ManifestLine).where(ManifestLine.receipt_no == number).order_by(ManifestLine.sequence)
    lines = {line.deed: line for line in session.scalars(stmt)}
    received = lines.get(ManifestDeed.received)
    if received is None:
        return None
    copied = session.scalar(select(StoredFile.copied_at).where(StoredFile.sha256 == received.sha256))
    removed = lines.get(ManifestDeed.removed)
    return Proof(
        number=number,
        received=moment(received.received_at),
        size=received.size,
        sha256=received.sha256,
        copied=moment(copied),
        removed=moment(removed.received_at) if removed else "",
    )


def why_none(typed: str) -> str:
    """Whether the number is mistyped, or is none of ours."""
    if numbers.read(typed):
        return "查無此憑證號：格式正確，但本系統沒有發過這個號碼。請核對學校，或洽教務處。"
    return "憑證號打錯了：檢查碼不符。請對照憑證逐字核對，例如 0 與 O、1 與 I。"


def moment(at: dt.datetime | None) -> str:
    """`115/11/24 16:03:05`; empty for none."""
    return f"{format_roc(at.date())} {at:%H:%M:%S}" if at else ""
