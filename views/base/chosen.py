"""The rows a bulk deed is about: named one by one, or all that match the grid's address; and the seal that says they are the ones
that were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

LASTS = 12 * 60 * 60
SALT = "the rows of a bulk deed"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that match but will not be done, and why."""

    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """`rows` in the grid's order; `matching`: how many the address matches, when all of them were asked for."""

    rows: Sequence[Any]
    matching: int | None = None
    left_out: Sequence[LeftOut] = field(default_factory=tuple)

    @property
    def is_all(self) -> bool:
        return self.matching is not None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a form carries to choose the same again: the address holds the rest when all were chosen."""
        return [("all", "1")] if self.is_all else [("rowid", str(row.id)) for row in self.rows]

    def digest(self, what: Iterable[str]) -> str:
        """Of which rows in which version it is, and of what is to be done to them."""
        told = [*what, *sorted(f"{row.id}:{row.version}" for row in self.rows)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def seal(self, account_id: int | None, *what: str) -> str:
        """The digest, signed for this person."""
        return _serializer().dumps([account_id, len(self.rows), self.digest(what)])

    def differs_from_seen(self, account_id: int | None, *what: str) -> str:
        """Why what the form was sealed with is not this; empty when it is. Rows named one by one may come without a seal."""
        text = request.form.get("seen", "")
        if not text and not self.is_all:
            return ""
        try:
            owner, count, digest = _serializer().loads(text, max_age=LASTS)
        except (BadData, ValueError):
            return f"這一頁開得太久，或內容不完整，還沒有辦理。現在是 {len(self.rows):,} 筆，請再看一次後確認。"
        if owner == account_id and digest == self.digest(what):
            return ""
        return f"您看過之後資料有異動：當時 {count:,} 筆，現在 {len(self.rows):,} 筆。還沒有辦理，請再看一次後確認。"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
