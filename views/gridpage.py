"""One page of a grid, as the list template reads it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from admin_app.grid.columns import Column, formatter, guard
from admin_app.grid.query import Filter, GridQuery
from admin_app.grid.state import OPERATIONS, PAGE_SIZES, GridState
from admin_app.policy import Verdict
from admin_app.services.codes import CodeBook, load_codes
from models.values.roc import format_roc


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as shown: `cells` in the order of the columns."""

    id: int
    cells: list[str]
    writable: bool
    label: str


@dataclass
class GridPage:
    """What `grid/list.html` reads."""

    columns: Sequence[Any]
    rows: list[GridRow]
    total: int
    page: int
    page_size: int
    sort: str
    desc: bool
    search: str
    searchable: bool
    filters: list[dict[str, Any]]
    chips: list[dict[str, str]]
    all_columns: list[dict[str, Any]]
    semesters: list[dict[str, Any]]
    verdict: Verdict
    url: Callable[..., str]
    clear_url: str
    can_create: bool
    can_export: bool
    create_url: str
    actions: list[dict[str, Any]]
    action_url: str
    export_url: str
    trash_url: str | None
    import_template_url: str | None = None
    import_url: str = ""
    page_sizes: tuple[int, ...] = PAGE_SIZES

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.page_size))

    @property
    def near(self) -> list[int]:
        """The pages the pager names: the first, the last, and those around this one."""
        around = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return sorted({1, *around, self.pages})

    @property
    def filter_forms(self) -> Iterable[dict[str, Any]]:
        """One filter of each form."""
        return {each["form"]: each for each in self.filters}.values()

    @property
    def table_class(self) -> str:
        """Which columns hold numbers, said once for the table instead of in every row."""
        first = 2 if self.actions else 1
        numbers = [f"n{number}" for number, each in enumerate(self.columns, start=first) if each["numeric"]]
        return " ".join(["records", *(["checks"] if self.actions else []), *numbers])


def shown_columns(all_columns: Sequence[Column], state: GridState) -> list[Column]:
    """The columns chosen, or all that are declared."""
    return [each for each in all_columns if not state.columns or each.key in state.columns]


def read_rows(
    session: Session, query: GridQuery, state: GridState, book: CodeBook, writable: ColumnElement[bool]
) -> tuple[list[GridRow], int]:
    """The page's rows and how many there are in all: two statements."""
    connection = session.connection()
    total = connection.execute(query.count()).scalar_one()
    if state.page > 1 and (state.page - 1) * state.page_size >= total:
        raise NotFound("沒有這一頁，請回到第一頁。")
    query.extra = [writable.label("writable")]
    rows = connection.execute(query.rows(limit=state.page_size, offset=(state.page - 1) * state.page_size))
    show = cell_writer(query, book)
    label = _label_of(query.columns)
    found = []
    for row in rows:
        cells = show(row[2:])
        found.append(GridRow(row[0], cells, bool(row[1]), cells[label] if cells else str(row[0])))
    return found, total


def _label_of(columns: Sequence[Column]) -> int:
    """Which column names a row to a screen reader: a name close to the row itself, such as the student's before the class's."""
    named = [number for number, each in enumerate(columns) if each.attribute in ("name", "title", "topic")]
    return min(named, key=lambda number: len(columns[number].path), default=0)


def cell_writer(query: GridQuery, book: CodeBook) -> Callable[[Sequence[Any]], list[str]]:
    """A function from values to cells. Sensitive values are masked in every list, also for those who may see them elsewhere."""
    writers = [partial(guard, each) if each.sensitive else formatter(each, book.name) for each in query.columns]
    return lambda values: [write(value) for write, value in zip(writers, values, strict=True)]


def filter_choices(filterable: Sequence[Column], book: CodeBook) -> list[dict[str, Any]]:
    """What the "add a filter" menu offers. Filters of one `form` look the same but for their name and choices."""
    return [
        {
            "key": each.key,
            "zh": each.zh,
            "form": each.kind if choices or each.kind not in ("choice", "words") else f"{each.kind}-text",
            "ops": OPERATIONS[each.kind],
            "choices": choices,
        }
        for each, choices in ((each, _choices(each, book)) for each in filterable)
    ]


def _choices(each: Column, book: CodeBook) -> list[tuple[str, str]]:
    if each.term:
        return [(term.name, str(term.value)) for term in each.term]
    if each.codes:
        return list(book.lists.get(each.codes, {}).items())
    return [("1", "是"), ("0", "否")] if each.kind == "bool" else []


def chips(filters: Sequence[Filter], state: GridState, base: str, book: CodeBook) -> list[dict[str, str]]:
    """The filters in words, e.g. 「班級：機一甲」, each with the address that drops it."""
    return [
        {"label": _in_words(each, book), "remove_url": state.url(base, **{f"flt.{each.column.key}.{each.op}": None})}
        for each in filters
    ]


def _in_words(each: Filter, book: CodeBook) -> str:
    if each.op == "empty":
        return f"{each.column.zh}：{'空白' if each.value else '非空白'}"
    value = format_roc(each.value) if each.column.kind == "date" else formatter(each.column, book.name)(each.value)
    words = {"from": f"{value} 起", "to": f"至 {value}", "has": f"含「{value}」"}
    return f"{each.column.zh}：{words.get(each.op, value)}"


def codes_for(session: Session, columns: Sequence[Column], year: int | None) -> CodeBook:
    """The code lists these columns need: one statement, or none."""
    return load_codes(session, (each.codes for each in columns if each.codes), year=year)
