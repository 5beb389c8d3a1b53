"""待認證: what waits for a course teacher or substitute, course by course; and for 教務處, what students doubt."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import may, require, visible, writable
from admin_app.services import evidence, outcomes
from admin_app.services.outcomes.certifying import MEANS
from models.classes import Teaching
from models.people import Student
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.vocabulary import Act, EnrolmentStatus, Subject

blueprint = Blueprint("certifying", __name__, url_prefix="/certifying")
MOST = 50
"""Works shown at once; the oldest first, so that the next ones follow when these are done."""
ANSWERS = {
    "send_back": outcomes.send_back,
    "revoke": outcomes.revoke,
    "reconsider": outcomes.reconsider,
    "uphold": outcomes.uphold,
}
DONE = {
    "certify": "已認證",
    "send_back": "已退回",
    "revoke": "已撤銷認證",
    "reconsider": "已請教師重新認證",
    "uphold": "已維持退回",
}
Button = tuple[str, str, str, bool]
"""A deed, its 中文, what it asks for first (empty: nothing), and whether that may not be left out."""
ANSWERING: tuple[Button, ...] = (
    ("certify", "認證通過", "", False),
    ("send_back", "退回", "退回原因（學生會看到，請寫要怎麼改）", True),
)
SETTLING: tuple[Button, ...] = (
    ("reconsider", "請重新認證", "給教師與學生的說明（可以不填）", False),
    ("uphold", "維持退回", "維持退回的理由（學生會看到）", True),
)
SETTLED = {"reconsider", "uphold"}


def opens_for(by: Actor) -> bool:
    """Whether the person certifies anything or settles doubts."""
    acts = ((Act.certify, Subject.outcome), (Act.certify, Subject.unstaffed_outcome), (Act.settle, Subject.outcome))
    return any(may(by, act, subject) for act, subject in acts)


def _opens() -> Actor:
    by = identity.actor()
    if not opens_for(by):
        require(may(by, Act.certify, Subject.outcome))
    return by


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def queue() -> str:
    """What waits for this person, the oldest first, with its files."""
    by = _opens()
    waits = (LearningOutcome.state == OutcomeState.sent) & writable(by, LearningOutcome, Act.certify)
    return _page("待認證", waits, ANSWERING)


@blueprint.get("/doubts")
@login_required  # type: ignore[untyped-decorator]
def doubts() -> str:
    """Returns that students doubt and nobody has answered."""
    by = _opens()
    require(may(by, Act.settle, Subject.outcome))
    open_ones = LearningOutcome.doubted_at.is_not(None) & LearningOutcome.doubt_answered_at.is_(None)
    asked = open_ones & writable(by, LearningOutcome, Act.settle)
    return _page("認證疑義", asked, SETTLING)


def _page(title: str, condition: Any, buttons: tuple[Button, ...]) -> str:
    at_school = LearningOutcome.student_id.in_(select(Student.id).where(Student.status == EnrolmentStatus.enrolled))
    loaded = (
        joinedload(LearningOutcome.student).joinedload(Student.school_class),
        joinedload(LearningOutcome.teaching).joinedload(Teaching.course),
        joinedload(LearningOutcome.teaching).joinedload(Teaching.school_class),
        joinedload(LearningOutcome.teaching).joinedload(Teaching.staff),
    )
    order = (LearningOutcome.teaching_id, LearningOutcome.sent_at, LearningOutcome.id)
    stmt = select(LearningOutcome).where(condition, at_school).options(*loaded).order_by(*order).limit(MOST + 1)
    found = db.session.scalars(stmt).all()
    files = evidence.files_of_many(db.session, LearningOutcome.__tablename__, [each.id for each in found[:MOST]])
    rows = [{"row": each, "files": files.get(each.id, []), "seen": _digest(files.get(each.id, []))} for each in found[:MOST]]
    may_settle = bool(may(identity.actor(), Act.settle, Subject.outcome))
    page = {"title": title, "rows": rows, "more": len(found) > MOST, "buttons": buttons, "means": MEANS, "settles": may_settle}
    return render_template("certifying/queue.html", **page)


def _digest(files: list[Any]) -> str:
    return evidence.digest_over(each.stored_file.sha256 for each in files)


@blueprint.post("/<int:number>/<deed>")
@login_required  # type: ignore[untyped-decorator]
def decide(number: int, deed: str) -> Any:
    """Certify, return, revoke or answer a doubt: one verb, one commit."""
    by = _opens()
    found = db.session.scalar(select(LearningOutcome).where(LearningOutcome.id == number, visible(by, LearningOutcome)))
    if found is None:
        raise NotFound("找不到這件成果，可能已刪除，或不在您的範圍內。")
    if deed not in DONE:
        raise BadRequest("沒有這個動作，請從頁面上的按鈕辦理。")
    page, name = "certifying.doubts" if deed in SETTLED else "certifying.queue", found.name
    try:
        if deed == "certify":
            outcomes.certify(db.session, found, by=by, now=clock.now(), seen=request.form.get("seen", ""))
        else:
            ANSWERS[deed](db.session, found, request.form.get("reason", ""), by=by, now=clock.now())
        db.session.commit()
    except outcomes.NotNow as no:
        db.session.rollback()
        return render_template("certifying/refused.html", text=str(no), name=name, back=url_for(page)), no.status
    flash(f"{DONE[deed]}「{name}」。", "success")
    return redirect(url_for(page))
