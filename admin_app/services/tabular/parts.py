"""Looks through one XML part of a workbook, element by element, and stops at the first that is too much."""

from __future__ import annotations

import re
from collections import Counter
from xml.parsers import expat

from admin_app.services.tabular.table import HEADER_SEARCH, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TableError

MAX_ELEMENTS = 5_000_000
MAX_CELL_TEXT = 32_767
MAX_LISTED = 20
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_DIGITS = re.compile(r"[1-9][0-9]{0,6}")


def column_number(letters: str) -> int:
    """A → 1, XFD → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class PartScan:
    """Counts the elements of a part; where it is a sheet, follows where its filled cells lie and which texts they show."""

    def __init__(self, elements: int = 0) -> None:
        self.elements = elements
        self.strings: list[int] = []
        self.uses: Counter[int] = Counter()
        self.errors: list[str] = []
        self._row = self._column = self._last_row = self._last_column = 0
        self._kind: str | None = None
        self._reference = self._inside = ""
        self._text: list[str] = []
        # Sheets are UTF-8; a part that claims otherwise would be read differently by the program that opens it next.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, block: bytes) -> None:
        self._parser.Parse(block, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise TableError("這個 Excel 檔內含不合規定的宣告，可能遭竄改，不予讀取。")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise TableError("這個 Excel 檔的內容太多，不予讀取。請只留下要匯入的工作表，或另存成 CSV（UTF-8）。")
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes)
        elif local in ("v", "is", "f"):
            if self._kind is not None:
                self._filled()
                if local == "v" and self._kind:
                    self._inside, self._text = local, []
        elif local == "row":
            self._begin_row(attributes.get("r"))
        elif local == "si":
            self._inside, self._text = local, []

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._kind = None
        elif local == self._inside:
            self._inside = ""
            self._finish(local, "".join(self._text))

    def _characters(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def _finish(self, local: str, text: str) -> None:
        """A shared text has ended, or a cell that names one (or an error) has."""
        if local == "si":
            if len(text) > MAX_CELL_TEXT * 2:
                raise TableError(f"有一格的文字超過 {MAX_CELL_TEXT:,} 字，不予讀取。")
            self.strings.append(len(text))
        elif self._kind == "e":
            if len(self.errors) < MAX_LISTED:
                self.errors.append(f"{self._reference}（{text[:10]}）")
        else:
            self.uses[int(text)] += 1

    def _begin_row(self, number: str | None) -> None:
        if number is not None and not _DIGITS.fullmatch(number):
            raise ValueError("row number")
        self._row = int(number) if number else self._row + 1
        self._column = 0

    def _cell(self, attributes: dict[str, str]) -> None:
        """Where this cell lies: its own reference, else the place after the cell before."""
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            reference = f"第 {self._row} 列第 {self._column} 欄"
        else:
            found = _REFERENCE.fullmatch(reference)
            if not found:
                raise ValueError("cell reference")
            self._column, self._row = column_number(found[1]), int(found[2])
        self._reference = reference
        self._kind = {"s": "s", "e": "e"}.get(attributes.get("t", ""), "")

    def _filled(self) -> None:
        """Only cells that hold something count: a format painted down a whole column does no harm."""
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        too_far = self._last_row > MAX_ROWS + HEADER_SEARCH or self._last_column > MAX_COLUMNS
        if too_far or self._last_row * self._last_column > MAX_CELLS:
            raise TableError(
                f"儲存格 {self._reference} 超出可讀取的範圍（最多 {MAX_ROWS:,} 列、{MAX_COLUMNS} 欄、共 {MAX_CELLS:,} 格）。"
                "請刪除資料以外的列與欄後另存，或分成幾個檔案再匯入。"
            )
