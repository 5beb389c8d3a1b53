"""What a grid's address says: page, order, search, filters, columns, density. Bad values are a 400 that says what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import DateTime
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from admin_app.grid.columns import Column
from admin_app.grid.query import Filter
from models.values.roc import parse_date
from models.values.text import number

PAGE_SIZES = (20, 50, 100, 200)
DENSITIES = ("comfortable", "compact")
MOST_VALUES = 100
ANY_OF = ("is", "has", "holds")
"""Conditions that take several values: a row that fits one of them is shown."""
LAST_PAGE = 1_000_000
LAST_VIEW = 2**31 - 1
PLACES = ("page", "after", "before")
"""What says where in the order a page stands; it means nothing once the order or the conditions change."""
LONGEST_ANCHOR = 1_000
BAD_PLACE = "網址中的頁次、每頁筆數或檢視不正確，請回到第一頁。"
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
    args: MultiDict[str, str]
    density: str = ""
    totals: bool = False
    view: int | None = None
    after: str = ""
    before: str = ""

    def url(self, base: str, **changes: Any) -> str:
        """This page's address with some arguments changed; None drops one."""
        kept = {key: text for key, text in self._said.items() if key not in changes}
        kept |= {key: urlencode({key: value}, safe=",") for key, value in changes.items() if value not in (None, "")}
        if self.view and "view" not in changes and kept.keys() <= {"view", "semester"}:
            kept = {
                "view": "view=0",
                **{key: text for key, text in kept.items() if key != "view"},
            }  # its number would bring all back
        return f"{base}?{'&'.join(kept.values())}" if kept else base

    @cached_property
    def _said(self) -> dict[str, str]:
        """What the address says now, by name and ready to be put into another: a page has two dozen links to itself."""
        given = {key: [value for value in values if value != ""] for key, values in self.args.lists()}
        return {key: urlencode({key: values}, doseq=True, safe=",") for key, values in given.items() if values}


def read_state(
    args: MultiDict[str, str], columns: Sequence[Column], filterable: Sequence[Column], further: Sequence[Column] = ()
) -> GridState:
    """Read the request's arguments; raises BadRequest saying what to do. `further` columns may be shown, not sorted by."""
    by_key = {each.key: each for each in filterable}
    shown = tuple(
        dict.fromkeys(key for key in args.get("cols", "").split(",") if key in {each.key for each in (*columns, *further)})
    )
    sort = args.get("sort", "")
    if sort and sort not in {each.key for each in columns if each.sortable}:
        raise BadRequest("網址中的排序欄位不存在，請回到第一頁重新選擇。")
    return GridState(
        page=_whole(args, "page", 1, LAST_PAGE),
        page_size=_whole(args, "page_size", 50, max(PAGE_SIZES)),
        sort=sort,
        desc=args.get("desc", "") == "1",
        search=args.get("search", "")[:100].strip(),
        filters=tuple(read_filters(args, by_key)),
        semester=args.get("semester", ""),
        columns=shown,
        args=MultiDict(pair for pair in args.items(multi=True) if pair[0] not in PLACES),
        density=args["density"] if args.get("density") in DENSITIES else "",
        totals=args.get("totals") == "1",
        view=_whole(args, "view", 0, LAST_VIEW, least=0) if args.get("view") else None,
        after=_anchor(args, "after"),
        before="" if args.get("after") else _anchor(args, "before"),
    )


def _anchor(args: MultiDict[str, str], name: str) -> str:
    text = args.get(name, "")
    if len(text) > LONGEST_ANCHOR:
        raise BadRequest(BAD_PLACE)
    return text


def _whole(args: MultiDict[str, str], name: str, default: int, most: int, *, least: int = 1) -> int:
    text = args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not least <= int(text) <= most:
        raise BadRequest(BAD_PLACE)
    return int(text)


def read_filters(args: MultiDict[str, str], by_key: Mapping[str, Column]) -> Iterator[Filter]:
    """The conditions the address holds. A condition said several times holds a tuple: any of them will do."""
    for name in args:
        texts = [text for text in args.getlist(name) if text]
        if not name.startswith("flt.") or not texts:
            continue
        key, _, op = name.removeprefix("flt.").rpartition(".")
        column = by_key.get(key)
        if column is None or not column.sortable or op not in dict(OPERATIONS[column.kind]):
            raise BadRequest("網址中的篩選條件不存在，請移除後重試。")
        yield from _conditions(column, op, texts)
    _refuse_backwards(args, by_key)


def _conditions(column: Column, op: str, texts: Sequence[str]) -> Iterator[Filter]:
    if len(texts) > MOST_VALUES:
        raise BadRequest(f"篩選「{column.zh}」一次最多選 {MOST_VALUES} 項，請減少後重試。")
    values = tuple(dict.fromkeys(_value(column, op, text) for text in texts))
    if op == "is" and isinstance(column.type, DateTime):
        yield Filter(column, "from", _moment(values[-1], "from"))
        yield Filter(column, "to", _moment(values[-1], "to"))
    elif isinstance(column.type, DateTime) and op != "empty":
        yield Filter(column, op, _moment(values[-1], op))
    else:
        yield Filter(column, op, values if op in ANY_OF and len(values) > 1 else values[-1])


def _moment(day: dt.date, op: str) -> dt.datetime:
    """A day as the first or the last moment of it, for columns that hold a time."""
    return dt.datetime.combine(day, dt.time.min if op == "from" else dt.time.max)


def _refuse_backwards(args: MultiDict[str, str], by_key: Mapping[str, Column]) -> None:
    for key, column in by_key.items():
        first, last = args.get(f"flt.{key}.from"), args.get(f"flt.{key}.to")
        if first and last and _value(column, "from", first) > _value(column, "to", last):
            raise BadRequest(f"篩選「{column.zh}」的起點在終點之後，請對調後重試。")


SAMPLES = {"date": "請輸入日期，例如 115/11/23", "number": "請輸入數字", "bool": "請選「是」或「否」", "choice": "請從選單選擇"}


def _value(column: Column, op: str, text: str) -> Any:
    try:
        if op == "empty":
            return _yes_or_no(text)
        match column.kind:
            case "bool":
                return _yes_or_no(text)
            case "date":
                return _date(text)
            case "number":
                return _number(text)
            case "choice" if column.term:
                return column.term[text]
    except (ValueError, KeyError):
        raise BadRequest(f"篩選「{column.zh}」的值看不懂，{SAMPLES.get(column.kind, '請重新輸入')}。") from None
    return text


def _yes_or_no(text: str) -> bool:
    return {"1": True, "0": False}[text]


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
