"""Rows about a person as (label, text): codes and enums in 中文, other rows by name, secrets of the system left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Column, Table, select, true
from sqlalchemy.orm import Session

from admin_app.grid.columns import HIDDEN, display
from admin_app.services.codes import CodeBook, load_codes
from admin_app.services.personal.holdings import Holding, zh_of
from admin_app.services.trail.values import MODELS
from admin_app.services.trail.words import labels
from models.base import Encrypted, Words
from models.values.identity import mask

BATCH = 500
SELF = "本人"
SECRETS = ("hash", "digest", "secret", "token", "stamp", "public_key", "credential_id", "args", "result", "claim", "dedupe")
OTHERS = ("student", "guardian")
"""Tables whose rows are people with a privacy of their own: named by number to anybody but themselves."""


@dataclass(frozen=True)
class Sheet:
    """The rows of one holding: `header` labels, then texts."""

    holding: Holding
    columns: Sequence[Column[Any]]

    @property
    def header(self) -> list[str]:
        return [str(each.info.get("zh") or each.name) for each in self.columns]


def sheet(holding: Holding) -> Sheet:
    """The columns a person may be given: neither the system's own nor secrets."""
    return Sheet(holding, [each for each in holding.table.columns if not _is_secret(each)])


def rows(session: Session, wanted: Sheet, *, whose: tuple[str, int], full: bool, most: int | None = None) -> Iterator[list[str]]:
    """The rows as texts. `whose`: the kind and number of the person, who is called 本人. `full`: sensitive values too; otherwise
    they are masked."""
    table = wanted.holding.table
    key = next(iter(table.primary_key.columns))
    stmt = select(*wanted.columns).select_from(table).where(wanted.holding.where()).order_by(key)
    found = iter(session.execute(stmt.limit(most) if most else stmt.execution_options(yield_per=BATCH)))
    book = load_codes(session, sorted({each.info["codes"] for each in wanted.columns if each.info.get("codes")}), year=None)
    while batch := list(islice(found, BATCH)):
        names = {**_names(session, table, wanted.columns, batch), whose: SELF}
        for row in batch:
            yield [_text(each, value, book, names, full) for each, value in zip(wanted.columns, row, strict=True)]


def _is_secret(column: Column[Any]) -> bool:
    hidden = isinstance(column.type, Encrypted) and not column.info.get("sensitive")
    return bool(hidden or column.info.get("local") or column.name == "version" or column.name.endswith(SECRETS))


def _names(session: Session, table: Table, columns: Sequence[Column[Any]], batch: Sequence[Any]) -> dict[tuple[str, int], str]:
    """What the rows that these point at are called: one statement for each kind."""
    wanted: dict[str, set[int]] = {}
    for number, column in enumerate(columns):
        for target in column.foreign_keys:
            ids = {row[number] for row in batch if isinstance(row[number], int)}
            wanted.setdefault(target.column.table.name, set()).update(ids)
    named = {kind: ids for kind, ids in wanted.items() if ids and kind in MODELS and kind not in OTHERS}
    return {(kind, number): zh for kind, ids in named.items() for number, zh in labels(session, MODELS[kind], ids, true()).items()}


def _text(column: Column[Any], value: Any, book: CodeBook, names: dict[tuple[str, int], str], full: bool) -> str:
    if value in (None, ""):
        return ""
    if column.info.get("sensitive") and not full:
        return mask(value) if column.name == "id_number" else HIDDEN
    for target in column.foreign_keys:
        kind = target.column.table.name
        return names.get((kind, value)) or f"{zh_of(target.column.table)}編號 {value}"
    codes = column.info.get("codes")
    if codes and isinstance(column.type, Words):
        return "、".join(book.name(codes, each) or each for each in value)
    return (book.name(codes, str(value)) or str(value)) if codes else display(value)
