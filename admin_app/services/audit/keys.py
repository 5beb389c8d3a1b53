"""The keys events were ever sealed with. They outlive the data key they were derived from: the database keeps them, encrypted."""

from __future__ import annotations

import base64

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import seals
from models.event_segment import EventKey


def known_keys(session: Session) -> seals.Keys:
    """Every key by its code: those of the data keys in use, and those kept from before."""
    kept = {row.code: base64.b64decode(row.secret) for row in session.scalars(select(EventKey))}
    return {**kept, **seals.installed()}


def keep_keys(session: Session) -> None:
    """Keep the keys in use, so that what they seal stays verifiable after the data key was rotated and thrown away."""
    kept = set(session.scalars(select(EventKey.code)))
    for code, secret in seals.installed().items():
        if code not in kept:
            session.add(EventKey(code=code, secret=base64.b64encode(secret).decode()))
