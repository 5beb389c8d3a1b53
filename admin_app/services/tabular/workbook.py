"""XLSX tables: the cells of every visible sheet as the text a person sees, opened only after the archive was checked."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from admin_app.services.tabular.archive import check_xlsx
from admin_app.services.tabular.table import MAX_CELLS, Line, TableError

MAX_SHEETS = 50


@dataclass(frozen=True)
class Sheet:
    """A sheet with its filled lines."""

    name: str
    lines: list[Line]


def cell_text(value: object) -> str:
    """11550001.0 is a student number, not a decimal; dates are ISO; TRUE and FALSE as Excel shows them."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return _number(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
        case dt.date():
            return value.isoformat()
        case dt.time():
            return value.isoformat("minutes" if not value.second else "seconds")
        case dt.timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return ""


def _number(value: float) -> str:
    """Excel keeps 15 significant digits; a person never sees an exponent in a school's list."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}" if abs(value) < 1e300 else str(value)


def _lines(rows: Sequence[Sequence[object]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        cells = [cell_text(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, tuple(cells)


def _sheets(archive: io.BytesIO) -> list[Sheet]:
    """Every visible worksheet. Several sheets may share one part, so the cells are counted again here."""
    found: list[Sheet] = []
    left = MAX_CELLS
    with CalamineWorkbook.from_filelike(archive) as book:
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if len(shown) > MAX_SHEETS:
            raise TableError(f"工作表超過 {MAX_SHEETS} 張，請只留下要匯入的工作表再另存。")
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            left -= sheet.total_height * sheet.total_width
            if left < 0:
                raise TableError(f"各工作表合計超過 {MAX_CELLS:,} 格，請只留下要匯入的工作表再另存。")
            if sheet.start is not None:
                found.append(Sheet(name, list(_lines(sheet.to_python(skip_empty_area=False)))))
    return [sheet for sheet in found if sheet.lines]


def read_workbook(data: bytes) -> tuple[list[Sheet], list[str]]:
    """The visible sheets that hold anything, and warnings."""
    checked = check_xlsx(data)
    try:
        sheets = _sheets(checked.archive)
    except CalamineError as error:
        raise TableError("Excel 檔（.xlsx）已損壞或不完整，請用 Excel 重新另存新檔再匯入。") from error
    warnings = []
    if checked.errors:
        warnings.append(f"有公式錯誤的儲存格讀為空白：{'、'.join(checked.errors)}。請改正公式或直接填入值。")
    return sheets, warnings
