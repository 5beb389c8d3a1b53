"""What another site's page sends is refused, whatever token it carries: the browser itself says where a request comes from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import Forbidden

SAFE = ("GET", "HEAD", "OPTIONS")
SENTENCE = "這個操作來自別的網站，沒有執行。請從本系統的畫面操作。"


def guard(app: Flask) -> None:
    """Ask on every request of `app` that could change something."""
    app.before_request(refuse_foreign)


def refuse_foreign() -> None:
    """By `Sec-Fetch-Site` and `Origin`; programs that send neither are left to the CSRF token."""
    if request.method in SAFE:
        return
    if is_foreign():
        raise Forbidden(SENTENCE)


def is_foreign() -> bool:
    """Whether another site's page made the browser send this."""
    origin = request.headers.get("Origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != request.host
    return elsewhere or request.headers.get("Sec-Fetch-Site") == "cross-site"
