"""Load the shipped 上傳限制 (`seed/limits/*.toml`). A figure already there is left as the school keeps it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evidence import LimitKind, UploadLimit

FOLDER = Path(__file__).parent


def load_limits(session: Session) -> None:
    """Add the figures the database lacks; loading again changes nothing."""
    known = {tuple(row) for row in session.execute(select(UploadLimit.kind, UploadLimit.from_year))}
    for path in sorted(FOLDER.glob("*.toml")):
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["limit"]:
            kind = LimitKind[each.pop("kind")]
            if (kind, each["from_year"]) not in known:
                session.add(UploadLimit(kind=kind, **each))
    session.flush()
