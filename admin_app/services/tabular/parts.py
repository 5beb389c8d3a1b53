"""Looks through one XML part of a workbook, element by element, and stops at the first that is too much.

Every cell of an import passes here, so the handlers are kept short and are looked up by the element's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from admin_app.services.tabular.table import HEADER_SEARCH, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TableError

MAX_ELEMENTS = 6_000_000
MAX_CELL_TEXT = 32_767
MAX_LISTED = 20
DIGITS = "0123456789"
_LETTERS = re.compile(r"[A-Za-z]{1,3}")

Attributes = dict[str, str]
Handler = Callable[[str, Attributes], None]


def column_number(letters: str) -> int:
    """A → 1, XFD → 16384."""
    if not _LETTERS.fullmatch(letters):
        raise ValueError("cell reference")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class PartScan:
    """Counts the elements of a part; where it is a sheet, follows where its filled cells lie and which texts they show."""

    def __init__(self, elements: int = 0) -> None:
        self.elements = elements
        self.strings: list[int] = []
        self.uses: list[int] = []
        self.errors: list[str] = []
        self._row = self._column = self._last_row = self._last_column = 0
        self._kind: str | None = None
        self._until: str | None = None
        self._text: list[str] = []
        self._columns: dict[str, int] = {}
        self._handlers: dict[str, Handler] = {}
        self._by_local = {
            "c": self._cell, "v": self._value, "is": self._filled, "f": self._filled, "row": self._begin_row, "si": self._shared,
        }  # fmt: skip
        # Sheets are UTF-8; a part that claims otherwise would be read differently by the program that opens it next.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, block: bytes) -> None:
        if b"\0" in block:
            raise ValueError("not UTF-8")
        self._parser.Parse(block, False)
        if self.elements > MAX_ELEMENTS:
            raise TableError("這個 Excel 檔的內容太多，不予讀取。請只留下要匯入的工作表，或另存成 CSV（UTF-8）。")

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise TableError("這個 Excel 檔內含不合規定的宣告，可能遭竄改，不予讀取。")

    def _start(self, name: str, attributes: Attributes) -> None:
        self.elements += 1
        handler = self._handlers.get(name)
        if handler is None:
            handler = self._handlers[name] = self._by_local.get(name.rpartition(":")[2], self._ignore)
        handler(name, attributes)

    def _ignore(self, name: str, attributes: Attributes) -> None:
        """Everything but cells and their texts."""

    def _begin_row(self, name: str, attributes: Attributes) -> None:
        number = attributes.get("r")
        self._row = self._row + 1 if number is None else int(number)
        self._column = 0

    def _cell(self, name: str, attributes: Attributes) -> None:
        """Where this cell lies: its own reference, else the place after the cell before."""
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip(DIGITS)
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_number(letters)
            self._column, self._row = column, int(reference[len(letters) :])
        self._kind = attributes.get("t", "")

    def _filled(self, name: str, attributes: Attributes) -> None:
        """Only cells that hold something count: a format painted down a whole column does no harm."""
        if self._kind is not None and (self._row > self._last_row or self._column > self._last_column):
            self._reach()

    def _reach(self) -> None:
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        too_far = self._last_row > MAX_ROWS + HEADER_SEARCH or self._last_column > MAX_COLUMNS
        if too_far or self._last_row * self._last_column > MAX_CELLS:
            raise TableError(
                f"第 {self._row} 列第 {self._column} 欄的儲存格超出可讀取的範圍（最多 {MAX_ROWS:,} 列、{MAX_COLUMNS} 欄、"
                f"共 {MAX_CELLS:,} 格）。請刪除資料以外的列與欄後另存，或分成幾個檔案再匯入。"
            )

    def _value(self, name: str, attributes: Attributes) -> None:
        self._filled(name, attributes)
        if self._kind == "s" or self._kind == "e":
            self._until, self._text = name, []

    def _shared(self, name: str, attributes: Attributes) -> None:
        self._kind = None
        self._until, self._text = name, []

    def _characters(self, text: str) -> None:
        if self._until is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        """A shared text has ended, or a cell that names one (or an error) has."""
        if name != self._until:
            return
        self._until = None
        text = "".join(self._text)
        if self._kind == "s":
            self.uses.append(int(text))
        elif self._kind == "e":
            if len(self.errors) < MAX_LISTED:
                self.errors.append(f"第 {self._row} 列第 {self._column} 欄（{text[:10]}）")
        else:
            self._end_shared(len(text))

    def _end_shared(self, length: int) -> None:
        if length > MAX_CELL_TEXT * 2:
            raise TableError(f"有一格的文字超過 {MAX_CELL_TEXT:,} 字，不予讀取。")
        self.strings.append(length)
