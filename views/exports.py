"""Exports: the filtered set as CSV or XLSX, streamed, only what the person may see, and an event before the first byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from flask import Response, send_file
from sqlalchemy import Engine, literal
from werkzeug.exceptions import Conflict

from admin_app import audit, clock
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column, formatter, guard, sees
from admin_app.grid.query import GridQuery
from admin_app.policy import unmasked
from admin_app.services.codes import CodeBook
from admin_app.services.exporting import attachment_headers, csv_stream, xlsx_file
from admin_app.terms import Term

KINDS = ("xlsx", "csv")
MOST_ROWS = 200_000
CHUNK = 1_000
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def respond(kind: str, query: GridQuery, by: Actor, book: CodeBook, zh: str, term: Term | None) -> Response:
    """The export as a download. The event is committed first: there is no file without its trace."""
    total = db.session.scalar(query.count()) or 0
    if total > MOST_ROWS:
        raise Conflict(f"共 {total:,} 筆，一次最多匯出 {MOST_ROWS:,} 筆；請先用學期或篩選縮小範圍。")
    name = f"{zh}_{term.zh.replace(' ', '') if term else '全部'}_{clock.today():%Y%m%d}.{kind}"
    kind_of_record = str(query.model.__tablename__)
    audit.track(db.session, "export", kind_of_record, note=f"{kind.upper()} {total} 筆", 筆數=total, 條件=_conditions(query))
    db.session.commit()
    header = [each.zh for each in query.columns]
    rows = _rows(db.engine, query, by, book)
    if kind == "csv":
        return Response(csv_stream(header, rows), content_type=CSV_TYPE, headers=attachment_headers(name))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - sending it closes it
    xlsx_file(header, rows, zh, file)
    file.seek(0)
    response = send_file(file, mimetype=XLSX_TYPE)
    response.headers.update(attachment_headers(name))
    return response


def _conditions(query: GridQuery) -> str:
    """What was asked for, without any value that may be personal."""
    return "、".join([f"{each.column.zh} {each.op}" for each in query.filters] + (["搜尋"] if query.search else []))


def _rows(engine: Engine, query: GridQuery, by: Actor, book: CodeBook) -> Iterator[Sequence[Any]]:
    """Typed values row by row, read in chunks on a connection of their own; they are sent after the request's context is gone."""
    secret = [(number, each) for number, each in enumerate(query.columns) if each.sensitive]
    allowed = {each.owner.__subject__: unmasked(by, each.owner.__subject__) for _, each in secret}
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
