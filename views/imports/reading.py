"""Which batches a person may open, and a batch as its pages say it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, request, url_for
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from admin_app import identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, require
from admin_app.services.importing.batches.keeping import Store
from admin_app.services.importing.kind import Kind
from admin_app.services.importing.kinds import KINDS, UnknownKindError, find_kind
from admin_app.services.importing.reach import divisions_for, kinds_for, may_import
from models.import_batch import ImportBatch, ImportState
from models.job import Job, JobState
from models.people import Account
from models.values.roc import format_roc
from models.vocabulary import Division

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
MOST_ID = 2**31 - 1
PAGE = 50
TONES = {
    ImportState.uploaded: "plain",
    ImportState.checked: "blue",
    ImportState.imported: "good",
    ImportState.undone: "warn",
    ImportState.failed: "bad",
}
ENDED = (ImportState.imported, ImportState.undone)


@dataclass(frozen=True)
class Pages:
    """What the pager of a list reads."""

    total: int
    page: int
    url: Callable[..., str]
    page_size: int = PAGE
    page_sizes: tuple[int, ...] = ()

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.page_size))

    @property
    def near(self) -> list[int]:
        around = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return sorted({1, *around, self.pages})

    def of(self, rows: Sequence[Any]) -> Sequence[Any]:
        """This page of a list that is at hand whole."""
        return rows[(self.page - 1) * self.page_size : self.page * self.page_size]


def pages(total: int) -> Pages:
    """The page the address asks for."""
    text = request.args.get("page", "1")
    page = int(text) if text.isdecimal() and len(text) < 7 else 0
    here = {**request.args.to_dict(), **(request.view_args or {})}

    def url(**changes: Any) -> str:
        return url_for(str(request.endpoint), **{k: v for k, v in {**here, **changes}.items() if v is not None})

    found = Pages(total, page, url)
    if not 1 <= page <= found.pages:
        raise NotFound("沒有這一頁，請回到第一頁。")
    return found


def store() -> Store:
    """Where the files of batches lie."""
    return Store(current_app.extensions["settings"].data_dir)


def kind_named(name: str) -> Kind:
    """The kind of this name that the person may import."""
    try:
        kind = find_kind(name)
    except UnknownKindError:
        raise NotFound("沒有這一種匯入，請從清單選擇。") from None
    require(may_import(identity.actor(), kind))
    return kind


def open_batch(batch_id: int) -> tuple[ImportBatch, Kind, Verdict]:
    """The batch with this id, for its owner and, once carried out, for whoever may write all of it.

    To anybody else it is not there.
    """
    stmt = select(ImportBatch).where(ImportBatch.id == batch_id, _mine_or_ours(identity.actor()))
    found = db.session.scalar(stmt) if batch_id <= MOST_ID else None
    if found is None:
        raise NotFound("沒有這個匯入批次，或不是您可以查閱的。")
    kind = find_kind(found.kind)
    return found, kind, require(may_import(identity.actor(), kind))


def batches(by: Actor) -> tuple[ColumnElement[bool], Any]:
    """The condition for the batches a person may open, and the statement that reads them, newest first."""
    condition = _mine_or_ours(by)
    names = (joinedload(Account.staff), joinedload(Account.student), joinedload(Account.guardian))
    stmt = select(ImportBatch).options(joinedload(ImportBatch.account).options(*names)).where(condition)
    return condition, stmt.order_by(ImportBatch.uploaded_at.desc(), ImportBatch.id.desc())


def _mine_or_ours(by: Actor) -> ColumnElement[bool]:
    ours: list[ColumnElement[bool]] = []
    for kind in kinds_for(by):
        allowed = divisions_for(by, kind.model)
        of_kind = ImportBatch.kind == kind.name
        if allowed == frozenset(Division):
            ours.append(of_kind)
        else:
            ours += [and_(of_kind, ImportBatch.divisions == (each.name,)) for each in allowed]
    return or_(ImportBatch.account_id == by.account_id, and_(ImportBatch.state.in_(ENDED), or_(false(), *ours)))


def pending(batch: ImportBatch) -> Job | None:
    """The batch's job as long as it is not over."""
    job = last_job(batch)
    return job if job is not None and job.state in (JobState.queued, JobState.running) else None


def last_job(batch: ImportBatch) -> Job | None:
    return db.session.get(Job, batch.job_id) if batch.job_id else None


def said_of(batch: ImportBatch) -> dict[str, Any]:
    """A batch as lists and headings say it."""
    kind = KINDS.get(batch.kind)
    return {
        "id": batch.id,
        "zh": kind.zh if kind else batch.kind,
        "filename": batch.filename,
        "state": batch.state.zh,
        "tone": TONES[batch.state],
        "who": batch.account.person.name,
        "divisions": "、".join(Division[each].zh for each in batch.divisions),
        "uploaded": moment(batch.uploaded_at),
        "figures": figures(batch),
        "size": f"{batch.size / 1024:,.0f} KB" if batch.size < 1024 * 1024 else f"{batch.size / 1024 / 1024:.1f} MB",
        "url": url_for("imports.batch", batch_id=batch.id),
    }


def figures(batch: ImportBatch) -> list[dict[str, Any]]:
    """The tiles of a batch."""
    found = [
        ("讀取", batch.rows, "plain"),
        ("新增", batch.added, "good"),
        ("更新", batch.changed, "blue"),
        ("不變", batch.unchanged, "plain"),
        ("須修正", batch.bad, "bad" if batch.bad else "plain"),
    ]
    also = [("另新增相關資料", batch.also, "good")] if batch.also else []
    return [{"zh": zh, "value": f"{value:,}", "tone": tone} for zh, value, tone in (*found, *also)]


def moment(at: dt.datetime | None) -> str:
    """`115/11/24 09:20`."""
    return f"{format_roc(at.date())} {at:%H:%M}" if at else ""


def grid_url(kind: Kind) -> str:
    """Where the rows of a kind are read."""
    for view in current_app.extensions["screens"].values():
        if view.model is kind.model:
            return url_for(f"{view.slug}.index_view")
    return url_for("imports.index")
