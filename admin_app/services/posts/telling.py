"""Telling a person something that concerns them: a notice behind the bell."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin_app.services.notices import notify
from models.people import Account


def tell(session: Session, account: Account, text: str, url: str = "") -> None:
    """Leave a notice for the person this account belongs to."""
    notify(session, account.id, text, url)
