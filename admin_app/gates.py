"""What has to be done before anything else: asked on every request, before its view.

A sign-in that is over leads to the sign-in page with the reason. A sign-in that holds a post which has ended ends here. Then come
the gates: a first password to change, a second factor to show. A gate says where to go first and which endpoints stay open until
then; whoever adds one appends to `GATES`:

    GATES.append(Gate("second_factor", asks=needs_second_factor, leads_to="factors.ask", opens=frozenset({"factors.ask", …})))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_login import current_user

from admin_app import carrying, identity
from models.vocabulary import EndReason

ALWAYS = frozenset({"static", "health.alive", "health.ready", "access.sign_out", "language.choose", "language.words"})
"""Endpoints that no gate shuts."""
ANYBODY = frozenset({"access.sign_in", "access.link", "access.forgotten", "access.remaining"})
"""Endpoints that answer whether or not a sign-in is over."""
WAYS_IN = "/login/"
"""Addresses under which somebody signs in: by passkey, by school account, by the second step."""
NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Gate:
    """`asks` whether the gate is shut for this sign-in, `leads_to` the endpoint of its page, `opens` what else stays open."""

    name: str
    asks: Callable[[], bool]
    leads_to: str
    opens: frozenset[str] = field(default=NOTHING)


def must_change_password() -> bool:
    """A first password, or one that has grown too old, is changed before anything else; the demo alone does without."""
    return identity.account().must_change_password and not current_app.config["DEMO"]


GATES: list[Gate] = [Gate("password", must_change_password, "access.change_password", frozenset({"access.strength"}))]


def guard(app: Flask) -> None:
    """Ask on every request of `app`."""
    app.before_request(before)


def before() -> Any:
    """The answer instead of the view's, or None to let the request pass."""
    if request.endpoint in ALWAYS:
        return None
    if not current_user.is_authenticated:
        return _ended() if "ended" in g and not _is_way_in() else None
    if not _is_way_in() and identity.post_has_ended():
        identity.leave(EndReason.post_ended)
        return _ended()
    shut = shut_gate()
    if shut is None or request.endpoint in (shut.leads_to, *shut.opens):
        return None
    return _refused() if _is_script() else redirect(url_for(shut.leads_to))


def shut_gate() -> Gate | None:
    """The first gate this sign-in has not passed; a page's frame shows no menu until there is none."""
    if "shut_gate" not in g:
        g.shut_gate = next((gate for gate in GATES if gate.asks()), None)
    found: Gate | None = g.shut_gate
    return found


def _is_way_in() -> bool:
    return request.endpoint in ANYBODY or request.path.startswith(WAYS_IN)


def _ended() -> Any:
    """On to the sign-in page, which says why and leads back; what was being sent is carried along."""
    session.pop("_user_id", None)
    session["was"] = g.ended_account
    if _is_script():
        return _refused()
    if request.method == "POST" and request.endpoint:
        page = render_template("login.html", errors=[], ended=g.ended.zh, carried=carrying.carry(g.ended_account))
        return page, 401
    flash(g.ended.zh, "warning")
    return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")))


def _is_script() -> bool:
    """Whether a page's script asks, which can do nothing with another page."""
    return request.accept_mimetypes.best == "application/json"


def _refused() -> Any:
    return jsonify(error="請重新登入。"), 401
