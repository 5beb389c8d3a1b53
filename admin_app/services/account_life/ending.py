"""Ending an account's sessions: whoever is signed in with it is out with the next request."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from admin_app.services import sessions
from models.people import Account
from models.vocabulary import EndReason


def end_sessions(session: Session, account: Account, *, now: dt.datetime, why: EndReason = EndReason.keeper) -> None:
    """Every sign-in of this account ends now. Disabling an account does so by itself."""
    sessions.end_all(session, account, why, now=now)
