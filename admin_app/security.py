"""Guards around every request: a strict Content-Security-Policy, the other headers, and input no engine should be asked about."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request, session
from werkzeug.exceptions import BadRequest, SecurityError

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self';"
    " report-uri /csp-reports; report-to csp"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
    "Reporting-Endpoints": 'csp="/csp-reports"',
}
KEPT_BY_CACHES = ("static", "language.words")
SMALL_BODIES = {"surfaces.csp_reports": 16 * 1024}
PUBLIC_PAGES = "regulation"
"""The blueprint whose pages say the same to everybody who is not signed in."""


def nonce() -> str:
    """This response's script nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def guard_first(app: Flask) -> None:
    """What has to come before anything reads a request of `app`."""
    app.before_request(refuse_strange_host)
    app.before_request(limit_body)


def guard(app: Flask) -> None:
    """Put the guards on every request of `app`."""
    app.before_request(refuse_unreadable)
    app.after_request(add_headers)


def refuse_strange_host() -> None:
    """Before anything asks who it is: a request to a name that is not ours (`PORTFOLIO_TRUSTED_HOSTS`) goes no further."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def limit_body() -> None:
    """A form without files is read at once, whatever its parts: it may be no larger than one field of a form with files."""
    if request.endpoint in SMALL_BODIES:
        request.max_content_length = SMALL_BODIES[request.endpoint]
    elif request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = request.max_form_memory_size


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
    """Security headers; nothing but our own files and the public rule is ever kept by caches."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    public = request.blueprint == PUBLIC_PAGES and "_user_id" not in session
    if not public and (request.endpoint not in KEPT_BY_CACHES or response.status_code >= 400):
        response.headers["Cache-Control"] = "no-store"
    return response
