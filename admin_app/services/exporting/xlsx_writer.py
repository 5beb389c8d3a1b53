"""XLSX row by row: numbers and dates as such, every text a text, never a formula or a link."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from admin_app.services.exporting.cells import FIRST, display, is_text, local, neutralise

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_ROW = 1_048_575
CELL_TEXT = 32_767
CUT = "…（超過 Excel 單格上限，全文請匯出 CSV）"
SAMPLE = 200
NARROW, WIDE = 6, 60
NOTES = "說明"
CREATED = dt.datetime(2000, 1, 1)
"""A fixed date in the file's properties: the same rows give the same bytes."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class TooManyRowsError(Exception):
    """More rows than a sheet can hold."""


class _Formats:
    """The few cell formats of a workbook."""

    def __init__(self, book: Workbook) -> None:
        self.header = book.add_format({"bold": True, "num_format": "@", "bg_color": "#E7EDF5", "bottom": 1, "valign": "vcenter"})
        self.run = book.add_format()
        self.text = book.add_format({"num_format": "@"})
        self.guarded = book.add_format({"num_format": "@", "quote_prefix": True})
        self.note = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.time = book.add_format({"num_format": "hh:mm"})


def xlsx_file(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    sheet: str,
    fileobj: IO[bytes],
    notes: Sequence[Sequence[object]] = (),
    *,
    as_text: bool = False,
    notes_sheet: str = NOTES,
) -> None:
    """Write a workbook: one sheet of rows, and a second one `notes_sheet` when there are notes.

    `as_text` makes every column a text column, for a template: what a person types there keeps its leading zeros.
    """
    with Workbook(fileobj, OPTIONS) as book:
        name = sheet_name(sheet)
        book.set_properties({"title": name, "created": CREATED})
        formats = _Formats(book)
        _write_table(book.add_worksheet(name), header, rows, formats, as_text=as_text)
        if notes:
            _write_notes(book.add_worksheet(notes_sheet if name != notes_sheet else f"{notes_sheet} (2)"), notes, formats)


def _write_table(
    sheet: Worksheet, header: Sequence[str], rows: Iterable[Sequence[object]], formats: _Formats, *, as_text: bool
) -> None:
    widths = [_width(name) + 3 for name in header]
    for at, name in enumerate(header):
        _put(sheet, 0, at, xlsx_text(name), formats.header, formats.run)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > LAST_ROW:
            raise TooManyRowsError(f"資料超過 Excel 工作表的上限（{LAST_ROW:,} 列），請改匯出 CSV 或縮小篩選範圍。")
        for at, value in enumerate(row):
            _write(sheet, last, at, value, formats)
        if last <= SAMPLE:
            widths = [max(width, _width(display(value)) + 1) for width, value in zip(widths, row, strict=False)]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(max(width, NARROW), WIDE), formats.text if as_text else None)
    sheet.freeze_panes(1, 0)
    if header:
        sheet.autofilter(0, 0, last, len(header) - 1)


def _write_notes(sheet: Worksheet, notes: Sequence[Sequence[object]], formats: _Formats) -> None:
    for at, row in enumerate(notes):
        for column, value in enumerate(row):
            _put(sheet, at, column, xlsx_text(display(value)), formats.note, formats.run)
    for column in range(max(map(len, notes))):
        widest = max((_width(display(row[column])) for row in notes if column < len(row)), default=0)
        sheet.set_column(column, column, min(max(widest + 1, NARROW), WIDE))


def _write(sheet: Worksheet, row: int, column: int, value: object, formats: _Formats) -> None:
    """One cell by its kind. What a spreadsheet cannot hold exactly is written as text."""
    match value:
        case None | "":
            return
        case bool() | str():
            _write_text(sheet, row, column, value, formats)
        case int() | float() | Decimal() if _exact(value):
            sheet.write_number(row, column, float(value))
        case dt.datetime() if value.year >= 1900:
            sheet.write_datetime(row, column, local(value), formats.moment)
        case dt.date() if value.year >= 1900 and not isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats.date)
        case dt.time() if value.tzinfo is None:
            sheet.write_number(row, column, _of_a_day(value), formats.time)
        case _:
            _write_text(sheet, row, column, value, formats)


def _write_text(sheet: Worksheet, row: int, column: int, value: object, formats: _Formats) -> None:
    """A text stays one when it is edited too: the quote prefix keeps Excel from reading =… anew."""
    text = xlsx_text(display(value))
    guarded = text[:1] in FIRST and is_text(value) and neutralise(text) != text
    _put(sheet, row, column, text, formats.guarded if guarded else formats.text, formats.run)


def _put(sheet: Worksheet, row: int, column: int, text: str, shape: Format, run: Format) -> None:
    """Write a text. XlsxWriter takes <r>…</r> for its own markup and would copy it into the file as it is."""
    if text.startswith("<r>") and text.endswith("</r>"):
        sheet.write_rich_string(row, column, text[:1], run, text[1:], shape)
    else:
        sheet.write_string(row, column, text, shape)


def _of_a_day(value: dt.time) -> float:
    return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400


def _exact(value: float | Decimal) -> bool:
    """Excel keeps 15 significant digits and knows neither infinity nor NaN."""
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.normalize().as_tuple().digits) <= 15 and abs(value.adjusted()) < 300
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 10**15


def xlsx_text(text: str) -> str:
    """A text as a cell can hold it: valid in XML and not longer than Excel allows; what is cut is said."""
    valid = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(valid) <= CELL_TEXT // 2 or len(valid.encode("utf-16-le")) <= CELL_TEXT * 2:
        return valid
    room = (CELL_TEXT - len(CUT)) * 2
    return valid.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT


def sheet_name(name: str) -> str:
    """At most 31 characters, without those Excel forbids."""
    tidy = _NOT_IN_SHEET_NAME.sub("_", name).strip("' ")[:31].strip("' ")
    return tidy if tidy and tidy.lower() != "history" else "資料"


def _width(text: str) -> int:
    """Columns a text takes on screen: 中文 takes two; only its longest line and its beginning count."""
    lines = text[: WIDE * 2].splitlines()
    return max((sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line) for line in lines), default=0)
