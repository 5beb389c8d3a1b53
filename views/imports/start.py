"""The list of batches, and a file being brought."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import func, select

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.policy import Denied, Verdict, require
from admin_app.services.importing.batches.receiving import Upload, needs_term, receive
from admin_app.services.importing.batches.sweeping import KEPT
from admin_app.services.importing.batches.undoing import DAYS
from admin_app.services.importing.kind import Kind
from admin_app.services.importing.planning import ClosedTermError
from admin_app.services.importing.reach import kinds_for, may_import
from admin_app.services.tabular import TableError
from admin_app.services.tabular.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from admin_app.terms import Term
from models.import_batch import ImportBatch
from views.imports.reading import batches, blueprint, kind_named, pages, said_of, store
from views.menu import GROUPS

LIMITS = f"CSV、TXT 或 XLSX，最多 {MAX_BYTES // 1024 // 1024} MB、{MAX_ROWS:,} 列、{MAX_COLUMNS} 欄。"


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """The person's own batches, and those of kinds they answer for."""
    by = identity.actor()
    condition, stmt = batches(by)
    if not kinds_for(by) and not db.session.scalar(select(ImportBatch.id).where(condition).limit(1)):
        raise Denied(Verdict(False, "您的職務沒有可以整批匯入的資料"))
    shown = pages(db.session.scalar(select(func.count(ImportBatch.id)).where(condition)) or 0)
    rows = db.session.scalars(stmt.limit(shown.page_size).offset((shown.page - 1) * shown.page_size))
    return render_template("imports/list.html", batches=[said_of(each) for each in rows], pages=shown, kept=KEPT.days, days=DAYS)


@blueprint.route("/new", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def start() -> Any:
    """Choose a kind, then its file."""
    name = request.args.get("kind", "")
    if not name:
        return render_template("imports/kinds.html", groups=_groups())
    kind = kind_named(name)
    if request.method == "GET":
        return _page(kind)
    try:
        batch = _receive(kind)
    except _RefusedError as error:
        return _page(kind, str(error), error.status), error.status
    return redirect(url_for("imports.columns", batch_id=batch.id))


class _RefusedError(Exception):
    """What is wrong with what was brought, with the status of the answer."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


def _receive(kind: Kind) -> ImportBatch:
    term, file = _term(kind), request.files.get("file")
    if file is None or not file.filename:
        raise _RefusedError("還沒有選擇檔案，請選擇或拖曳一個檔案。")
    audit.acting(db.session, require(may_import(identity.actor(), kind)))
    try:
        upload = Upload(kind, _bare(file.filename), file.read(MAX_BYTES + 1), term)
        batch = receive(db.session, store(), upload, by=identity.actor(), now=clock.now())
    except TableError as error:
        db.session.rollback()
        raise _RefusedError(str(error), 409 if isinstance(error, ClosedTermError) else 422) from None
    db.session.commit()
    return batch


def _bare(filename: str) -> str:
    """The name without any folder a browser may send along."""
    return filename.replace("\\", "/").rsplit("/", 1)[-1]


def _term(kind: Kind) -> Term | None:
    """The semester chosen; None where the file's own, or the current one, is meant."""
    text = request.form.get("semester", "")
    if not text or not needs_term(kind):
        return None
    term = identity.terms().find(int(text)) if text.isdecimal() and len(text) < 10 else None
    if term is None:
        raise _RefusedError("選擇的學期不存在，請從選單選擇。")
    if kind.recorded and not term.open_on(clock.today()):
        why = "已關閉，各項紀錄只能查閱，不能匯入" if term.closed_on else "尚未開學，還不能匯入"
        raise _RefusedError(f"{term.zh}{why}。請選擇其他學期。", 409)
    return term


def _page(kind: Kind, problem: str = "", status: int = 200) -> str:
    current = identity.terms().current(clock.today())
    chosen = request.form.get("semester", request.args.get("semester", ""))
    return render_template(
        "imports/start.html",
        kind=kind,
        verdict=may_import(identity.actor(), kind),
        terms=[term for term in identity.terms().all if not kind.recorded or term.open_on(clock.today())]
        if needs_term(kind)
        else [],
        current=current,
        chosen=chosen,
        columns=[column for column in kind.columns if column.in_template],
        template_url=_template_url(kind),
        limits=LIMITS,
        kept=KEPT.days,
        errors=[{"id": "file" if status == 422 else "semester", "label": "", "text": problem}] if problem else [],
    )


def _terms(kind: Kind) -> list[Term]:
    """The semesters to choose from."""
    if not needs_term(kind):
        return []
    return [term for term in identity.terms().all if not kind.recorded or term.open_on(clock.today())]


def _template_url(kind: Kind) -> str | None:
    for view in current_app.extensions["screens"].values():
        if view.model is kind.model:
            return url_for(f"{view.slug}.template_view")
    return None


def _groups() -> list[dict[str, Any]]:
    """The kinds the person may import, under the headings of the menu."""
    by = identity.actor()
    allowed = {kind.model: kind for kind in kinds_for(by)}
    if not allowed:
        raise Denied(Verdict(False, "您的職務沒有可以整批匯入的資料"))
    found: dict[str, list[dict[str, str]]] = {zh: [] for zh in GROUPS}
    for view in current_app.extensions["screens"].values():
        if view.model in allowed:
            kind = allowed[view.model]
            found.setdefault(view.category, []).append({"zh": kind.zh, "url": url_for("imports.start", kind=kind.name)})
    return [{"zh": zh, "kinds": kinds} for zh, kinds in found.items() if kinds]
