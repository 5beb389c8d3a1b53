"""A file arrives: it is read once, its columns are recognised, and a person may correct what each heading means."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.services.importing.batches.keeping import COLUMNS, Store
from admin_app.services.importing.columns import MEND, Column, plain
from admin_app.services.importing.kind import UNSHOWN, Kind
from admin_app.services.importing.kinds import find_kind
from admin_app.services.importing.links import links_of
from admin_app.services.importing.planning import refuse_early
from admin_app.services.tabular import NoHeader, Table, TableError, read_table
from admin_app.terms import Term
from models.import_batch import ImportBatch, ImportState
from models.values.identity import mask, normalise_id_number
from models.values.text import tidy

SAMPLES = 3
"""How many different cells stand for a column."""
LONGEST_SAMPLE = 24
OF_A_TERM = frozenset({"semester", "school_class", "school_year"})
_ID_NUMBER = re.compile(r"[A-Z][A-D0-9][0-9]{8}")


@dataclass(frozen=True)
class Upload:
    """What a person brought."""

    kind: Kind
    filename: str
    data: bytes
    term: Term | None = None


def needs_term(kind: Kind) -> bool:
    """Whether it matters which semester the rows go into."""
    return bool(OF_A_TERM & set(links_of(kind.model)))


def receive(session: Session, store: Store, upload: Upload, *, by: Actor, now: dt.datetime) -> ImportBatch:
    """Keep the file and recognise its columns; the caller commits. Raises TableError for a file that cannot be read."""
    table = read_upload(upload.kind, upload.data, upload.filename)
    if not table.rows:
        raise TableError("檔案裡只有標題，沒有任何資料列。請確認檔案內容後再上傳。")
    term_id = upload.term.id if upload.term else None
    refuse_early(session, upload.kind, table, on=now.date(), semester_id=term_id, filename=upload.filename)
    batch = ImportBatch(
        account_id=by.account_id,
        kind=upload.kind.name,
        semester_id=term_id,
        filename=upload.filename[-200:],
        digest=store.keep_upload(upload.data),
        size=len(upload.data),
        rows=len(table.rows),
        mapping=json.dumps(recognised(upload.kind, table), ensure_ascii=False),
        uploaded_at=now,
    )
    session.add(batch)
    session.flush()
    store.keep(batch, COLUMNS, described(upload.kind, table))
    return batch


def read_upload(kind: Kind, data: bytes, filename: str) -> Table:
    """The file as a table; where no heading is known the header is guessed by its shape, for a person to say what it means."""
    try:
        return read_table(data, filename, known=kind.headings.knows, default_header=kind.header)
    except NoHeader:
        return read_table(data, filename)


def recognised(kind: Kind, table: Table) -> dict[str, str]:
    """Heading → column name; empty where nothing is recognised."""
    used, _ = kind.headings.guess(table.header)
    return {heading: used[heading].name if heading in used else "" for heading in table.header if heading}


def choose_columns(batch: ImportBatch, chosen: Mapping[str, str]) -> None:
    """Take what a person says each heading means. Raises TableError when that leaves out or repeats what it must not."""
    kind = find_kind(batch.kind)
    mapping = {heading: chosen.get(heading, name) for heading, name in chosen_columns(batch).items()}
    kind.headings.choose(tuple(mapping), mapping)
    batch.mapping = json.dumps(mapping, ensure_ascii=False)
    batch.state, batch.problem = ImportState.uploaded, ""


def chosen_columns(batch: ImportBatch) -> dict[str, str]:
    """Heading → column name, as it stands."""
    found: dict[str, str] = json.loads(batch.mapping)
    return found


def choices(kind: Kind) -> list[tuple[str, str]]:
    """What a heading may be said to mean: (column name, 中文), those of the template first."""
    named = [column for column in kind.columns if column.attr or column.in_template]
    ordered = sorted(named, key=lambda column: not column.in_template)
    zh = [column.zh for column in ordered]
    return [(column.name, column.zh if zh.count(column.zh) == 1 else f"{column.zh}（{column.form}）") for column in ordered]


def described(kind: Kind, table: Table) -> dict[str, Any]:
    """The file as the page about its columns shows it. A cell that may be personal is masked."""
    used, notes = kind.headings.guess(table.header)
    return {
        "format": table.format,
        "encoding": table.encoding,
        "sheet": table.sheet,
        "titles": [title for title in table.titles if title],
        "header_line": table.header_line,
        "rows": len(table.rows),
        "skipped": len(table.skipped),
        "notes": [*map(str, notes), *table.warnings],
        "headings": [
            {"heading": heading, "samples": list(_samples(table, heading, used.get(heading)))}
            for heading in table.header
            if heading and plain(heading) != plain(MEND)
        ],
    }


def _samples(table: Table, heading: str, column: Column | None) -> Iterator[str]:
    seen: set[str] = set()
    for row in table.rows:
        text = tidy(row.cells.get(heading, ""))
        if text and text not in seen:
            seen.add(text)
            yield _shown(text, column)
        if len(seen) == SAMPLES or (column is not None and column.sensitive and seen):
            return


def _shown(text: str, column: Column | None) -> str:
    number = normalise_id_number(text)
    if (column is not None and column.secret) or _ID_NUMBER.fullmatch(number):
        return mask(number)
    if column is not None and column.sensitive:
        return UNSHOWN
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}…"
