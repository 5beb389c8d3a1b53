"""Device cookies: a browser that has signed in to an account before is known to it, and strangers' failures do not lock it.

The cookie holds a random number and, for each account that signed in here, a keyed digest: signed, unreadable for scripts, without
any name. Whoever steals it can make five attempts a quarter of an hour at those accounts, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from models.people import Account

LASTS = 180 * 24 * 60 * 60
MOST = 20


def device_of(account: Account | None) -> str:
    """This browser's number if it has signed in to the account before; empty otherwise."""
    number, known = _read()
    return number if account is not None and _mark(account) in known else ""


def remember(account: Account) -> None:
    """This browser has just signed in to the account: say so in its cookie."""
    number, known = _read()
    mark = _mark(account)
    kept = [mark, *(each for each in known if each != mark)][:MOST]
    value = _serializer().dumps([number or secrets.token_urlsafe(12), kept])

    @after_this_request
    def _set(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(_name(), str(value), max_age=LASTS, httponly=True, samesite="Lax", secure=secure, path="/")
        return response


def _read() -> tuple[str, list[str]]:
    try:
        found: Any = _serializer().loads(request.cookies.get(_name(), ""))
        number, known = found
    except (BadData, ValueError, TypeError):
        return "", []
    return str(number), [str(each) for each in known]


def _name() -> str:
    return "__Host-portfolio-device" if current_app.config["SESSION_COOKIE_SECURE"] else "portfolio-device"


def _mark(account: Account) -> str:
    secret = str(current_app.config["SECRET_KEY"])
    return hmac.new(secret.encode(), f"device:{account.id}".encode(), hashlib.sha256).hexdigest()[:24]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="a known device")
