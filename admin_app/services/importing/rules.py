"""The database's own rules, asked before anything is written, so that one bad row never costs the good ones.

Each CHECK constraint is evaluated as it stands, in a small database in memory: there is no second copy of a rule.
"""

from __future__ import annotations

import datetime as dt
import enum
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint

from admin_app.errors import RULES
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.links import default_of, held, links_of, stored, table_columns
from models.base import Entity
from models.values.text import quote

ENDINGS = {
    "_is_a_score": "須在 0 到 100 之間",
    "_is_positive": "須大於 0",
    "_is_not_negative": "不可小於 0，沒有資料時請留白",
    "_fits": "超過字數上限，請縮短",
    "_is_written": "未填，請補上",
    "_is_a_web_address": "須為 https:// 開頭的網址",
}
NOT_YET = -1
"""Stands for the id of a row that is still to be added."""


def refuse_broken(kind: Kind, drafts: Sequence[Draft]) -> None:
    """Fail each draft that would break a constraint."""
    checks = dict(_checks(kind.model))
    if not checks or not drafts:
        return
    columns = list(table_columns(kind.model))
    with closing(sqlite3.connect(":memory:")) as database:
        named = ", ".join(f'"{column}"' for column in columns)
        database.execute(f"CREATE TABLE draft ({named})")
        places = ", ".join("?" * len(columns))
        rows = (_row(kind.model, draft, columns) for draft in drafts)
        database.executemany(f"INSERT INTO draft VALUES ({places})", rows)  # noqa: S608 - names come from the models only
        for name, text in checks.items():
            for (number,) in database.execute(f"SELECT rowid FROM draft WHERE NOT ({text})"):  # noqa: S608 - as above
                _fail(kind, drafts[number - 1], name)


@cache
def _checks(model: type[Entity]) -> tuple[tuple[str, str], ...]:
    """Each rule by the name it was declared with; what an Enum may hold was settled when it was read."""
    table = model.__table__
    prefix = f"ck_{model.__tablename__}_"
    found = [each for each in table.constraints if isinstance(each, CheckConstraint) and not getattr(each, "_type_bound", False)]  # type: ignore[attr-defined]
    return tuple(sorted((str(each.name).removeprefix(prefix), str(each.sqltext)) for each in found))


def _row(model: type[Entity], draft: Draft, columns: Sequence[str]) -> list[Any]:
    """The draft as it would be stored, over what the school has."""
    kept = {column: held(draft.entity, column) for column in columns} if draft.entity is not None else _defaults(model)
    given = {_column(model, attr): stored(model, attr, value) for attr, value in draft.values.items()}
    return [_plain(given.get(column, kept.get(column))) for column in columns]


def _defaults(model: type[Entity]) -> dict[str, Any]:
    return {name: default_of(column) for name, column in table_columns(model).items()}


def _column(model: type[Entity], attr: str) -> str:
    link = links_of(model).get(attr)
    return link[0] if link else attr


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case enum.Enum():
            return value.name
        case Decimal():
            return float(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case Entity():
            return NOT_YET
    return str(value)


def _fail(kind: Kind, draft: Draft, name: str) -> None:
    for ending, message in ENDINGS.items():
        if name.endswith(ending):
            attr = name.removesuffix(ending)
            column = kind.by_attr.get(attr)
            value = draft.written(column.name) if column else ""
            draft.fail(column.name if column else attr, f"{quote(value) if value else ''}{message}", value)
            return
    sentence = RULES.get(name, f"各欄不相符（{name}），請更正後再儲存。")
    draft.fail("", sentence.replace("再儲存", "再匯入").rstrip("。"))
