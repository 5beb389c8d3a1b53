"""The first page after signing in: what the person's posts ask of them, and where to do it."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request, url_for
from flask_admin import AdminIndexView, expose
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.utils import redirect

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import may, row_sentence, visible
from admin_app.rulebook import Grant
from admin_app.services import audit
from admin_app.services.keeping import people as keeping
from admin_app.services.keeping.alarm import Alarm, backup_alarm
from admin_app.terms import Term
from models.classes import SchoolClass
from models.people import Student
from models.regulation import Duty
from models.values.roc import format_roc
from models.vocabulary import Act, Scope, Subject


class HomeView(AdminIndexView):
    """The page at `/admin/`."""

    def __init__(self) -> None:
        super().__init__(name="首頁", url="/admin")
        self.static_folder = None  # of Flask-Admin's own files no page uses any, so none is served

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        return redirect(url_for("access.sign_in", next=request.path))

    @expose("/")
    def index(self) -> str:
        """Greeting, figures, duties."""
        by = identity.actor()
        term = identity.terms().current(clock.today())
        greeting = f"{by.name}，您好"
        return render_template(
            "home.html",
            greeting=greeting,
            figures=_figures(by),
            duties=_duties(by),
            term=_term(term),
            trail=_trail(by),
            backup=_backup(by),
            is_student=by.student_id is not None,
        )


def _term(term: Term | None) -> str:
    """The semester under way, in one line."""
    if term is None:
        return "尚未開設學期"
    return f"{term.zh}：{format_roc(term.starts_on)} 開學，{format_roc(term.ends_on)} 休業式"


def _trail(by: Actor) -> dict[str, Any] | None:
    """The last verification of the audit trail, for those who may read it."""
    if not may(by, Act.read, Subject.event):
        return None
    check = audit.latest(db.session)
    if check is None or check.finished_at is None:
        return {"text": "稽核紀錄尚未驗證過；背景工作每天 03:30 驗證一次。", "broken": False}
    when = f"{format_roc(check.finished_at.date())} {check.finished_at:%H:%M}"
    return {"text": f"稽核紀錄於 {when} 驗證：{audit.summary(check)}", "broken": bool(check.problems)}


def _backup(by: Actor) -> Alarm | None:
    """How old the newest restore point is, for those who manage the platform or read about it."""
    return backup_alarm(db.session, clock.now()) if keeping.reader(by) else None


def _duties(by: Actor) -> list[dict[str, Any]]:
    """One card per duty row of the person's posts, with the grids where it is done."""
    rows: dict[str, Grant] = {}
    for grant in by.grants():
        if grant.is_duty:
            rows.setdefault(grant.row, grant)
    stmt = select(Duty).where(Duty.edition_id == by.rulebook.edition_id, Duty.code.in_(rows)).order_by(Duty.position)
    cards = []
    for duty in db.session.scalars(stmt):
        grids = _grids(by, {Subject[name] for name in duty.subjects})
        cards.append(
            {
                "code": duty.code,
                "work": duty.work,
                "timing": duty.timing.zh,
                "url": grids[0]["url"] if len(grids) == 1 else None,
                "grids": grids if len(grids) > 1 else [],
                "reason": f"依{row_sentence(rows[duty.code], by.rulebook)}",
            }
        )
    return cards


def _grids(by: Actor, subjects: set[Subject]) -> list[dict[str, str]]:
    """The grids of these subjects in which the person may write."""
    screens = current_app.extensions["screens"].values()
    return [
        {"zh": view.zh, "url": url_for(f"{view.slug}.index_view")}
        for view in screens
        if view.model.__subject__ in subjects and view.can_create and view.opens_for(by) and view.write_verdict(by)
    ]


def _figures(by: Actor) -> list[dict[str, Any]]:
    """How many students and classes are within reach, for those who look after more than themselves."""
    if not any(held.grant.scope not in (Scope.own, Scope.children) for held in by.held_at_all(Subject.student_registry)):
        return []
    students = db.session.scalar(select(func.count(Student.id)).where(visible(by, Student))) or 0
    classes = db.session.scalar(
        select(func.count(SchoolClass.id)).where(SchoolClass.id.in_(select(Student.school_class_id).where(visible(by, Student))))
    )
    return [
        {"value": students, "zh": "可查閱的學生", "url": url_for("student.index_view")},
        {"value": classes or 0, "zh": "所在班級", "url": None},
        {"value": len({grant.row for grant in by.grants() if grant.act is not Act.read}), "zh": "職掌與規則列", "url": None},
    ]
