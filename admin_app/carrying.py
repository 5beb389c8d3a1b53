"""A POST that was interrupted (the sign-in ran out, the password has to be asked again) is carried through that page, and not lost.

What was typed travels in the page itself, signed and bound to its account, and is kept nowhere on the server. Passwords and files
are never carried.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

LASTS = 12 * 60 * 60
SALT = "an interrupted post"
FORM_MARKS = ("once", "opened")
"""Hidden fields that every record form has, see `views.base.sending`."""
REVIEW = "_review"
"""The button of a record form that shows it again instead of saving."""
BUTTONS = ("_save", "_add_another", REVIEW)
NEVER = ("csrf_token", "password", "old_password", "again", "carried", "token")


@dataclass(frozen=True, slots=True)
class Carried:
    """An interrupted POST: its address within this system, its fields in order, and the names of files to choose again."""

    path: str
    fields: list[tuple[str, str]]
    files: list[str]

    @property
    def again(self) -> list[tuple[str, str]]:
        """The fields to send: all of them, or those that show a record form again."""
        return shown_again(self.fields) if self.is_form else self.fields

    @property
    def is_form(self) -> bool:
        """Whether a record form was sent: it is shown again, with everything in it, before anything is saved."""
        return any(name in FORM_MARKS for name, _ in self.fields)


def carry(account_id: int | None) -> str:
    """The present POST as text for a hidden field, for this account alone."""
    fields = typed()
    files = [file.filename for file in request.files.values() if file.filename]
    return _serializer().dumps([account_id, request.full_path.rstrip("?"), fields, files])


def typed() -> list[tuple[str, str]]:
    """The present POST's fields in order, without passwords and tokens."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]


def form_again() -> list[tuple[str, str]]:
    """The fields that show the present POST's record form again, with everything typed in it; empty for any other POST."""
    try:
        fields = typed() if request.method == "POST" else []
    except HTTPException:
        return []  # too large to be read: what was typed is still on the device
    return shown_again(fields) if any(name in FORM_MARKS for name, _ in fields) else []


def shown_again(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A record form's fields with another button: the one that shows it instead of saving."""
    return [*((name, value) for name, value in fields if name not in BUTTONS), (REVIEW, "1")]


def unpack(text: str, account_id: int | None) -> Carried | None:
    """What was carried; None when it is not ours, too old, or another person's."""
    try:
        owner, path, fields, files = _serializer().loads(text, max_age=LASTS)
    except (BadData, ValueError):
        return None
    return Carried(path, [(name, value) for name, value in fields], files) if owner == account_id else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
