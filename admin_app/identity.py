"""Who is asking, once per request: the sign-in, the account, the actor, the semesters. Views take them from here and hand them on.

The flow of signing in, for whoever adds to it:

1. A view has made sure who it is (password, passkey, school account …) and calls `login(account, method)`: a new row in
   `sign_in_session`, a new random token in the cookie, an event. The caller commits.
2. On every request `load_user` finds the row by the token's digest (one statement) and refuses it when it is over.
3. `admin_app.gates` then asks each gate whether something has to be done first (change the first password, show a second factor).
   Until that is done only the gate's own pages open. A second factor is therefore a gate plus a page that calls
   `passed_second_factor()`; methods that already are two factors pass `second_factor=True` to `login`.
4. `recently_confirmed()` says whether the person has shown within the last minutes that it is still them; `confirm()` notes it
   (password or second factor); `views.confirming` asks for it and replays what was interrupted.
"""

from __future__ import annotations

import datetime as dt

from flask import current_app, g, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from admin_app import audit, clock
from admin_app.actor import Actor, load_actor
from admin_app.audit import Signature, sign
from admin_app.config import Settings
from admin_app.extensions import db, login_manager
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.services import sessions
from admin_app.services.sessions import Limits
from admin_app.terms import Terms, load_terms
from models.people import Account
from models.sign_in import SignInSession
from models.values.code import new_code
from models.values.device import device_words
from models.vocabulary import EndReason, Scope, SignInMethod

QUIET = frozenset({"access.remaining", "inbox.job_progress"})
"""Endpoints a page asks by itself: they do not count as use."""
BORN_TO = (Scope.own, Scope.children, Scope.taught)
"""Posts nobody is appointed to: they change with classes and semesters and are never handed over."""


class SignedIn(UserMixin):
    """Flask-Login's view of one sign-in: its id is the token of the cookie."""

    def __init__(self, row: SignInSession, token: str) -> None:
        self.row, self.account, self._token = row, row.account, token

    def get_id(self) -> str:
        return self._token


@login_manager.user_loader
def load_user(token: str) -> SignedIn | None:
    """The signed-in person, unless the sign-in is over; then `g.ended` says why."""
    row, now = sessions.find(db.session, token), clock.now()
    if row is None:
        return None
    why = sessions.why_over(row, limits(row.account), now=now)
    if why is None and not usable(row.account, on=now.date()):
        why = EndReason.disabled
    if why is not None:
        _over(row, why, now)
        return None
    if now - row.seen_at >= sessions.SEEN_EVERY and request.endpoint not in QUIET:
        sessions.touch(db.engine, row, now=now)
    _sign(row.account)
    return SignedIn(row, token)


def _over(row: SignInSession, why: EndReason, now: dt.datetime) -> None:
    g.ended, g.ended_account = why, row.account_id
    if row.ended_at is None:
        _sign(row.account)
        sessions.end(db.session, row, why, now=now)
        db.session.commit()
    db.session.info.pop("signature", None)


def _sign(account: Account) -> Signature:
    return sign(db.session, Signature(account.id, account.person.name, request_id=request_id()))


def login(account: Account, method: SignInMethod, *, second_factor: bool = False) -> SignInSession:
    """Sign this browser in as `account`: a new token whatever the cookie held before. The caller commits.

    Whoever was signed in here before is signed out. Forms left open by the same person keep working, so that a sign-in that ran
    out costs nobody what they had typed; anybody else's are refused.
    """
    now, before = clock.now(), g.get("ended_account") or session.get("was")
    if current_user.is_authenticated:
        before = current_user.account.id
        sessions.end(db.session, current_user.row, EndReason.signed_out, now=now)
    kept = {name: session[name] for name in ("csrf_token",) if name in session and before == account.id}
    session.clear()
    session.update(kept)
    _sign(account)
    held = post_keys(load_actor(db.session, account, rulebook(), on=now.date()))
    source, device = request.remote_addr or "", device_words(request.user_agent.string)
    row, token = sessions.begin(db.session, account, method, now=now, posts=held, source=source, device=device)
    row.second_factor_at = now if second_factor else None
    account.signed_in_at = now
    audit.track(db.session, "sign_in", "account", record=account, note=method.zh, 來源=source, 裝置=device)
    g.pop("actor", None)
    login_user(SignedIn(row, token))
    return row


def logout() -> None:
    """End this sign-in; nothing of it stays in the browser. The caller commits."""
    sessions.end(db.session, sign_in(), EndReason.signed_out, now=clock.now())
    audit.track(db.session, "sign_out", "account", record=account())
    logout_user()
    session.clear()


def leave(why: EndReason) -> None:
    """End this sign-in because it may not go on; commits, for the request goes no further."""
    row = sign_in()
    db.session.rollback()
    g.ended, g.ended_account = why, row.account_id
    sessions.end(db.session, row, why, now=clock.now())
    db.session.commit()


def usable(account: Account, *, on: dt.date) -> bool:
    """Whether the account may sign in today; demo accounts only ever in the demo."""
    return sessions.why_closed(account, on=on) is None and (not account.demo or bool(current_app.config["DEMO"]))


def settings() -> Settings:
    """What this system was told from outside."""
    found: Settings = current_app.extensions["settings"]
    return found


def limits(account: Account) -> Limits:
    """How long a sign-in of this account lasts: staff work a long day, students and guardians do not."""
    hours = settings().session_hours if account.staff_id is not None else settings().session_hours_students
    return Limits(dt.timedelta(minutes=settings().idle_minutes), dt.timedelta(hours=hours))


def post_keys(by: Actor) -> list[str]:
    """The posts somebody was appointed to or stands in for, as kept at sign-in."""
    posts = by.rulebook.posts
    return sorted(
        {
            f"{each.post}:{each.school_class_id or ''}:{each.department_id or ''}:{'d' if each.stands_in_for else ''}"
            for each in by.holdings
            if each.post not in posts or posts[each.post].scope not in BORN_TO
        }
    )


def post_has_ended() -> bool:
    """Whether a post held at sign-in is no longer held today."""
    return not set(sign_in().posts) <= set(post_keys(actor()))


def sign_in() -> SignInSession:
    """The sign-in this request belongs to."""
    found: SignInSession = current_user.row
    return found


def seconds_left() -> int:
    """Until this sign-in ends by itself, when this request counts as use."""
    now, rules = clock.now(), limits(account())
    return int(min(rules.idle, sign_in().created_at + rules.absolute - now).total_seconds())


def confirm() -> None:
    """The person has just shown that it is them. The caller commits."""
    sign_in().confirmed_at = clock.now()
    audit.track(db.session, "confirmed", "account", record=account())


def passed_second_factor() -> None:
    """The person has just shown their second factor. The caller commits."""
    sign_in().second_factor_at = clock.now()
    confirm()


def recently_confirmed() -> bool:
    """Whether the person has shown within the last minutes that it is still them."""
    at = sign_in().confirmed_at
    return at is not None and clock.now() - at < dt.timedelta(minutes=settings().confirm_minutes)


def request_id() -> str:
    """This request's code: the same in the log, the events and on an error page, and short enough to read out over the phone."""
    if "request_id" not in g:
        g.request_id = new_code()
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
