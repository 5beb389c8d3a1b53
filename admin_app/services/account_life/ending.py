"""Ending an account's sessions: whoever is signed in with it is out with the next request."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from models.people import Account


def end_sessions(session: Session, account: Account, *, now: dt.datetime) -> None:
    """Every sign-in of this account ends now."""
    account.session_stamp += 1
