"""Importing a checked batch, undoing an imported one, throwing away one that is not wanted."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services.importing.batches import carrying, undoing
from admin_app.services.importing.batches.sweeping import let_go
from admin_app.services.importing.batches.work import COMMIT, UNDO
from admin_app.services.importing.kind import Kind
from admin_app.services.jobs import defer
from models.import_batch import ImportBatch, ImportState
from views.imports.reading import blueprint, moment, open_batch, pending, said_of, store

BUSY = "同一種資料的另一個批次正在匯入或撤銷，一次只辦理一個；請等它完成後再試。"


@blueprint.route("/<int:batch_id>/commit", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def commit(batch_id: int) -> Any:
    """A page that says once more what will be written, then the import."""
    batch, kind, verdict = open_batch(batch_id)
    _must_be_idle(batch)
    try:
        carrying.require_ready(batch)
    except carrying.CannotCarryOutError as error:
        raise Conflict(str(error)) from None
    if request.method == "GET":
        return _confirm_commit(batch, kind, verdict)
    return _ask(COMMIT, batch, verdict)


@blueprint.route("/<int:batch_id>/undo", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def undo(batch_id: int) -> Any:
    """A page that says what will go and what will be put back, or what stands against it; then the undoing."""
    batch, kind, verdict = open_batch(batch_id)
    _must_be_idle(batch)
    late = undoing.too_late(batch, now=clock.now())
    if late:
        raise Conflict(late)
    found = undoing.ledger(db.session, batch)
    reasons = undoing.obstacles(db.session, found, identity.terms(), on=clock.today())
    if reasons or request.method == "GET":
        return _undo_page(batch, kind, verdict, found, reasons), 409 if reasons else 200
    return _ask(UNDO, batch, verdict)


@blueprint.post("/<int:batch_id>/discard")
@login_required  # type: ignore[untyped-decorator]
def discard(batch_id: int) -> Any:
    """Throw the file away before anything was imported."""
    batch, _, verdict = open_batch(batch_id)
    _must_be_idle(batch)
    if batch.state in (ImportState.imported, ImportState.undone):
        raise Conflict("這個批次已經匯入，不能捨棄；需要時請撤銷匯入。")
    audit.acting(db.session, verdict)
    batch.state, batch.problem = ImportState.failed, "已捨棄，沒有匯入任何資料。"
    let_go(db.session, store(), batch)
    db.session.commit()
    flash(f"已捨棄「{batch.filename}」，沒有匯入任何資料。", "success")
    return redirect(url_for("imports.index"))


def _must_be_idle(batch: ImportBatch) -> None:
    if pending(batch) is not None:
        raise Conflict("這個批次正在處理，請等它完成。")


def _ask(work: str, batch: ImportBatch, verdict: Verdict) -> Any:
    """Ask for the job: of each kind one import or undoing at a time."""
    audit.acting(db.session, verdict)
    asked = defer(db.session, work, by=identity.account().id, dedupe=f"import:{batch.kind}", batch_id=batch.id)
    if (asked.kind, json.loads(asked.args).get("batch_id")) != (work, batch.id):
        db.session.rollback()
        raise Conflict(BUSY)
    batch.job_id = asked.id
    db.session.commit()
    return redirect(url_for("imports.batch", batch_id=batch.id))


def _confirm_commit(batch: ImportBatch, kind: Kind, verdict: Verdict) -> str:
    also = f"，並另新增相關資料 {batch.also:,} 筆" if batch.also else ""
    left = f"須修正的 {batch.bad:,} 筆不會匯入，改好後可以再匯入一次。" if batch.bad else ""
    return render_template(
        "grid/confirm.html",
        title=f"匯入{kind.zh}",
        sentence=f"將從「{batch.filename}」新增 {batch.added:,} 筆、更新 {batch.changed:,} 筆{also}。全部寫入，或一筆都不寫入。",
        warning=left,
        verdict=verdict,
        items=[],
        post_url=url_for("imports.commit", batch_id=batch.id),
        fields=[],
        back_url=url_for("imports.batch", batch_id=batch.id),
        button="確定匯入",
        danger=False,
    )


def _undo_page(batch: ImportBatch, kind: Kind, verdict: Verdict, found: undoing.Ledger, reasons: list[str]) -> str:
    return render_template(
        "imports/undo.html",
        batch=said_of(batch),
        kind=kind,
        verdict=verdict,
        imported=moment(batch.imported_at),
        removed=[(model.__zh__, len(ids)) for model, ids in found.added.items()],
        restored=[(model.__zh__, len(ids)) for model, ids in found.changed.items()],
        returned=[(model.__zh__, len(ids)) for model, ids in found.removed.items()],
        names=undoing.removals(db.session, found),
        values=undoing.restorations(db.session, batch),
        reasons=reasons,
        post_url=url_for("imports.undo", batch_id=batch.id),
    )
