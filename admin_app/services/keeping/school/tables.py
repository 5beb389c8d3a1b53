"""Which tables and columns make up the school, and how a value is written in a cell and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Enum, Integer, Numeric, Table
from sqlalchemy.types import TypeEngine

from admin_app.services.exporting import restore as unguarded
from admin_app.services.personal.holdings import zh_of
from models.base import Words
from models.catalogue import METADATA
from models.plain import plain, restore

OF_THIS_INSTALLATION = frozenset(
    {
        *(
            "data_key",
            "event",
            "event_check",
            "event_gate",
            "event_key",
            "event_segment",
            "gram",
            "routine",
            "job",
            "mail",
            "notice",
        ),
        *(
            "sign_in_counter",
            "sign_in_session",
            "challenge",
            "former_password",
            "one_time_link",
            "passkey",
            "recovery_code",
            "totp",
        ),
        *("import_batch", "import_row", "purge_item", "backup", "store_stop", "store_check", "saved_view", "view_choice"),
    }
)
"""What means nothing elsewhere, or must not leave: keys, secrets, sessions, work under way, the sealed trail, caches."""
SECRETS = frozenset({"password_hash", "password_set_at"})
EMPTY = "\\empty"


def exported() -> list[Table]:
    """The tables of the school; those others point at come first."""
    return [each for each in METADATA.sorted_tables if each.name not in OF_THIS_INSTALLATION]


def columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that leave: no secret, and nothing that is worked out from another."""
    return [each for each in table.columns if each.name not in SECRETS and not each.info.get("index_of")]


def described(table: Table) -> dict[str, Any]:
    """A table for somebody who does not know this system."""
    return {"zh": zh_of(table), "columns": [_described(each) for each in columns(table)]}


def _described(column: Column[Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "zh": str(column.info.get("zh") or column.name), "type": _type(column.type)}
    told["nullable"] = bool(column.nullable)
    if column.foreign_keys:
        told["references"] = next(iter(column.foreign_keys)).target_fullname
    if isinstance(column.type, Enum) and column.type.enum_class:
        told["terms"] = {each.name: str(each.value) for each in column.type.enum_class}
    if column.info.get("codes"):
        told["codes"] = column.info["codes"]
    return told


def _type(kind: TypeEngine[Any]) -> str:
    return "list" if isinstance(kind, Words) else type(kind).__name__.lower().replace("encrypted", "text")


def written(value: Any, column: Column[Any]) -> str:
    """A value as a cell. An empty cell is no value where the column may have none. `csv_stream` guards it from being run."""
    told = plain(value, column.type)
    if told is None:
        return ""
    text = "|".join(told) if isinstance(told, list) else json.dumps(told) if isinstance(told, bool) else str(told)
    if text == "" and column.nullable:
        return EMPTY
    return f"\\{text}" if text.startswith("\\") else text


def read(cell: str, column: Column[Any]) -> Any:
    """What `written` was given; ValueError, KeyError or ArithmeticError for what is no such value."""
    text = unguarded(cell)
    if text == "" and column.nullable:
        return None
    text = "" if text == EMPTY else text.removeprefix("\\")
    if isinstance(column.type, Words):
        return tuple(text.split("|")) if text else ()
    if isinstance(column.type, Boolean):
        return {"true": True, "false": False}[text]
    if isinstance(column.type, Integer) or (isinstance(column.type, Numeric) and not column.type.asdecimal):
        return int(text)
    return restore(text, column.type)


def to_itself(table: Table) -> str | None:
    """The column by which rows of a table point at others of the same."""
    return next((str(key.parent.name) for key in table.foreign_keys if key.column.table is table), None)


def parents_first(rows: list[dict[str, Any]], pointing: str) -> Iterator[dict[str, Any]]:
    """The rows in an order in which none points at one that comes later."""
    waiting, done = {row["id"]: row for row in rows}, set[Any]()
    while waiting:
        ready = [number for number, row in waiting.items() if row[pointing] is None or row[pointing] in done]
        if not ready:  # a ring: let the database say so
            yield from waiting.values()
            return
        for number in ready:
            done.add(number)
            yield waiting.pop(number)
