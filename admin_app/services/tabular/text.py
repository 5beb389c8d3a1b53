"""Text tables: which encoding, which delimiter, and the records with the line each begins on."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator

from admin_app.services.tabular.headers import recognised
from admin_app.services.tabular.table import HEADER_SEARCH, Line, TableError, check_size

DAMAGED = "\N{REPLACEMENT CHARACTER}"
DELIMITERS = (",", "\t", ";")
SAMPLE_LINES, SAMPLE_TEXT = 100, 200_000
MAX_LINES = 500_000
NOT_TEXT = "這不是文字檔，也不是 Excel 檔（.xlsx）。請另存成 CSV（UTF-8）或 .xlsx 再匯入。"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _big5_character(error: UnicodeError) -> tuple[str, int]:
    """One character CP950 lacks: taken from the Hong Kong set where that has it, else marked as damaged."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    start = error.start
    pair = error.object[start : start + 2]
    two = len(pair) == 2 and 0x81 <= pair[0] <= 0xFE and (0x40 <= pair[1] <= 0x7E or 0xA1 <= pair[1] <= 0xFE)
    if not two:
        return DAMAGED, start + 1
    try:
        return pair.decode("big5hkscs"), start + 2
    except UnicodeDecodeError:
        return DAMAGED, start + 2


codecs.register_error("portfolio.big5", _big5_character)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding. Bytes that mean nothing become U+FFFD."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").replace("\0", DAMAGED), encoding
    if b"\0" in data[:4096]:
        return _without_mark(data)
    try:
        return data.decode("utf-8").replace("\0", DAMAGED), "utf-8"
    except UnicodeDecodeError:
        return _utf8_or_big5(data)


def _without_mark(data: bytes) -> tuple[str, str]:
    """UTF-16 without its mark: NULs fill one half of every ASCII character, so they stand at odd or at even places."""
    head = data[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) < 3 * min(odd, even) or max(odd, even) * 50 < len(head):
        raise TableError(NOT_TEXT)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return data.decode(encoding, errors="replace").replace("\0", DAMAGED), encoding


def _utf8_or_big5(data: bytes) -> tuple[str, str]:
    """Whichever reads the file with less damage: a UTF-8 file with one bad byte is not a Big5 file."""
    if (data.count(0x80) + data.count(0xFF)) * 4 > len(data):
        raise TableError(NOT_TEXT)
    utf8 = data.decode("utf-8", errors="replace")
    big5 = data.decode("cp950", errors="portfolio.big5")
    if utf8.count(DAMAGED) <= big5.count(DAMAGED):
        return utf8.replace("\0", DAMAGED), "utf-8"
    extended = any(not in_cp950(line) for line in big5.splitlines())
    return big5.replace("\0", DAMAGED), "big5hkscs" if extended else "cp950"


def in_cp950(text: str) -> bool:
    """Whether every character read is one that CP950 itself has."""
    try:
        text.replace(DAMAGED, "?").encode("cp950")
    except UnicodeEncodeError:
        return False
    return True


def find_delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The delimiter that shows the most known headings, then the one that cuts most lines into equally many cells."""
    sample = "".join(line for line, _ in zip(io.StringIO(text, newline=""), range(SAMPLE_LINES), strict=False))[:SAMPLE_TEXT]

    def worth(delimiter: str) -> tuple[int, int, int]:
        try:
            cut = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(row)]
        except csv.Error:
            return 0, 0, 0
        width, lines = Counter(len(row) for row in cut).most_common(1)[0] if cut else (1, 0)
        heading = max((recognised(row, known) for row in cut), default=0)
        return (heading, lines, width) if width > 1 else (heading, 0, 0)

    return max(DELIMITERS, key=worth)


def records(text: str, delimiter: str) -> Iterator[Line]:
    """The records with the line each begins on; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, tuple(cells)
            begins = reader.line_num + 1
            if begins > MAX_LINES:
                raise TableError(f"檔案超過 {MAX_LINES:,} 行，請刪除空白行或分成幾個檔案再匯入。")
    except csv.Error as error:
        raise TableError(_quoting(error, begins, reader.line_num)) from error


def _quoting(error: csv.Error, first: int, last: int) -> str:
    where = f"第 {first} 行" if last <= first else f"第 {first} 行到第 {last} 行"
    if "field larger" in str(error):
        return f"{where}有一格的文字太長，或少了結尾的雙引號，請檢查後再匯入。"
    return f'{where}的雙引號（"）不成對。格內若有雙引號，整格前後要加雙引號，格內的雙引號要寫兩次。'


def read_text(data: bytes, known: Callable[[str], bool]) -> tuple[list[Line], str, str]:
    """All lines that hold anything, with the encoding and the delimiter."""
    text, encoding = decode(data)
    delimiter = find_delimiter(text, known)
    lines: list[Line] = []
    widest = 0
    for line, cells in records(text, delimiter):
        width = next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)
        if width:
            lines.append((line, cells[:width]))
            widest = max(widest, width)
            check_size(len(lines) - HEADER_SEARCH, widest)
    return lines, encoding, delimiter
