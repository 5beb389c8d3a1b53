"""Load the printed editions of the rule (`seed/regulations/*.toml`)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy.orm import Session

from admin_app.services.editions import load_edition
from models.regulation import Edition

FOLDER = Path(__file__).with_name("regulations")


def load_rule(session: Session, now: dt.datetime) -> list[Edition]:
    """Every shipped edition, loaded as published; those already there are returned as they are."""
    return [load_edition(session, path, now=now) for path in sorted(FOLDER.glob("*.toml"))]
