"""One page of a grid, as the list template reads it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from admin_app.grid.columns import Column, formatter, guard
from admin_app.grid.paging import END, Leaf, NoSuchPage, Place, read_page
from admin_app.grid.query import Filter, GridQuery
from admin_app.grid.state import BAD_PLACE, PAGE_SIZES, GridState
from admin_app.policy import Verdict
from admin_app.services.codes import CodeBook, load_codes
from models.values.roc import format_roc

BETWEEN = "\x1f"
"""Unit separator: no text a person types holds it."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as shown: `cells` in the order of the columns."""

    id: int
    cells: list[str]
    writable: bool
    label: str

    @property
    def html(self) -> Markup:
        """The cells as the table has them, escaped together: one call for a row instead of one for each cell."""
        together = BETWEEN.join(self.cells)
        if together.count(BETWEEN) != len(self.cells) - 1:
            return Markup("</td><td>").join(self.cells)
        return Markup(str(escape(together)).replace(BETWEEN, "</td><td>"))  # noqa: S704 - escaped just before


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
    options_url: str
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
    can_edit_cells: bool = False
    import_url: str = ""
    page_sizes: tuple[int, ...] = PAGE_SIZES
    density: str = ""
    title: int = 0
    view_name: str = ""
    views_url: str = ""
    totals: Sequence[Any] = ()
    can_total: bool = False
    total_is_capped: bool = False
    """There are more than `total`."""
    first: int = 0
    """The number of the first row shown; 0 where nobody knows, at the end of a set too large to count."""
    previous: str = ""
    next: str = ""
    end: str = END

    @property
    def last(self) -> int:
        """The number of the last row shown; 0 where nobody knows."""
        return self.first and self.first + len(self.rows) - 1

    @property
    def numbered(self) -> bool:
        """Whether pages go by number: in a set that was counted to its end, on a page that begins where a numbered one does."""
        return not self.total_is_capped and self.first % self.page_size == 1 % self.page_size

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.page_size))

    @property
    def near(self) -> list[int]:
        """The pages the pager names: the first, the last, and those around this one."""
        around = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return sorted({1, *around, self.pages})

    @property
    def one_semester(self) -> str:
        """The semester the grid is narrowed down to; empty where it is not."""
        return next((str(each["zh"]) for each in self.semesters if each["selected"] and each["id"] != "all"), "")

    @property
    def table_class(self) -> str:
        """Which columns hold numbers, said once for the table instead of in every row."""
        first = 2 if self.actions else 1
        numbers = [f"n{number}" for number, each in enumerate(self.columns, start=first) if each["numeric"]]
        dense = [self.density] if self.density == "compact" else []
        return " ".join(["records", *dense, *(["checks"] if self.actions else []), *numbers])


def shown_columns(declared: Sequence[Column], state: GridState, further: Sequence[Column] = ()) -> list[Column]:
    """The columns chosen, in the order chosen, or all that are declared. `further` ones only when chosen."""
    by_key = {each.key: each for each in (*declared, *further)}
    return [by_key[key] for key in state.columns] or list(declared)


def read_totals(session: Session, query: GridQuery) -> tuple[list[str], int | None]:
    """What stands under each column: 合計 and 平均 of all matching rows where it is a measure; and how many rows there are, so that
    they need not be counted again. One statement, or none where nothing is a measure."""
    measured = [each for each in query.columns if each.measure]
    if not measured:
        return [], None
    number, *values = session.connection().execute(query.totals(measured)).one()
    left = iter(values)
    return [_total(each, next(left), next(left)) if each.measure else "" for each in query.columns], int(number)


def _total(each: Column, total: Any, mean: Any) -> str:
    if total is None:
        return ""
    average = f"平均 {float(mean):,.1f}"
    return f"合計 {float(total):,.10g}\n{average}" if each.measure == "sum" else average


