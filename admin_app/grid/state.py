"""What a grid's address says: page, order, search, filters, semester, columns. Bad values are a 400 with a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from admin_app.grid.columns import Column
from admin_app.grid.query import Filter
from models.values.roc import parse_date
from models.values.text import number

PAGE_SIZES = (20, 50, 100, 200)
LAST_PAGE = 1_000_000
OPERATIONS = {
    "text": (("has", "包含"), ("is", "等於"), ("empty", "空白")),
    "choice": (("is", "是"), ("empty", "空白")),
    "words": (("holds", "含"),),
    "bool": (("is", "是"),),
    "date": (("from", "起"), ("to", "迄"), ("is", "當日"), ("empty", "空白")),
    "number": (("is", "等於"), ("from", "不小於"), ("to", "不大於"), ("empty", "空白")),
}


@dataclass(frozen=True)
class GridState:
    """A grid page's address, read and checked. It can be sent to a colleague."""

    page: int
    page_size: int
    sort: str
    desc: bool
    search: str
    filters: tuple[Filter, ...]
    semester: str
    columns: tuple[str, ...]
    args: Mapping[str, str]

    def url(self, base: str, **changes: Any) -> str:
        """This page's address with some arguments changed; None drops one."""
        args = {**self.args, **changes}
        kept = {key: value for key, value in args.items() if value not in (None, "")}
        return f"{base}?{urlencode(kept, safe=',')}" if kept else base


def read_state(args: MultiDict[str, str], columns: Sequence[Column], filterable: Sequence[Column]) -> GridState:
    """Read the request's arguments; raises BadRequest naming what is wrong with them."""
    by_key = {each.key: each for each in filterable}
    shown = tuple(key for key in args.get("cols", "").split(",") if key in {each.key for each in columns})
    sort = args.get("sort", "")
    if sort and sort not in {each.key for each in columns if each.sortable}:
        raise BadRequest("網址中的排序欄位不存在，請回到第一頁重新選擇。")
    return GridState(
        page=_whole(args, "page", 1, LAST_PAGE),
        page_size=_whole(args, "page_size", 50, max(PAGE_SIZES)),
        sort=sort,
        desc=args.get("desc", "") == "1",
        search=args.get("search", "")[:100].strip(),
        filters=tuple(_filters(args, by_key)),
        semester=args.get("semester", ""),
        columns=shown,
        args={key: value for key, value in args.items() if key != "page"},
    )


def _whole(args: MultiDict[str, str], name: str, default: int, most: int) -> int:
    text = args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= most:
        raise BadRequest("網址中的頁次或每頁筆數不正確，請回到第一頁。")
    return int(text)


def _filters(args: MultiDict[str, str], by_key: Mapping[str, Column]) -> list[Filter]:
    found = []
    for name, text in args.items(multi=True):
        if not name.startswith("flt.") or text == "":
            continue
        key, _, op = name.removeprefix("flt.").rpartition(".")
        column = by_key.get(key)
        if column is None or not column.sortable or op not in dict(OPERATIONS[column.kind]):
            raise BadRequest("網址中的篩選條件不存在，請移除後重試。")
        found.append(Filter(column, op, _value(column, op, text)))
    return found


def _value(column: Column, op: str, text: str) -> Any:
    try:
        if op == "empty":
            return text == "1"
        match column.kind:
            case "bool":
                return text == "1"
            case "date":
                return _date(text)
            case "number":
                return _number(text)
            case "choice" if column.term:
                return column.term[text]
    except (ValueError, KeyError):
        raise BadRequest(f"篩選「{column.zh}」的值看不懂，請重新輸入。") from None
    return text


def _date(text: str) -> dt.date:
    value = parse_date(text)
    if value is None:
        raise ValueError(text)
    return value


def _number(text: str) -> Decimal:
    value = number(text)
    if value is None or abs(value) > 2**31 - 1:
        raise ValueError(text)
    return Decimal(value)
