"""待確認: a person clears how an unclear cell is read, with their name and a reason. The printed cell stays as it is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from models.regulation import Reading

LONGEST_REASON = 200


class CannotClear(ValueError):
    """The reading was cleared already, or no reason was given."""


def clear_reading(session: Session, reading: Reading, *, by: str, reason: str, now: dt.datetime) -> None:
    """Record that `by` confirms the reading. Another owner than the one read needs a new edition."""
    if reading.cleared_at is not None:
        raise CannotClear(f"這個讀法已由{reading.cleared_by}確認。")
    if not reason.strip():
        raise CannotClear("請填寫確認依據，例如查證的文件或決議。")
    if len(reason.strip()) > LONGEST_REASON:
        raise CannotClear(f"確認依據最多 {LONGEST_REASON} 個字，請精簡。")
    reading.cleared_by, reading.reason, reading.cleared_at = by, reason.strip(), now
    session.flush()
