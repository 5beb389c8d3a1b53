"""Finding the header among titles and blank lines, and telling data from totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from admin_app.services.tabular.table import HEADER_SEARCH

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[\d\s./:,%-]+")
_TOTAL = re.compile(
    r"(合計|總計|小計|共計|總數|總和|總人數|總筆數|合計人數)[:：]?[\s\d,]*([人名位筆列門班件項]次?)?"
    r"|(以上|總|合計)?共計?[:：]?\s*[\d,]+\s*[人名位筆列門班件項]次?"
    r"|[-—─*＊~～\s]*以[下上]空白[-—─*＊~～\s]*"
    r"|(列印|製表|產生)(日期|時間)\s*[:：].*"
)


def tidy(text: str) -> str:
    """A heading as it is compared and shown: no invisible characters; spaces only justify 中文, so 姓　名 is 姓名."""
    seen = _INVISIBLE.sub("", text)
    return _SPACE.sub(" " if seen.isascii() else "", seen).strip()


def recognised(cells: Sequence[str], known: Callable[[str], bool]) -> int:
    """How many different headings of a line are known."""
    return sum(1 for heading in {tidy(cell) for cell in cells} if heading and known(heading))


def best_header(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> tuple[int, int | None]:
    """How many headings the best row has, and its place. A row with one counts only if that stands alone."""
    best, place = 0, None
    for at, cells in enumerate(rows[:HEADER_SEARCH]):
        count = recognised(cells, known)
        alone = count == 1 and sum(1 for cell in cells if cell.strip()) == 1
        if count > best and (count > 1 or alone):
            best, place = count, at
    return best, place


def find_header(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> int | None:
    """The place of the row with the most known headings, None when no row can be a header."""
    return best_header(rows, known)[1]


def guess_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Without known headings: the first row about as wide as the table, that holds no numbers."""
    filled = [[cell for cell in cells if cell.strip()] for cells in rows[:HEADER_SEARCH]]
    widest = max((len(cells) for cells in filled), default=0)
    for at, cells in enumerate(filled):
        if cells and len(cells) * 2 >= widest and len(cells) >= min(2, widest) and not any(map(_NUMBER.fullmatch, cells)):
            return at
    return next((at for at, cells in enumerate(filled) if cells), None)


def distinct(cells: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The headings, each once: a second 備註 becomes 備註 (2). Also which were repeated."""
    seen: dict[str, int] = {}
    header: list[str] = []
    repeated: list[str] = []
    for cell in cells:
        heading = tidy(cell)
        if heading:
            seen[heading] = seen.get(heading, 0) + 1
            if seen[heading] > 1:
                repeated.append(heading)
                heading = f"{heading} ({seen[heading]})"
        header.append(heading)
    return tuple(header), repeated


def is_total(cells: Sequence[str]) -> bool:
    """Whether a line closes the table instead of holding data: 合計, 共 261 人, 以下空白."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return _TOTAL.fullmatch(first) is not None
