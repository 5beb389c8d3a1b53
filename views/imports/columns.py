"""What each heading of a file means: as recognised, for a person to correct."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict, Gone

from admin_app import audit
from admin_app.extensions import db
from admin_app.services.importing.batches.keeping import COLUMNS, FileGoneError
from admin_app.services.importing.batches.receiving import choices, choose_columns, chosen_columns
from admin_app.services.importing.batches.work import CHECK
from admin_app.services.importing.kind import Kind
from admin_app.services.jobs import defer
from admin_app.services.tabular import TableError
from models.import_batch import ImportBatch, ImportState
from views.imports.reading import blueprint, open_batch, pending, said_of, store

FORMATS = {"csv": "CSV", "txt": "TXT", "xlsx": "XLSX"}
ENCODINGS = {
    "utf-8-sig": "UTF-8（含 BOM）",
    "utf-8": "UTF-8",
    "cp950": "CP950（Big5）",
    "big5hkscs": "Big5-HKSCS",
    "utf-16": "UTF-16",
}


@blueprint.route("/<int:batch_id>/columns", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def columns(batch_id: int) -> Any:
    """Each heading with a sample of its cells; sending it asks for the check."""
    batch, kind, verdict = open_batch(batch_id)
    _must_be_open(batch)
    about = _about(batch)
    chosen = {**chosen_columns(batch), **_sent(about)}
    if request.method == "GET":
        return _page(batch, kind, verdict, about, chosen)
    try:
        choose_columns(batch, chosen)
    except TableError as error:
        db.session.rollback()
        return _page(batch, kind, verdict, about, chosen, str(error)), 422
    audit.acting(db.session, verdict)
    db.session.flush()
    batch.job_id = defer(db.session, CHECK, by=batch.account_id, dedupe=f"{CHECK}:{batch.id}", batch_id=batch.id).id
    db.session.commit()
    return redirect(url_for("imports.batch", batch_id=batch.id))


def _must_be_open(batch: ImportBatch) -> None:
    if batch.state in (ImportState.imported, ImportState.undone):
        raise Conflict("這個批次已經匯入，不能再改欄位。需要更正時，請重新上傳檔案。")
    if pending(batch) is not None:
        raise Conflict("這個批次正在處理，請等它完成後再改欄位。")


def _about(batch: ImportBatch) -> dict[str, Any]:
    try:
        found: dict[str, Any] = store().find(batch, COLUMNS)
    except FileGoneError as error:
        raise Gone(str(error)) from None
    return found


def _sent(about: dict[str, Any]) -> dict[str, str]:
    """What the form says of each heading, by its place."""
    fields = ((each["heading"], f"c{at}") for at, each in enumerate(about["headings"]))
    return {heading: request.form[name] for heading, name in fields if name in request.form}


def _page(batch: ImportBatch, kind: Kind, verdict: Any, about: dict[str, Any], chosen: dict[str, str], problem: str = "") -> str:
    used = [kind.by_name[name] for name in chosen.values() if name in kind.by_name]
    return render_template(
        "imports/columns.html",
        batch=said_of(batch),
        kind=kind,
        verdict=verdict,
        about=about,
        form=FORMATS.get(about["format"], about["format"]),
        encoding=ENCODINGS.get(about["encoding"], about["encoding"]) if about["format"] != "xlsx" else "",
        headings=[{**each, "chosen": chosen.get(each["heading"], "")} for each in about["headings"]],
        choices=choices(kind),
        known=set(kind.by_name),
        missing=kind.headings.missing(used),
        errors=[{"id": "", "label": "", "text": problem}] if problem else [],
        discard_url=url_for("imports.discard", batch_id=batch.id),
    )
