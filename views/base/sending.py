"""What a record form sends beside its fields: the mark that it is saved only once, and what stood in it when it was opened."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services import attempts
from admin_app.services.attempts import Door, Kind

ONCE, OPENED = "once", "opened"
SALT = "a form as it was opened"
LONGEST_MARK = 40


class AlreadySaved(Exception):
    """The same form was saved before: pressed twice, or sent again after going back."""


def mark() -> str:
    """A new form's mark; the form sent back for correction keeps its own."""
    return request.form.get(ONCE, "")[:LONGEST_MARK] or secrets.token_urlsafe(12)


def once() -> None:
    """Use up the form's mark, in the transaction that saves its row. Raises AlreadySaved when it was used before."""
    sent = request.form.get(ONCE, "")[:LONGEST_MARK]
    if not sent:
        return
    door = Door(Kind.saved, (str(identity.account().id), sent))
    if attempts.count(db.session, str(current_app.config["SECRET_KEY"]), door, now=clock.now()) is None:
        raise AlreadySaved


def seal(words: dict[str, str]) -> str:
    """What the fields held in words when the form was opened, as text for a hidden field."""
    return str(_serializer().dumps(words))


def opened() -> dict[str, str]:
    """What the sent form held when it was opened; empty when it does not say, or says what is not ours."""
    try:
        found: Any = _serializer().loads(request.form.get(OPENED, ""))
    except BadData:
        return {}
    return {str(name): str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
