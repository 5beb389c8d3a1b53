"""A copy for the person: a ZIP of JSON and CSV with a page that says what is in it, written while it is sent."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.rulebook import Rulebook
from admin_app.services.exporting import csv_stream
from admin_app.services.personal import holdings, reading, seen
from admin_app.services.personal.holdings import Holding
from admin_app.services.personal.people import Person, account_of, whose
from models.values.roc import format_roc

SEEN = "誰看過或改過"
INDEX = "說明.html"
MOST_SEEN = 20_000
PAGE = 500


@dataclass(frozen=True)
class Cover:
    """What the copy says of itself. `lines`: (label, text)."""

    title: str
    lines: Sequence[tuple[str, str]]


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


def archive(engine: Engine, model: type[Person], number: int, rulebook: Rulebook, cover: Cover) -> Iterator[bytes]:
    """The ZIP in blocks, read on a connection of its own: it is sent after the request's context is gone."""
    pipe = _Pipe()
    with Session(engine) as session, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        person: Person = session.get_one(model, number)  # type: ignore[assignment]
        found = holdings.of(session, person)
        told = holdings.told(found)
        for _ in _files(session, packed, person, found, rulebook):
            yield pipe.taken()
        packed.writestr(INDEX, index(cover, told, holdings.handled(found)))
    yield pipe.taken()


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


def index(cover: Cover, told: Sequence[Holding], handled: Sequence[Holding]) -> str:
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
    return PAGE_HTML.format(title=html.escape(cover.title), lines=lines, files=files, others=others or NO_OTHERS, seen=SEEN)


HANDLED = "經手"
NO_OTHERS = "<tr><td>沒有</td><td>0</td></tr>"
PAGE_HTML = """<!doctype html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1>
<dl>{lines}</dl>
<h2>檔案</h2>
<p>每一種資料各有一個 CSV（試算表可開）與一個 JSON（供程式讀取），內容相同。</p>
<table border="1"><tr><th>資料</th><th>筆數</th></tr>{files}</table>
<p>「{seen}.csv」列出這些資料由哪些職務看過或改過；標「可能包含」的是整批匯出，當時的檔案可能含有本人資料。</p>
<h2>以職務經手、屬於他人的資料（只列筆數，不附內容）</h2>
<table border="1"><tr><th>資料</th><th>筆數</th></tr>{others}</table>
</body></html>
"""


def cover_for(title: str, *, applicant: str, purpose: str, by: str, on: object, code: str) -> Cover:
    """The lines every copy has."""
    when = f"{format_roc(on.date())} {on:%H:%M}"  # type: ignore[attr-defined]
    return Cover(title, [("申請人", applicant), ("依據與用途", purpose), ("提供者", by), ("提供時間", when), ("請求代碼", code)])
