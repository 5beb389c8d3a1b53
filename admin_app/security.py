"""Guards around every request: a strict Content-Security-Policy, the other headers, and input no engine should be asked about."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}


def nonce() -> str:
    """This response's script nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def guard(app: Flask) -> None:
    """Put the guards on every request of `app`."""
    app.before_request(refuse_unreadable)
    app.after_request(add_headers)


def refuse_unreadable() -> None:
    """PostgreSQL stores neither NUL nor lone surrogates; nobody types them on purpose."""
    if request.method not in ("GET", "POST", "HEAD"):
        return
    for text in (*request.args, *_values(request.args), *request.form, *_values(request.form)):
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise BadRequest("送出的內容含有無法辨識的字元，請重新輸入。")


def _values(args: object) -> list[str]:
    return [value for values in args.listvalues() for value in values]  # type: ignore[attr-defined]


def add_headers(response: Response) -> Response:
    """Security headers; pages with personal content are never kept by caches."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and current_user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
    return response
