"""A POST that was interrupted (the sign-in ran out, the password has to be asked again) is carried through that page, and not lost.

What was typed travels in the page itself, signed and bound to its account, and is kept nowhere on the server. Passwords and files
are never carried.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

LASTS = 12 * 60 * 60
SALT = "an interrupted post"
NEVER = ("csrf_token", "password", "old_password", "again", "carried", "token")


@dataclass(frozen=True, slots=True)
class Carried:
    """An interrupted POST: its address within this system, its fields in order, and the names of files to choose again."""

    path: str
    fields: list[tuple[str, str]]
    files: list[str]


def carry(account_id: int | None) -> str:
    """The present POST as text for a hidden field, for this account alone."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]
    files = [file.filename for file in request.files.values() if file.filename]
    return _serializer().dumps([account_id, request.full_path.rstrip("?"), fields, files])


def unpack(text: str, account_id: int | None) -> Carried | None:
    """What was carried; None when it is not ours, too old, or another person's."""
    try:
        owner, path, fields, files = _serializer().loads(text, max_age=LASTS)
    except (BadData, ValueError):
        return None
    return Carried(path, [(name, value) for name, value in fields], files) if owner == account_id else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
