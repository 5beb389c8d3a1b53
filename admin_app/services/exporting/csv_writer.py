"""CSV that streams: UTF-8 with its mark so that Excel shows 中文, CRLF, and about 64 kB at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from admin_app.services.exporting.cells import FIRST, display, is_text, neutralise

CSV_TYPE = "text/csv; charset=utf-8"
CHUNK = 64 * 1024
BATCH = 200
AS_IT_IS = frozenset({int, type(None)})
"""What `csv` writes just as `display` would."""


def _cell(value: object) -> str:
    text = display(value)
    return neutralise(text) if is_text(value) else text


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file in blocks; the next rows are taken only when the block before was handed on."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    waiting = iter(rows)
    mark = codecs.BOM_UTF8
    while batch := list(islice(waiting, BATCH)):
        # Nearly every cell is an ordinary text: it is passed on after one look at its first character.
        writer.writerows(
            [
                value
                if ((kind := value.__class__) is str and value[:1] not in FIRST) or kind in AS_IT_IS  # type: ignore[index]
                else _cell(value)
                for value in row
            ]
            for row in batch
        )
        if buffer.tell() >= CHUNK // 2:
            yield mark + buffer.getvalue().encode("utf-8", "replace")
            mark = b""
            buffer.seek(0)
            buffer.truncate()
    yield mark + buffer.getvalue().encode("utf-8", "replace")
