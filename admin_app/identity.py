"""Who is asking, once per request: the account, the actor, the semesters. Views take them from here and hand them on."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache

from flask import current_app, g
from flask_login import UserMixin, current_user
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from admin_app import clock
from admin_app.actor import Actor, load_actor
from admin_app.audit import Signature, sign
from admin_app.extensions import db, login_manager
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.terms import Terms, load_terms
from models.people import Account, Guardian, Staff, Student


class SignedIn(UserMixin):
    """Flask-Login's view of an account: its session ends when the account's stamp changes."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}:{self.account.session_stamp}"


@login_manager.user_loader
def load_user(token: str) -> SignedIn | None:
    """The signed-in person, unless the account was disabled, expired, or its sessions were ended since."""
    number, _, stamp = token.partition(":")
    if not (number.isdigit() and stamp.isdigit()):
        return None
    account = db.session.scalar(_account_by_id(), {"id": int(number)})
    if account is None or account.session_stamp != int(stamp) or not usable(account, on=clock.today()):
        return None
    sign(db.session, Signature(account.id, account.person.name, request_id=request_id()))
    return SignedIn(account)


@cache
def _account_by_id() -> Select[Account]:
    """The statement for an account with its person's name, put together once: every request asks it."""
    people = (
        joinedload(Account.staff).load_only(Staff.name),
        joinedload(Account.student).load_only(Student.name),
        joinedload(Account.guardian).load_only(Guardian.name),
    )
    return select(Account).options(*people).where(Account.id == bindparam("id"))


def usable(account: Account, *, on: dt.date) -> bool:
    """Whether the account may sign in today; demo accounts only ever in the demo."""
    in_time = account.expires_on is None or account.expires_on >= on
    return account.enabled and in_time and (not account.demo or bool(current_app.config["DEMO"]))


def request_id() -> str:
    """This request's code: the same in the log, the events and on an error page."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:12]
    return str(g.request_id)


def account() -> Account:
    """The signed-in account."""
    found: Account = current_user.account
    return found


def actor() -> Actor:
    """The signed-in person as the policy sees them, with the posts of today."""
    if "actor" not in g:
        g.actor = load_actor(db.session, account(), rulebook(), on=clock.today())
    found: Actor = g.actor
    return found


def terms() -> Terms:
    """The semesters, read once per request."""
    if "terms" not in g:
        g.terms = load_terms(db.session, on=clock.today())
    found: Terms = g.terms
    return found


def rulebook() -> Rulebook:
    """The rulebook of the edition that decides today; published editions never change, so each is read once per process."""
    edition_id = terms().edition_id(clock.today())
    if edition_id is None:
        raise RuntimeError("尚未載入補充規定，請先執行 portfolio init")
    kept: dict[int, Rulebook] = current_app.extensions.setdefault("rulebooks", {})
    if edition_id not in kept:
        kept[edition_id] = load_rulebook(db.session, edition_id)
    return kept[edition_id]