def read_rows(
    session: Session,
    query: GridQuery,
    state: GridState,
    book: CodeBook,
    writable: ColumnElement[bool],
    known: int | None = None,
) -> tuple[list[GridRow], Leaf]:
    """The page's rows, and where they stand among how many: two statements, one where it is `known` how many match."""
    query.extra = [writable.label("writable")]
    place = Place(state.page_size, state.page, state.after, state.before)
    try:
        leaf = read_page(session.connection(), query, place, known=known)
    except NoSuchPage:
        raise NotFound("沒有這一頁。請回到第一頁；很長的清單請用篩選縮小範圍，或從「最後一頁」往前翻。") from None
    except ValueError:
        raise BadRequest(BAD_PLACE) from None
    show, end = cell_writer(query, book), 2 + len(query.columns)
    label = label_of(query.columns)
    found = []
    for row in leaf.rows:
        cells = show(row[2:end])
        found.append(GridRow(row[0], cells, bool(row[1]), cells[label] if cells else str(row[0])))
    return found, leaf


def label_of(columns: Sequence[Column]) -> int:
    """Which column names a row: the student's name where it has one, else a name close to the row itself."""
    named = [number for number, each in enumerate(columns) if each.attribute in ("name", "title", "topic")]
    return min(named, key=lambda number: (columns[number].path != ("student",), len(columns[number].path)), default=0)


def cell_writer(query: GridQuery, book: CodeBook) -> Callable[[Sequence[Any]], list[str]]:
    """A function from values to cells. Sensitive values are masked in every list, also for those who may see them elsewhere."""
    writers = [partial(guard, each) if each.sensitive else formatter(each, book.name) for each in query.columns]
    return lambda values: [write(value) for write, value in zip(writers, values, strict=True)]


def filter_menu(filterable: Sequence[Column]) -> list[dict[str, Any]]:
    """What the "add a filter" menu offers; the page's script asks for the choices when one is opened."""
    return [{"key": each.key, "zh": each.zh, "form": _form_of(each), "may_be_empty": each.may_be_empty} for each in filterable]


def _form_of(each: Column) -> str:
    return "pick" if each.picked else each.kind


def chips(filters: Sequence[Filter], state: GridState, base: str, book: CodeBook) -> list[dict[str, str]]:
    """The filters in words, one for each column, e.g. 「班級：機一甲、機一乙」, each with the address that drops it."""
    found: dict[str, list[Filter]] = {}
    for each in filters:
        found.setdefault(each.column.key, []).append(each)
    return [
        {
            "key": key,
            "label": f"{group[0].column.zh}：{_in_words(group, book)}",
            "remove_url": state.url(base, **{name: None for name in state.args if name.startswith(f"flt.{key}.")}),
        }
        for key, group in found.items()
    ]


MOST_NAMED = 3


def _in_words(group: Sequence[Filter], book: CodeBook) -> str:
    ops = {each.op: each.value for each in group}
    if "from" in ops and "to" in ops:
        first, last = (_one(group[0].column, ops[end], book) for end in ("from", "to"))
        return first if first == last else f"{first}～{last}"
    return "，".join(_condition(each, book) for each in group)


def _condition(each: Filter, book: CodeBook) -> str:
    if each.op == "empty":
        return "空白" if each.value else "非空白"
    values = each.value if isinstance(each.value, tuple) else (each.value,)
    said = [_one(each.column, value, book) for value in values[:MOST_NAMED]]
    words = {"from": "{} 起", "to": "至 {}", "has": "含「{}」"}.get(each.op, "{}").format("、".join(said))
    return words if len(values) <= MOST_NAMED else f"{words} 等 {len(values)} 項"


def _one(column: Column, value: Any, book: CodeBook) -> str:
    if column.kind == "date":
        return format_roc(value.date() if isinstance(value, dt.datetime) else value)
    return str(formatter(column, book.name)(value))


def codes_for(session: Session, columns: Sequence[Column], year: int | None) -> CodeBook:
    """The code lists these columns need: one statement, or none."""
    return load_codes(session, (each.codes for each in columns if each.codes), year=year)
