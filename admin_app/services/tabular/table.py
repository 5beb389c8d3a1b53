"""What a table file becomes when read, and the limits it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 1_500_000
HEADER_SEARCH = 100
"""The header is looked for in this many lines; lines before it do not count towards MAX_ROWS."""

Line = tuple[int, tuple[str, ...]]
"""A line number, as a person sees it in the file, with the cells of that line."""


class TableError(Exception):
    """A file that cannot be read as a table; the text is for the person who brought it."""


class NoHeader(TableError):
    """No line of the file has a heading that is known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of data. `cells` is by header text; `raw` is the line as it stands; `remarks` say what is odd about it."""

    line: int
    cells: dict[str, str]
    raw: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file read. `header_line` is 0 when the file has no header and the default one was used."""

    encoding: str
    format: str
    header: tuple[str, ...]
    header_line: int
    rows: list[Row]
    skipped: list[Row] = field(default_factory=list)
    """Lines left out on purpose: totals, closing lines, a header printed again on the next page."""
    warnings: list[str] = field(default_factory=list)
    sheet: str = ""
    delimiter: str = ""
    titles: tuple[str, ...] = ()
    """What stands above the header, such as 「115學年度第1學期 學生名冊」, a line each."""


def check_size(rows: int, columns: int) -> None:
    """Refuse a table larger than any school's."""
    if rows > MAX_ROWS:
        raise TableError(f"資料超過 {MAX_ROWS:,} 列，請分成幾個檔案再匯入。")
    if columns > MAX_COLUMNS:
        raise TableError(f"欄位超過 {MAX_COLUMNS} 欄，請刪除用不到的欄位再匯入。")
    if rows * columns > MAX_CELLS:
        raise TableError(f"表格超過 {MAX_CELLS:,} 格（{rows:,} 列 × {columns} 欄），請分成幾個檔案再匯入。")


def listed(lines: Sequence[int], unit: str, most: int = 10) -> str:
    """Places for a sentence: 第 3、8、12 列, or 第 3、8…列等 40 處."""
    text = "、".join(str(line) for line in lines[:most])
    return f"第 {text} {unit}" if len(lines) <= most else f"第 {text}…{unit}等 {len(lines):,} 處"
