"""What a page shows of one outcome or achievement: its state in a word, its files with their receipts, where to go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from werkzeug.exceptions import NotFound

from admin_app import identity
from admin_app.extensions import db
from admin_app.services import evidence, windows
from admin_app.services.windows import Windows
from models.catalogue import ACHIEVEMENTS
from models.evidence import UploadedFile
from models.records.base import StudentRecord
from models.records.learning_outcome import LearningOutcome
from models.values.roc import format_roc
from views import gridpage
from views.details import detail_groups
from views.portfolio import steps

OUTCOME = LearningOutcome.__tablename__
KINDS: dict[str, type[StudentRecord]] = {OUTCOME: LearningOutcome, **{each.__tablename__: each for each in ACHIEVEMENTS}}
TONES = {"returned": "bad", "questioned": "bad", "sent": "blue", "submitted": "blue", "received": "blue", "draft": "plain"}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a record, as the pages name it."""

    id: int
    name: str
    size: int
    kind: str
    is_image: bool
    receipt: str
    received: str
    is_copied: bool
    url: str
    preview: str
    receipt_url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of work."""

    row: Any
    zh: str
    name: str
    state: str
    tone: str
    note: str
    files: Sequence[File]
    steps: Sequence[steps.Offer]
    later: str
    url: str
    edit_url: str | None


def screen(kind: str) -> Any:
    """The grid that knows the fields of a kind; only kinds a student uploads exist here."""
    if kind not in KINDS:
        raise NotFound("沒有這一種資料。請從「我的學習歷程」重新選擇。")
    return current_app.extensions["screens"][kind]


def cards(rows: Iterable[Any]) -> list[Card]:
    """Each with its files: one statement for each kind among them."""
    found = list(rows)
    by_kind: dict[str, list[int]] = {}
    for row in found:
        by_kind.setdefault(row.__tablename__, []).append(row.id)
    files = {kind: evidence.files_of_many(db.session, kind, ids) for kind, ids in by_kind.items()}
    books = {term.id: windows.load(db.session, term, {row.student_id for row in found}) for term in {row.semester for row in found}}
    return [_card(row, files[row.__tablename__].get(row.id, []), books[row.semester_id]) for row in found]


def card(row: Any) -> Card:
    """One alone, for its own page."""
    return cards([row])[0]


def _card(row: Any, files: Sequence[UploadedFile], book: Windows) -> Card:
    kind = row.__tablename__
    state, note = steps.state_of(row), getattr(row, "certification_note", "")
    return Card(
        row=row,
        zh=row.__zh__,
        name=name_of(row),
        state=state.zh,
        tone=TONES.get(state.name, "good"),
        note=note,
        files=[file(each) for each in files],
        steps=steps.offers(row, book, has_files=bool(files)),
        later=steps.why_later(row, book),
        url=url_for("portfolio.piece", kind=kind, number=row.id),
        edit_url=url_for("portfolio.edit", kind=kind, number=row.id) if steps.may_edit(row) else None,
    )


def name_of(row: Any) -> str:
    """What a person calls it: its own name, else what stands for it."""
    return str(getattr(row, "name", "") or row)


def file(row: UploadedFile) -> File:
    kept = row.stored_file
    return File(
        id=row.id,
        name=row.name,
        size=kept.size,
        kind=kept.kind.name.upper(),
        is_image=kept.kind.is_image,
        receipt=row.receipt_no,
        received=f"{format_roc(row.received_at.date())} {row.received_at:%H:%M:%S}",
        is_copied=kept.copied_at is not None,
        url=url_for("files.download", number=row.id),
        preview=url_for("files.preview", number=row.id),
        receipt_url=url_for("portfolio.receipt", number=row.receipt_no),
    )


def is_chosen(card: Card) -> bool:
    """Whether it is among what is or was sent."""
    return card.row.state.name in ("selected", "submitted", "received", "confirmed", "questioned")


def facts(row: Any) -> list[dict[str, Any]]:
    """Its columns under their headings, without what the page shows otherwise."""
    view = screen(row.__tablename__)
    book = gridpage.codes_for(db.session, view.detailed, None)
    return detail_groups(db.session, view, row, identity.actor(), book)


def sent_facts(row: Any) -> list[tuple[str, str]]:
    """The columns that leave the school with it."""
    view = screen(row.__tablename__)
    shown = {each.zh for each in view.exported}
    return [(zh, text) for group in facts(row) for zh, text in group["rows"] if zh in shown]
