"""A batch's page: how far it is, what it would do, what it did."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Gone

from admin_app import audit, clock
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services.exporting import attachment_headers
from admin_app.services.importing.batches.keeping import MEND, REPORT, FileGoneError
from admin_app.services.importing.batches.undoing import DAYS, too_late
from admin_app.services.importing.columns import MEND as MEND_ZH
from admin_app.services.importing.kind import Kind
from models.import_batch import ImportBatch, ImportState
from models.job import Job, JobState
from views import exports
from views.imports.reading import blueprint, grid_url, last_job, moment, open_batch, pages, pending, said_of, store

FINDINGS, DIFFERENCES = "findings", "differences"


@blueprint.get("/<int:batch_id>")
@login_required  # type: ignore[untyped-decorator]
def batch(batch_id: int) -> Any:
    """The page that fits how far the batch has come."""
    found, kind, verdict = open_batch(batch_id)
    job = pending(found)
    if job is not None:
        return _progress(found, kind, job)
    if found.state in (ImportState.imported, ImportState.undone):
        return _result(found, kind, verdict)
    if found.state is ImportState.checked and found.file_kept:
        return _check(found, kind, verdict)
    return _stopped(found, kind, verdict)


@blueprint.get("/<int:batch_id>/progress")
@login_required  # type: ignore[untyped-decorator]
def progress(batch_id: int) -> Response:
    """How far the batch's job is, for the page that waits."""
    found, _, _ = open_batch(batch_id)
    job = pending(found)
    if job is None:
        return jsonify(finished=True)
    return jsonify(finished=False, done=job.done, total=job.total, text=_text(job))


@blueprint.post("/<int:batch_id>/mend")
@login_required  # type: ignore[untyped-decorator]
def mend(batch_id: int) -> Response:
    """The rows to mend as a file, each with what to mend; it holds personal data, so fetching it is an event."""
    found, kind, verdict = open_batch(batch_id)
    try:
        text: str = store().find(found, MEND)
    except FileGoneError as error:
        raise Gone(str(error)) from None
    audit.acting(db.session, verdict)
    audit.track(db.session, "download", kind.model.__tablename__, note=f"{found} 須修正的列", 批次=found.id, 筆數=found.bad)
    db.session.commit()
    stem = found.filename.rsplit(".", 1)[0].removesuffix(f"_{MEND_ZH}")
    return Response(text, content_type=exports.CSV_TYPE, headers=attachment_headers(f"{stem}_{MEND_ZH}.csv"))


def _text(job: Job) -> str:
    if job.state is JobState.queued:
        return job.message or "等候處理中"
    return f"{job.message or '處理中'}{f'（{job.done:,}／{job.total:,}）' if job.total else ''}"


def _progress(found: ImportBatch, kind: Kind, job: Job) -> str:
    return render_template(
        "imports/progress.html",
        batch=said_of(found),
        kind=kind,
        job=job,
        text=_text(job),
        poll_url=url_for("imports.progress", batch_id=found.id),
    )


def _check(found: ImportBatch, kind: Kind, verdict: Verdict) -> str:
    try:
        report = store().find(found, REPORT)
    except FileGoneError:
        return _stopped(found, kind, verdict)
    show = DIFFERENCES if request.args.get("show") == DIFFERENCES else FINDINGS
    groups = _groups(report["findings"])
    chosen = request.args.get("group", "")
    findings = [each for each in report["findings"] if not chosen or each["group"] == chosen]
    rows = report["differences"] if show == DIFFERENCES else findings
    shown = pages(len(rows))
    return render_template(
        "imports/check.html",
        batch=said_of(found),
        row=found,
        kind=kind,
        verdict=verdict,
        report=report,
        show=show,
        groups=groups,
        chosen=chosen,
        rows=shown.of(rows),
        pages=shown,
        can_import=bool(found.added or found.changed or found.also),
        days=DAYS,
        trouble=_trouble(found),
    )


def _groups(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings of one sort together, errors first, the most frequent first."""
    counted = Counter((not each["error"], each["group"]) for each in findings)
    return [
        {"zh": zh, "count": count, "error": not warning}
        for (warning, zh), count in sorted(counted.items(), key=lambda each: (each[0][0], -each[1]))
    ]


def _result(found: ImportBatch, kind: Kind, verdict: Verdict) -> str:
    late = too_late(found, now=clock.now())
    return render_template(
        "imports/result.html",
        batch=said_of(found),
        row=found,
        kind=kind,
        verdict=verdict,
        imported=moment(found.imported_at),
        undone=moment(found.undone_at),
        undone_by=found.undone_by.person.name if found.undone_by else "",
        late=late,
        days=DAYS,
        trouble=_trouble(found),
        may_mend=bool(found.bad and found.file_kept),
        grid_url=grid_url(kind),
    )


def _stopped(found: ImportBatch, kind: Kind, verdict: Verdict) -> str:
    about = {"batch": said_of(found), "row": found, "kind": kind, "verdict": verdict}
    return render_template("imports/stopped.html", trouble=_trouble(found), **about)


def _trouble(found: ImportBatch) -> str:
    """Why the last thing asked of the batch was not done."""
    job = last_job(found)
    if found.problem:
        return found.problem
    return job.message if job is not None and job.state is JobState.failed else ""
