"""HEAD is answered as GET without its body, before anybody looks at the method: no page takes it for a deed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def answer_head_as_get(application: Wsgi) -> Wsgi:
    """Wrap a WSGI application."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return application(environ, start_response)
        body = application({**environ, "REQUEST_METHOD": "GET"}, start_response)
        if hasattr(body, "close"):
            body.close()
        return []

    return wrapped
