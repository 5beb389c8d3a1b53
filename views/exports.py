"""Exports: the filtered set as CSV or XLSX, streamed, only what the person may see, for a stated purpose, and an event before the
first byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, send_file
from sqlalchemy import Engine, literal
from werkzeug.exceptions import Conflict

from admin_app import audit, clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column, formatter, guard, sees
from admin_app.grid.query import GridQuery
from admin_app.policy import unmasked
from admin_app.services.codes import CodeBook
from admin_app.services.exporting import attachment_headers, csv_stream, xlsx_file
from admin_app.terms import Term
from models.people import Account, Guardian, Staff, Student
from models.values.roc import format_roc
from models.verbs import ExportPurpose, Verb

KINDS = {"xlsx": "Excel 活頁簿（XLSX）", "csv": "CSV（UTF-8）"}
MOST_ROWS = 200_000
LONGEST_NOTE = 100
CHUNK = 1_000
EXPLAINED = "匯出說明"
NAMES_SOMEBODY = {"name", "student_no", "username", "email", "code", "seat_no"}
PEOPLE = (Account, Guardian, Staff, Student)
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody says a file is for. `full`: with sensitive columns in full."""

    purpose: ExportPurpose
    note: str = ""
    full: bool = False

    @property
    def zh(self) -> str:
        return f"{self.purpose.zh}：{self.note}" if self.note else self.purpose.zh


def read_stated(form: Mapping[str, str]) -> tuple[Stated | None, list[dict[str, str]]]:
    """The purpose a form states, or what is missing."""
    purpose = ExportPurpose.__members__.get(form.get("purpose", ""))
    note = " ".join(form.get("purpose_note", "").split())
    if purpose is None:
        return None, [{"id": "purpose", "label": "用途", "text": "請選擇這次匯出的用途"}]
    if purpose is ExportPurpose.other and not note:
        return None, [{"id": "purpose_note", "label": "用途說明", "text": "用途選「其他」時，請寫明用在哪裡"}]
    if len(note) > LONGEST_NOTE:
        return None, [{"id": "purpose_note", "label": "用途說明", "text": f"最多 {LONGEST_NOTE} 個字"}]
    return Stated(purpose, note, form.get("full") == "1"), []


def respond(kind: str, query: GridQuery, by: Actor, book: CodeBook, zh: str, term: Term | None, stated: Stated) -> Response:
    """The export as a download. The event is committed first: there is no file without its trace."""
    total = count(query)
    name = f"{zh}_{term.zh.replace(' ', '') if term else '全部'}_{clock.today():%Y%m%d}.{kind}"
    _track(kind, query, total, stated)
    header = [each.zh for each in query.columns]
    rows = _rows(db.engine, query, by, book, full=stated.full)
    if kind == "csv":
        return Response(csv_stream(header, rows), content_type=CSV_TYPE, headers=attachment_headers(name))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - sending it closes it
    xlsx_file(header, rows, zh, file, explained(by, stated, total), notes_sheet=EXPLAINED)
    file.seek(0)
    response = send_file(file, mimetype=XLSX_TYPE)
    response.headers.update(attachment_headers(name))
    return response


def count(query: GridQuery) -> int:
    """How many rows would leave; refused when they are too many for a file."""
    total = db.session.scalar(query.count()) or 0
    if total > MOST_ROWS:
        raise Conflict(f"共 {total:,} 筆，一次最多匯出 {MOST_ROWS:,} 筆；請先用學期或篩選縮小範圍。")
    return total


def explained(by: Actor, stated: Stated, total: int) -> list[tuple[str, str]]:
    """What the second sheet of a workbook says of itself."""
    now = clock.now()
    return [
        ("匯出者", f"{by.name}（{by.posts_zh}）"),
        ("匯出時間", f"{format_roc(now.date())} {now:%H:%M}"),
        ("用途", stated.zh),
        ("筆數", f"{total:,}"),
        ("個資", "含完整個資，用畢請刪除" if stated.full else "個資欄位已遮罩"),
        ("請求代碼", identity.request_id()),
    ]


def _track(kind: str, query: GridQuery, total: int, stated: Stated) -> None:
    audit.track(
        db.session,
        Verb.export.name,
        str(query.model.__tablename__),
        note=f"{kind.upper()} {total} 筆，用途：{stated.zh}",
        筆數=total,
        條件=_conditions(query),
        欄位="、".join(each.zh for each in query.columns),
        用途=stated.zh,
        完整個資=stated.full,
    )
    db.session.commit()


def _conditions(query: GridQuery) -> str:
    """What was asked for, without any value that may be personal."""
    return "、".join([f"{each.column.zh} {each.op}" for each in query.filters] + (["搜尋"] if query.search else []))


def _rows(engine: Engine, query: GridQuery, by: Actor, book: CodeBook, *, full: bool) -> Iterator[Sequence[Any]]:
    """Typed values row by row, read in chunks on a connection of their own; they are sent after the request's context is gone."""
    secret = [(number, each) for number, each in enumerate(query.columns) if each.sensitive]
    allowed = {each.owner.__subject__: unmasked(by, each.owner.__subject__) for _, each in secret} if full else {}
    written = [(number, writer) for number, each in enumerate(query.columns) if (writer := _value_writer(each, book))]
    query.extra = [getattr(query.model, "division", literal(None))] if secret else []
    first = 1 + len(query.extra)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=CHUNK).execute(query.rows()):
            values = list(row[first:])
            for number, each in secret:
                if not sees(each.owner.__subject__, row[1], allowed):
                    values[number] = guard(each, values[number])
            for number, write in written:
                values[number] = write(values[number])
            yield values


def _value_writer(each: Column, book: CodeBook) -> Callable[[Any], Any] | None:
    """None where the stored value is exported as it is."""
    return cache(formatter(each, book.name)) if each.codes else None


def is_personal(each: Column) -> bool:
    """Whether a column tells who somebody is."""
    return each.sensitive or (each.attribute in NAMES_SOMEBODY and each.owner in PEOPLE)
