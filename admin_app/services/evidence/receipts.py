"""收檔憑證號: `115-000123-7K`, the school year, the line of the manifest, and two signs that give a slip of the pen away."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.evidence import UploadedFile
from models.values.roc import school_year_of
from models.values.text import tidy

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, so that nothing is taken for another when it is copied by hand."""
PRIME = 1021
"""The largest prime two signs hold: every single wrong digit and every two digits changed round give another remainder."""
_NUMBER = re.compile(r"(\d{3})-?(\d{6,})-?([0-9A-Z]{2})")
_ALIKE = str.maketrans("ILO", "110")


def number(sequence: int, received_at: dt.datetime) -> str:
    """The receipt of a line of the manifest."""
    year = school_year_of(received_at.date())
    return f"{year}-{sequence:06d}-{_check(f'{year}{sequence:06d}')}"


def read(text: str) -> str | None:
    """The receipt number somebody typed, in its one form; None when it is none (a slip of the pen, most likely)."""
    found = _NUMBER.fullmatch("".join(tidy(text).split()).upper().replace("–", "-").replace("－", "-"))
    if found is None:
        return None
    year, sequence, check = found[1], found[2], found[3].translate(_ALIKE)
    return f"{year}-{sequence}-{check}" if _check(year + sequence) == check else None


def find(session: Session, text: str) -> UploadedFile | None:
    """The arrival a receipt number belongs to."""
    receipt_no = read(text)
    stmt = select(UploadedFile).options(joinedload(UploadedFile.stored_file)).where(UploadedFile.receipt_no == receipt_no)
    return session.scalars(stmt).first() if receipt_no else None


def _check(digits: str) -> str:
    rest = int(digits) % PRIME
    return SIGNS[rest // 32] + SIGNS[rest % 32]
