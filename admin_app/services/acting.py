"""Who acts outside a request: a job is done with the posts its asker holds when it runs, not when it was asked for."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_app.actor import Actor, load_actor
from admin_app.policy import Denied, Verdict
from admin_app.rulebook import load_rulebook
from admin_app.terms import load_terms
from models.people import Account

ENDED = "帳號已停用或到期，沒有辦理"


def actor_for(session: Session, account_id: int | None, *, on: dt.date) -> Actor:
    """The person behind an account as the policy sees them on a day. Raises Denied when they may not act any more."""
    people = (joinedload(Account.staff), joinedload(Account.student), joinedload(Account.guardian))
    account = session.scalar(select(Account).options(*people).where(Account.id == account_id)) if account_id else None
    edition = load_terms(session, on=on).edition_id(on)
    if account is None or edition is None or not account.enabled or (account.expires_on is not None and account.expires_on < on):
        raise Denied(Verdict(False, ENDED))
    return load_actor(session, account, load_rulebook(session, edition), on=on)
