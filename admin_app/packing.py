"""Answers made small on their way out, where the browser takes it.

Compression next to a secret can give the secret away by the length of the answer (BREACH). So each answer carries a filler of
random length in its gzip header, as Django's does; besides, the token of a form is signed anew every second, which leaves nothing
constant that would be worth guessing, and other sites cannot make a browser send our cookie along (`SameSite=Lax`).
"""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request
from werkzeug.wsgi import ClosingIterator

KINDS = frozenset({"text/html", "text/csv", "text/plain", "application/json", "text/calendar", "image/svg+xml"})
LEAST = 512
LEVEL = 5
MOST_FILLER = 100
HEADER = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
"""Of gzip: deflate, a file name follows, no time, unknown system."""


def install(app: Flask) -> None:
    """Pack the answers of `app`. To be registered before everything else that looks at an answer, so that it comes last."""
    app.after_request(pack)


def pack(response: Response) -> Response:
    """The answer compressed, or as it was."""
    if response.mimetype not in KINDS or response.status_code in (204, 304) or response.headers.get("Content-Encoding"):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip") or response.direct_passthrough:
        return response
    if response.is_streamed:
        response.response = ClosingIterator(packed(iter(response.iter_encoded())), [_closer(response.response)])
        response.headers.pop("Content-Length", None)
    elif len(body := response.get_data()) >= LEAST:
        response.set_data(b"".join(packed(iter((body,)))))
    else:
        return response
    response.headers["Content-Encoding"] = "gzip"
    return response


def packed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """`parts` as one gzip stream whose length says little about them."""
    squeeze, check, length = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), 0, 0
    yield HEADER + b"a" * secrets.randbelow(MOST_FILLER) + b"\0"
    for part in parts:
        check, length = zlib.crc32(part, check), length + len(part)
        if small := squeeze.compress(part):
            yield small
    yield squeeze.flush() + struct.pack("<LL", check, length & 0xFFFFFFFF)


def _closer(parts: Any) -> Any:
    return getattr(parts, "close", lambda: None)
