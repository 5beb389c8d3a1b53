"""What the system has for one person: notices, and the jobs they asked for. Nobody sees another's."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from admin_app import identity
from admin_app.extensions import db
from admin_app.services import notices
from admin_app.services.jobs.registry import kind_zh
from models.job import Job, JobState
from models.notice import Notice
from models.values.roc import format_roc

blueprint = Blueprint("inbox", __name__)
MOST_JOBS = 100
MOST_ID = 2**31 - 1
TONES = {JobState.queued: "plain", JobState.running: "blue", JobState.done: "good", JobState.failed: "bad"}


@blueprint.get("/notices")
@login_required
def notices_page() -> str:
    """One's own notices, newest first."""
    found = notices.of(db.session, identity.account().id)
    return render_template("inbox/notices.html", notices=found, when=_when, most=notices.MOST_SHOWN)


@blueprint.post("/notices/read")
@login_required
def read_all() -> Any:
    """Mark all as read."""
    count = notices.mark_read(db.session, identity.account().id)
    db.session.commit()
    flash(f"已將 {count} 則通知標為已讀。" if count else "沒有未讀的通知。", "success")
    return redirect(url_for("inbox.notices_page"))


@blueprint.post("/notices/<int:number>/open")
@login_required
def open_notice(number: int) -> Any:
    """Mark one as read, and go to the page it is about."""
    mine = (Notice.id == min(number, MOST_ID), Notice.account_id == identity.account().id)
    notice = db.session.scalar(select(Notice).where(*mine))
    if notice is None:
        raise NotFound("找不到這則通知，可能已過保存期限。")
    notices.mark_read(db.session, notice.account_id, notice_id=notice.id)
    db.session.commit()
    return redirect(notice.url or url_for("inbox.notices_page"))


@blueprint.get("/jobs")
@login_required
def jobs_page() -> str:
    """The jobs one asked for, newest first."""
    stmt = select(Job).where(Job.account_id == identity.account().id).order_by(Job.id.desc()).limit(MOST_JOBS)
    return render_template("inbox/jobs.html", jobs=[_shown(job) for job in db.session.scalars(stmt)], most=MOST_JOBS)


@blueprint.get("/jobs/<int:number>")
@login_required
def job_page(number: int) -> str:
    """How far one job is. The page's script asks again by itself; without script, reloading does."""
    return render_template("inbox/job.html", job=_shown(_own(number)))


@blueprint.get("/jobs/<int:number>/progress")
@login_required
def job_progress(number: int) -> Any:
    """The same for the page's script: {text, done, total, finished}."""
    job = _own(number)
    return jsonify(text=_progress(job), done=job.done, total=job.total, finished=job.finished_at is not None)


def _own(number: int) -> Job:
    """The job if this person asked for it; anybody else's does not exist."""
    stmt = select(Job).where(Job.id == min(number, MOST_ID), Job.account_id == identity.account().id)
    job = db.session.scalar(stmt)
    if job is None:
        raise NotFound("找不到這項工作，可能已過保存期限，或不是您申請的。")
    return job


def _progress(job: Job) -> str:
    """How far it is, in one line."""
    counted = f"{job.done:,}／{job.total:,}　" if job.total else ""
    return f"{job.state.zh}　{counted}{job.message}".strip()


def _shown(job: Job) -> dict[str, Any]:
    result = _result(job) if job.state is JobState.done else {}
    url = str(result.get("url", ""))
    return {
        "id": job.id,
        "zh": kind_zh(job.kind),
        "state": job.state.zh,
        "tone": TONES[job.state],
        "running": job.state in (JobState.queued, JobState.running),
        "failed": job.state is JobState.failed,
        "done": job.done,
        "total": job.total,
        "message": job.message,
        "progress": _progress(job),
        "asked": _when(job.created_at),
        "finished": _when(job.finished_at) if job.finished_at else "",
        "url": url if url.startswith("/") and not url.startswith("//") else "",
        "code": job.request_id,
    }


def _result(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(job.result)
    return found


def _when(moment: Any) -> str:
    return f"{format_roc(moment.date())} {moment:%H:%M}"
