"""備份與還原: how old the newest restore point is, which there are, and the drills with their signatures."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict, NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services.jobs import defer
from admin_app.services.keeping import alarm, drills, people, records
from models.keeping import RestoreDrill
from views.confirming import confirmed_or_page
from views.keeping.access import manages, may_manage, page_size, reads

blueprint = Blueprint("keeping", __name__, url_prefix="/keeping")
MOST = 40
MOST_ID = 2**31 - 1
LONGEST_REMARK = 300


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """All of it on one page."""
    verdict, settings = reads(), identity.settings()
    rows = records.latest(db.session, MOST)
    newest = next((row for row in rows if row.gone_at is None), None)
    return render_template(
        "keeping/index.html",
        verdict=verdict,
        manages=may_manage(),
        alarm=alarm.backup_alarm(db.session, clock.now()),
        place=settings.backup_dir,
        hours=settings.backup_hours,
        same_disk=bool(newest and newest.same_disk),
        backups=rows,
        drills=drills.latest(db.session, MOST),
        size=page_size,
        duties=people.evidenced_duties(identity.rulebook()),
    )


@blueprint.post("/backup")
@login_required  # type: ignore[untyped-decorator]
def backup() -> Any:
    """Ask for a backup now; its page says how far it is."""
    manages()
    found = defer(db.session, "backup_now", by=identity.account().id, dedupe=f"backup_now:{identity.account().id}")
    db.session.commit()
    return redirect(url_for("inbox.job_page", number=found.id))


@blueprint.post("/drill")
@login_required  # type: ignore[untyped-decorator]
def drill() -> Any:
    """Ask for a drill."""
    manages()
    found = defer(db.session, "restore_drill", by=identity.account().id, dedupe=f"restore_drill:{identity.account().id}")
    db.session.commit()
    return redirect(url_for("inbox.job_page", number=found.id))


@blueprint.get("/drills/<int:number>")
@login_required  # type: ignore[untyped-decorator]
def one_drill(number: int) -> str:
    """What a drill found, class by class: the evidence as it is filed, to be printed or signed."""
    verdict = reads()
    return _page(_drill(number), verdict)


@blueprint.post("/drills/<int:number>/sign")
@login_required  # type: ignore[untyped-decorator]
def sign(number: int) -> Any:
    """A person's signature: they show once more who they are."""
    verdict, found = manages(), _drill(number)
    if (asked := confirmed_or_page("簽署還原演練")) is not None:
        return asked
    remark = request.form.get("remark", "").strip()
    if len(remark) > LONGEST_REMARK:
        return _page(found, verdict, f"簽署說明最多 {LONGEST_REMARK} 字，目前 {len(remark)} 字。"), 422
    try:
        drills.sign(db.session, found, by=identity.actor(), account=identity.account().id, remark=remark, now=clock.now())
    except drills.NotSignable as problem:
        if found.signed_at is not None or found.finished_at is None:
            raise Conflict(str(problem)) from None
        return _page(found, verdict, str(problem)), 422
    db.session.commit()
    flash("已簽署，這次演練已列為職掌的佐證。", "success")
    return redirect(url_for("keeping.one_drill", number=number))


def _page(found: RestoreDrill, verdict: Any, problem: str = "") -> str:
    report = json.loads(found.report)
    return render_template(
        "keeping/drill.html",
        verdict=verdict,
        manages=may_manage(),
        drill=found,
        report=report,
        classes=sorted(report.get("classes", {}).items()),
        tables=report.get("tables", {}),
        kinds=_kinds(report),
        post=identity.rulebook().zh(found.signed_post) if found.signed_post else "",
        size=page_size,
        problem=problem,
        longest=LONGEST_REMARK,
    )


def _kinds(report: dict[str, Any]) -> list[tuple[str, str]]:
    """(table, what its rows are called) of the columns: what most classes have the most of."""
    wanted = (("student", "學生"), ("enrolment", "選修紀錄"), ("grade", "修課成績"), ("learning_outcome", "課程學習成果"))
    return [*wanted, ("uploaded_file", "檔案")] if report.get("classes") else []


def _drill(number: int) -> RestoreDrill:
    found = db.session.get(RestoreDrill, min(number, MOST_ID))
    if found is None:
        raise NotFound("找不到這次還原演練。")
    return found
