"""Bodies with a student's file go straight into the store's own file system: no second copy in /tmp, no byte of it in memory.

Whoever is not signed in is refused before the body is read.

Werkzeug 3.1.9 adds a CR to a file when a step of its reading ends right behind the boundary that follows the file, before the sign
that says whether it is the last one: seldom, but always the same file again. `whole_boundary` holds back enough.
"""

from __future__ import annotations

import datetime as dt
from typing import IO, Any

from flask import Flask, Request, g, request
from flask_login import current_user
from werkzeug.exceptions import Unauthorized
from werkzeug.sansio.multipart import MultipartDecoder

from admin_app import clock, storage
from admin_app.extensions import db
from admin_app.services.evidence.limits import load_upload_limits
from models.values.roc import school_year_of

ENDPOINT = "files.receive"
BESIDES = 256 * 1024
"""What a form may hold beside the file: its key, its digest, the token, and the parts' headers. Bodies are read in steps of 64 kB,
and a step with what is left of the one before it must fit too."""
MOST_PARTS = 8
BEHIND = 64
"""What may stand around a boundary: the line break and dashes before it, dashes, spaces and the line break behind."""
SIGN_IN = "登入已結束，檔案還沒有送出。請重新登入後再傳一次。"


def whole_boundary(decoder: MultipartDecoder, data: bytes | bytearray) -> int:
    """From where on the data may be a boundary, and what stands behind one (`--`, spaces, a line break)."""
    reach = len(data) - len(decoder.boundary) - BEHIND
    found = (data.rfind(sign, 0) for sign in (b"\n", b"\r"))
    ends = [at for at in found if at >= reach and at >= 0]
    first = min(ends, default=len(data))
    return first - 1 if first > 0 and data[first - 1 : first + 1] == b"\r\n" else first


MultipartDecoder._last_partial_boundary_index = whole_boundary  # type: ignore[assignment,method-assign]


class ArrivingRequest(Request):
    """A request whose file, where it brings one for the store, is written where it may stay."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint == ENDPOINT:
            arrival: Any = storage.of(db.session()).files.incoming(g.most_upload)
            return arrival  # type: ignore[no-any-return]
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def guard(app: Flask) -> None:
    """Ask before anything reads the form of an upload."""
    app.before_request(before)


def before() -> None:
    """Note when the body began to come, and how large it may be."""
    if request.endpoint != ENDPOINT or request.method != "POST":
        return
    g.upload_began = clock.now()
    if not current_user.is_authenticated:
        raise Unauthorized(SIGN_IN)
    g.most_upload = load_upload_limits(db.session(), school_year_of(g.upload_began.date())).largest
    request.max_content_length = g.most_upload * 2 + BESIDES
    request.max_form_memory_size = BESIDES
    request.max_form_parts = MOST_PARTS


def began_at() -> dt.datetime:
    """When this request's body began to come."""
    found: dt.datetime = g.upload_began
    return found
