"""A copy for the person: a ZIP of JSON and CSV with a page that says what is in it, written while it is sent."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.rulebook import Rulebook
from admin_app.services.exporting import csv_stream
from admin_app.services.personal import holdings, reading, seen
from admin_app.services.personal.holdings import Holding
from admin_app.services.personal.people import Person, account_of, whose
from models.values.roc import format_roc

SEEN = "誰看過或改過"
FILES = "檔案"
SUMS = "SHA256SUMS.txt"
INDEX = "說明.html"
MOST_SEEN = 20_000
PAGE = 500


@dataclass(frozen=True)
class Cover:
    """What the copy says of itself. `lines`: (label, text)."""

    title: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Attached:
    """A file the person handed in. `path`: where in the archive; `blocks` is opened when its turn comes."""

    path: str
    receipt_no: str
    received_at: str
    size: int
    sha256: str
    blocks: Callable[[], Iterable[bytes]]


Attaching = Callable[[Session], Sequence[Attached]]
"""Asked for the files when their turn comes."""


class _Pipe(io.RawIOBase):
    """Where the archive is written to: what came since the last look."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.length

    def write(self, data: object) -> int:
        block = bytes(data)  # type: ignore[call-overload]
        self.waiting.append(block)
        self.length += len(block)
        return len(block)

    def taken(self) -> bytes:
        found, self.waiting = b"".join(self.waiting), []
        return found


def archive(
    engine: Engine,
    model: type[Person],
    number: int,
    rulebook: Rulebook,
    cover: Cover,
    attached: Attaching,
) -> Iterator[bytes]:
    """The ZIP in blocks, read on a connection of its own: it is sent after the request's context is gone."""
    pipe = _Pipe()
    with Session(engine) as session, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        person: Person = session.get_one(model, number)  # type: ignore[assignment]
        found = holdings.of(session, person)
        told = holdings.told(found)
        for _ in _files(session, packed, person, found, rulebook):
            yield pipe.taken()
        files = list(attached(session))
        missing: list[str] = []
        for each in files:
            yield from _attach(packed, pipe, each, missing)
        packed.writestr(SUMS, sums(files, missing))
        packed.writestr(INDEX, index(cover, told, holdings.handled(found), files, missing))
    yield pipe.taken()


def _attach(packed: zipfile.ZipFile, pipe: _Pipe, each: Attached, missing: list[str]) -> Iterator[bytes]:
    """One file, block by block: memory stays flat whatever its size. One that cannot be read is named, and the rest goes on."""
    entry = zipfile.ZipInfo(each.path, ENTRY_DATE)
    entry.compress_type = zipfile.ZIP_STORED  # pictures and sound are packed already
    digest = hashlib.sha256()
    try:
        blocks = iter(each.blocks())
        first = next(blocks, b"")
    except OSError:
        missing.append(each.path)
        return
    with packed.open(entry, "w", force_zip64=each.size >= FOUR_GB) as file:
        for block in chain((first,), blocks):
            digest.update(block)
            file.write(block)
            yield pipe.taken()
    if digest.hexdigest() != each.sha256:
        missing.append(each.path)


def sums(files: Sequence[Attached], missing: Sequence[str]) -> str:
    """What `sha256sum -c` reads: the digest each file had when it was received."""
    return "".join(f"{each.sha256}  {each.path}\n" for each in files if each.path not in missing)


def _files(
    session: Session, packed: zipfile.ZipFile, person: Person, found: Sequence[Holding], rulebook: Rulebook
) -> Iterator[None]:
    for number, each in enumerate(holdings.told(found), start=1):
        sheet = reading.sheet(each)
        with packed.open(f"{file_name(number, each)}.csv", "w") as file:
            for block in csv_stream(sheet.header, reading.rows(session, sheet, whose=whose(person), full=True)):
                file.write(block)
                yield
        with packed.open(f"{file_name(number, each)}.json", "w") as file:
            for block in _json(sheet.header, reading.rows(session, sheet, whose=whose(person), full=True)):
                file.write(block)
                yield
    with packed.open(f"{SEEN}.csv", "w") as file:
        for block in csv_stream(("時間", "職務", "動作", "資料"), _seen(session, person, found, rulebook)):
            file.write(block)
            yield


