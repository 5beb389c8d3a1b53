"""Reads any table file a school hands over, with no knowledge of what it holds: CSV, TXT or XLSX, any encoding used here.

Nothing is changed but what reading needs; tidying values is for whoever knows the columns. What cannot be read is refused
with a sentence for the person who brought the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from admin_app.services.tabular.headers import best_header, distinct, find_header, guess_header, is_total, tidy
from admin_app.services.tabular.table import HEADER_SEARCH, MAX_BYTES, Line, NoHeader, Row, Table, TableError, check_size, listed
from admin_app.services.tabular.text import DAMAGED, in_cp950, read_text
from admin_app.services.tabular.workbook import Sheet, read_workbook

__all__ = ["NoHeader", "Row", "Table", "TableError", "find_header", "read_table"]

_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "這是舊版 Excel（.xls）或有密碼的檔案。請移除密碼，用 Excel 另存成 .xlsx 再匯入。"),
    (b"%PDF", "這是 PDF，不是表格檔。請向來源索取 Excel 或 CSV 檔。"),
    (b"{\\rtf", "這是 RTF 文件，不是表格檔。請另存成 .xlsx 或 CSV（UTF-8）再匯入。"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<svg")


@dataclass
class _Source:
    """What the file gave before a header was looked for."""

    format: str
    encoding: str
    lines: list[Line]
    sheet: str = ""
    delimiter: str = ""
    warnings: list[str] = field(default_factory=list)


def read_table(
    source: bytes | str | Path,
    filename: str = "",
    known: Callable[[str], bool] | None = None,
    default_header: Sequence[str] = (),
) -> Table:
    """Read a table from a path or from bytes.

    `known` says whether a heading is one the reader of the table understands; the row with the most of them is the header.
    Without it the header is guessed by shape. `default_header` serves files that have none.
    """
    data = _load(source)
    name = filename or (str(source) if not isinstance(source, bytes) else "")
    understood = known or set(default_header).__contains__
    read = _read(data, name, understood)
    rows = [cells for _, cells in read.lines]
    at = find_header(rows, understood)
    if at is None and known is None and not default_header:
        at = guess_header(rows)
    if at is None and not default_header:
        raise NoHeader("找不到標題列：檔案裡沒有認得的欄名。請保留欄名那一列（例如學號、姓名），或使用本系統的範本。")
    return _table(read, at, tuple(default_header))


def _load(source: bytes | str | Path) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise TableError(f"無法讀取檔案「{Path(source).name}」，請確認檔案存在而且可以開啟。") from error
    if not data:
        raise TableError("檔案是空的。")
    if len(data) > MAX_BYTES:
        raise TableError(f"檔案超過 {MAX_BYTES // 1024 // 1024} MB，請分成幾個檔案再匯入。")
    return data


def _read(data: bytes, filename: str, known: Callable[[str], bool]) -> _Source:
    """By what the bytes are; the file's name only tells .txt from .csv."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, sentence in _FOREIGN:
        if data.startswith(mark):
            raise TableError(sentence)
    if start.startswith(_MARKUP):
        raise TableError("這是網頁或 XML 檔（有些系統匯出的 .xls 其實是網頁）。請用 Excel 開啟後另存成 .xlsx 再匯入。")
    if data.startswith(b"PK"):
        sheets, warnings = read_workbook(data)
        return _choose(sheets, known, warnings)
    lines, encoding, delimiter = read_text(data, known)
    if not lines:
        raise TableError("檔案裡沒有任何資料。")
    return _Source("txt" if filename.lower().endswith(".txt") else "csv", encoding, lines, delimiter=delimiter)


def _choose(sheets: list[Sheet], known: Callable[[str], bool], warnings: list[str]) -> _Source:
    """The sheet whose header is best understood, the first of equals; the others are named, never dropped in silence."""
    if not sheets:
        raise TableError("活頁簿裡沒有任何資料。")
    best = max(sheets, key=lambda sheet: best_header([cells for _, cells in sheet.lines[:HEADER_SEARCH]], known)[0])
    others = [sheet.name for sheet in sheets if sheet is not best]
    if others:
        warnings = [
            *warnings,
            f"只讀取工作表「{best.name}」；{'、'.join(f'「{name}」' for name in others)}未讀取，需要時請另存後再匯入。",
        ]
    return _Source("xlsx", "utf-8", best.lines, sheet=best.name, warnings=warnings)


def _table(read: _Source, at: int | None, default: tuple[str, ...]) -> Table:
    """The rows under the header, with what is odd said."""
    headings = default if at is None else read.lines[at][1]
    header, repeated = distinct(headings)
    printed = tuple(map(tidy, headings))
    rows: list[Row] = []
    skipped: list[Row] = []
    begin = 0 if at is None else at + 1
    for line, cells in islice(read.lines, begin, None):
        row = _row(line, cells, header, read.encoding)
        again = len(cells) == len(printed) and tuple(map(tidy, cells)) == printed
        (skipped if again or is_total(cells) else rows).append(row)
    check_size(len(rows), len(header))
    return Table(
        encoding=read.encoding,
        format=read.format,
        header=header,
        header_line=0 if at is None else read.lines[at][0],
        rows=rows,
        skipped=skipped,
        warnings=[*read.warnings, *_warnings(header, repeated, rows, read)],
        sheet=read.sheet,
        delimiter=read.delimiter,
        titles=tuple(" ".join(filter(None, map(str.strip, cells))) for _, cells in read.lines[: begin and begin - 1]),
    )


def _row(line: int, cells: tuple[str, ...], header: tuple[str, ...], encoding: str) -> Row:
    raw = cells + ("",) * (len(header) - len(cells))
    remarks = []
    if any(cell.strip() for cell in raw[len(header) :]):
        remarks.append(f"比標題列多出 {len(raw) - len(header)} 格，可能是格內的逗號沒有用雙引號括住，請核對各欄是否移位")
    if any(DAMAGED in cell for cell in raw):
        remarks.append(f"有無法辨識的字元（顯示為 {DAMAGED}），請核對並改成正確的字")
    elif encoding == "big5hkscs" and not in_cp950("".join(raw)):
        remarks.append("有 Big5 擴充字（造字區），請核對是否為正確的字")
    named = {heading: cell for heading, cell in zip(header, raw, strict=False) if heading}
    return Row(line, named, raw, tuple(remarks))


def _warnings(header: tuple[str, ...], repeated: list[str], rows: list[Row], read: _Source) -> list[str]:
    found = []
    unit = "列" if read.format == "xlsx" else "行"
    if repeated:
        found.append(f"欄名重複：{'、'.join(repeated)}。後面的欄改稱「{repeated[0]} (2)」，請確認是否該刪除。")
    nameless = [at + 1 for at, heading in enumerate(header) if not heading and any(row.raw[at].strip() for row in rows)]
    if nameless:
        found.append(f"{listed(nameless, '欄')}有資料但沒有欄名，未讀取。")
    damaged = [row.line for row in rows if any(DAMAGED in cell for cell in row.raw)]
    if damaged or any(DAMAGED in heading for heading in header):
        where = listed(damaged, unit) if damaged else "標題列"
        found.append(f"{where}有無法辨識的字元，已改為 {DAMAGED}。")
    return found
