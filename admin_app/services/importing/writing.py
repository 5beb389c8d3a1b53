"""A plan carried out: every good row in one transaction, an event for each, and the bad ones handed back to be mended."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_app.audit import signature
from admin_app.services.exporting import csv_stream
from admin_app.services.importing.columns import MEND
from admin_app.services.importing.kind import Draft, Extra
from admin_app.services.importing.plan import Plan, Result
from admin_app.services.importing.reading import Tell, say_nothing
from models.base import Entity

CHUNK = 1_000
"""Rows flushed at a time: enough for few statements, few enough to keep memory flat."""


class ImportConflictError(Exception):
    """Somebody changed the same rows between the plan and its carrying out; nothing was written."""


def commit(session: Session, plan: Plan) -> Result:
    """Carry out the plan and commit it, or write nothing at all and raise ImportConflictError."""
    try:
        result = write(session, plan)
        session.commit()
    except (IntegrityError, StaleDataError) as error:
        session.rollback()
        raise ImportConflictError("匯入期間有人異動了相同的資料，這次沒有寫入任何一筆。請重新匯入。") from error
    return result


def write(session: Session, plan: Plan, *, note: str = "", tell: Tell = say_nothing) -> Result:
    """Add and change the good rows; the caller commits. The session must be signed; each row's event carries the note."""
    total = plan.added + plan.changed + len(plan.to_add_also)
    with session.no_autoflush, noted(session, note or f"匯入 {plan.source}"):
        for at, drafts in _chunks(plan.to_add):
            tell(at, total, "新增")
            for draft in drafts:
                draft.entity = plan.kind.model(**draft.values)
            session.add_all([draft.entity for draft in drafts])
            session.flush()
        for at, drafts in _chunks(plan.to_change):
            tell(plan.added + at, total, "更新")
            for draft in drafts:
                _change(draft)
            session.flush()
        also = [_made(extra) for extra in plan.to_add_also]
        for at, rows in _chunks(also):
            tell(plan.added + plan.changed + at, total, "新增相關資料")
            session.add_all(rows)
            session.flush()
    written = [draft.entity for draft in (*plan.to_add, *plan.to_change) if draft.entity is not None]
    return Result(plan.added, plan.changed, plan.unchanged, plan.bad, len(also), (*written, *also))


def bad_rows_file(plan: Plan) -> Iterator[bytes]:
    """The rows to mend as CSV: the file's own headings, and beside each row what to mend.

    The cells stay as they were brought, 身分證號 and all, because a clerk cannot mend what is masked.
    """
    lines = [[title] for title in plan.titles]
    lines += [[MEND, *plan.header], *([advice_of(draft), *draft.row.raw] for draft in plan.bad_rows)]
    return csv_stream(lines[0], lines[1:])


def write_bad_rows(plan: Plan, path: Path) -> int:
    """Write the rows to mend to a file only its owner may read. Returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(bad_rows_file(plan))
    return plan.bad


def advice_of(draft: Draft) -> str:
    """Everything to mend in a row, in one cell."""
    return "；".join(finding.advice for finding in draft.findings if finding.is_error)


def _change(draft: Draft) -> None:
    for attr in draft.differences:
        setattr(draft.entity, attr, draft.values[attr])


def _made(extra: Extra) -> Entity:
    values = {name: value.entity if isinstance(value, Draft) else value for name, value in extra.values.items()}
    return extra.model(**values)


@contextlib.contextmanager
def noted(session: Session, note: str) -> Iterator[None]:
    """The events of what is done inside carry `note`."""
    signed = signature(session)
    before, signed.note = signed.note, note
    try:
        yield
    finally:
        signed.note = before


def _chunks(rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    return ((at, rows[at : at + CHUNK]) for at in range(0, len(rows), CHUNK))