def file_name(number: int, each: Holding) -> str:
    """`03 修課成績`; what it is known as is added where the same kind comes twice."""
    way = f"（{each.way_zh}）" if each.way_zh else ""
    return f"{number:02d} {each.zh}{way}".replace("/", "／")


def _json(header: Sequence[str], rows: Iterator[list[str]]) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(rows):
        text = json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False)
        yield ((",\n" if number else "\n") + text).encode()
    yield b"\n]\n"


def _seen(session: Session, person: Person, found: Sequence[Holding], rulebook: Rulebook) -> Iterator[tuple[str, str, str, str]]:
    stmt, own, after, left = seen.events(session, person, found), account_of(session, person), None, MOST_SEEN
    while left > 0:
        entries, after = seen.glances(session, stmt, rulebook, own, after, PAGE)
        yield from ((each.at, each.office, each.act, each.zh) for each in entries)
        left -= PAGE
        if after is None:
            return


def index(
    cover: Cover,
    told: Sequence[Holding],
    handled: Sequence[Holding],
    attached: Sequence[Attached] = (),
    missing: Sequence[str] = (),
) -> str:
    """A page that opens in any browser, without script or style."""
    lines = "".join(f"<dt>{html.escape(zh)}</dt><dd>{html.escape(text)}</dd>" for zh, text in cover.lines)
    files = "".join(
        f"<tr><td>{html.escape(file_name(number, each))}（.csv、.json）</td><td>{each.number:,}</td></tr>"
        for number, each in enumerate(told, start=1)
    )
    others = "".join(
        f"<tr><td>{html.escape(each.zh)}（{html.escape(each.way_zh or HANDLED)}）</td><td>{each.number:,}</td></tr>"
        for each in handled
    )
    return PAGE_HTML.format(
        title=html.escape(cover.title),
        lines=lines,
        files=files,
        attached=_attached_rows(attached, missing),
        others=others or NO_OTHERS,
        seen=SEEN,
        sums=SUMS,
    )


def _attached_rows(attached: Sequence[Attached], missing: Sequence[str]) -> str:
    rows = (
        f'<tr><td><a href="{html.escape(quote(each.path))}">{html.escape(each.path)}</a>'
        f"{DAMAGED if each.path in missing else ''}</td>"
        f"<td>{html.escape(each.received_at)}</td><td>{html.escape(each.receipt_no)}</td>"
        f"<td>{each.size:,}</td><td><code>{each.sha256}</code></td></tr>"
        for each in attached
    )
    return "".join(rows) or NO_FILES


HANDLED = "經手"
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
FOUR_GB = 2**32 - 1
DAMAGED = "（讀不出來或與收檔時不同，請洽學校）"
NO_FILES = '<tr><td colspan="5">沒有上傳過檔案</td></tr>'
NO_OTHERS = "<tr><td>沒有</td><td>0</td></tr>"
PAGE_HTML = """<!doctype html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1>
<dl>{lines}</dl>
<h2>資料</h2>
<p>每一種資料各有一個 CSV（試算表可開）與一個 JSON（供程式讀取），內容相同。</p>
<table border="1"><tr><th>資料</th><th>筆數</th></tr>{files}</table>
<h2>上傳的檔案</h2>
<p>與收檔時逐位元組相同；「{sums}」可用 sha256sum -c 核對。</p>
<table border="1"><tr><th>檔案</th><th>收檔時間</th><th>收檔憑證號</th><th>位元組</th><th>SHA-256</th></tr>{attached}</table>
<p>「{seen}.csv」列出這些資料由哪些職務看過或改過；標「可能包含」的是整批匯出，當時的檔案可能含有本人資料。</p>
<h2>以職務經手、屬於他人的資料（只列筆數，不附內容）</h2>
<table border="1"><tr><th>資料</th><th>筆數</th></tr>{others}</table>
</body></html>
"""


def cover_for(title: str, *, applicant: str, purpose: str, by: str, on: object, code: str) -> Cover:
    """The lines every copy has."""
    when = f"{format_roc(on.date())} {on:%H:%M}"  # type: ignore[attr-defined]
    return Cover(title, [("申請人", applicant), ("依據與用途", purpose), ("提供者", by), ("提供時間", when), ("請求代碼", code)])
