"""The form of one piece of work with its files. What was received stays received, whatever else is wrong with the form."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Conflict

from admin_app import audit, clock, errors, identity
from admin_app.extensions import db
from admin_app.policy import Verdict, judge, require
from admin_app.services import evidence
from admin_app.services.portfolio import statements
from admin_app.services.portfolio.courses import OwnCourse, own_courses
from admin_app.terms import Term
from models.evidence import UploadedFile
from models.people import Student
from models.records.learning_outcome import LearningOutcome
from models.vocabulary import Act
from views.base import sending
from views.base.sending import AlreadySaved
from views.forms import SchoolForm, grouped
from views.portfolio import cards, steps
from views.portfolio.blueprint import blueprint, this_term, whose
from views.portfolio.left import file_limits, must_be_open

SET_BY_US = ("student", "teaching")
MOST_FILES = 20
STALE = "這一件剛才在別的視窗改過，還沒有儲存。請看過下面的內容，再按一次「儲存」就會以這一頁為準。"


@dataclass
class Desk:
    """One form as it is being filled in: whose, of what, and what is wrong with it."""

    student: Student
    term: Term
    view: Any
    row: Any
    form: SchoolForm
    verdict: Verdict
    courses: Sequence[OwnCourse] = ()
    teaching_id: int = 0
    files: list[UploadedFile] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_outcome(self) -> bool:
        return self.view.model is LearningOutcome

    def wrong(self, id: str, label: str, text: str) -> None:
        self.problems.append({"id": id, "label": label, "text": text})


@blueprint.route("/<kind>/new", methods=["GET", "POST"])
@login_required
def new(kind: str) -> Any:
    """An empty form; an outcome begins from one of the student's courses."""
    student, term, view = whose(), this_term(), cards.screen(kind)
    verdict = require(view.write_verdict(identity.actor(), student.division))
    must_be_open(view.model, student, term, clock.now())
    desk = _desk(student, term, view, None, verdict)
    return _answer(desk)


@blueprint.route("/<kind>/<int:number>/edit", methods=["GET", "POST"])
@login_required
def edit(kind: str, number: int) -> Any:
    """The same form over what is there. What was sent or certified is not edited."""
    student, view = whose(), cards.screen(kind)
    row = steps.own_row(student, kind, number)
    term = view.term_of(row) or this_term()
    verdict = require(judge(db.session, identity.actor(), view.act, row))
    if not steps.may_edit(row):
        raise Conflict(f"這一件是「{steps.state_of(row).zh}」，內容不能再修改。要改請先撤回，或另外新增一件。")
    must_be_open(view.model, student, term, clock.now())
    return _answer(_desk(student, term, view, row, verdict))


def _desk(student: Student, term: Term, view: Any, row: Any, verdict: Verdict) -> Desk:
    form = view.build_form(identity.actor(), row, term)
    for name in SET_BY_US:
        if name in form:
            del form[name]
    desk = Desk(student, term, view, row, form, verdict)
    if desk.is_outcome:
        desk.courses = [own for own in own_courses(db.session, student, term.id) if not own.why_not]
        chosen = request.values.get("teaching", "")
        desk.teaching_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else row.teaching_id if row else 0
    desk.files = _files(desk)
    return desk


def _files(desk: Desk) -> list[UploadedFile]:
    """Those the form names, or those the record has; only the student's own."""
    if request.method == "GET":
        return evidence.files_of(db.session, desk.row) if desk.row is not None else []
    ids = [int(text) for text in request.form.getlist("files")[:MOST_FILES] if text.isdecimal() and len(text) < 10]
    stmt = select(UploadedFile).where(UploadedFile.id.in_(ids), UploadedFile.student_id == desk.student.id)
    found = {each.id: each for each in db.session.scalars(stmt)}
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def _answer(desk: Desk) -> Any:
    if request.method == "GET":
        return _page(desk)
    _receive(desk)
    valid = desk.form.validate()
    desk.problems += [{"id": each.id, "label": each.label.text, "text": str(each.errors[0])} for each in desk.form if each.errors]
    if desk.is_outcome and desk.teaching_id not in {own.teaching.id for own in desk.courses}:
        desk.wrong("teaching", "課程", "請選擇您本學期修習的課程")
    if not valid or desk.problems:
        return _page(desk), 422
    if desk.row is not None and request.form.get("version", "") != str(desk.row.version):
        desk.wrong("main", "", STALE)
        return _page(desk), 409
    return _save(desk)


def _receive(desk: Desk) -> None:
    """Files sent with the form itself, by a browser without scripts. Each is safe before the form is looked at."""
    for number, sent in enumerate(request.files.getlist("upload")[:MOST_FILES]):
        if not sent.filename:
            continue
        marks = (request.form.get(sending.ONCE, ""), request.form.get("version", ""), str(number), sent.filename)
        kept = (str(each.id) for each in desk.files)
        key = hashlib.sha256("\x1f".join((*marks, *kept)).encode()).hexdigest()[:32]
        try:
            found = evidence.receive(
                db.session(),
                sent.stream,  # type: ignore[arg-type]
                name=sent.filename,
                student=desk.student,
                by=identity.actor(),
                key=key,
                told_sha256=None,
                now=clock.now(),
            )
        except evidence.Refused as refused:
            db.session.rollback()
            desk.wrong("upload", sent.filename, str(refused))
            continue
        db.session.commit()
        desk.files.append(found)


def _save(desk: Desk) -> Any:
    """The row, its files and its event in one transaction, or nothing of it."""
    by, view, is_new = identity.actor(), desk.view, desk.row is None
    row = view.model() if is_new else desk.row
    audit.acting(db.session, desk.verdict)
    try:
        if is_new:
            sending.once()
        _pour(desk, row)
        require(judge(db.session, by, Act.record, row))
        evidence.claim(db.session, [each.id for each in desk.files], row, by=by)
        ended = is_new and statements.withdraw(db.session, view.model.__subject__, desk.student, desk.term.id, by=by)
        db.session.commit()
    except AlreadySaved:
        db.session.rollback()
        flash("這一張表單剛才已經儲存過，沒有重複新增。", "info")
        return redirect(url_for("portfolio.index"))
    except StaleDataError:
        db.session.rollback()
        return _again(desk, STALE, 409)
    except evidence.Refused as refused:
        db.session.rollback()
        return _again(desk, str(refused), refused.status)
    except (DBAPIError, ValueError) as error:
        db.session.rollback()
        if isinstance(error, OperationalError):
            raise
        return _again(desk, errors.sentence(error) if isinstance(error, DBAPIError) else str(error), 422)
    draft = view.draft_key(None if is_new else row, desk.term)
    flash(f"已儲存「{cards.name_of(row)}」。{'先前的「本學期不上傳」已自動收回。' if ended else ''}", f"saved:{draft}")
    return redirect(url_for("portfolio.piece", kind=view.slug, number=row.id))


def _pour(desk: Desk, row: Any) -> None:
    with db.session.no_autoflush:
        if row.id is None:
            row.student = desk.student
        if desk.is_outcome:
            row.teaching = next(own.teaching for own in desk.courses if own.teaching.id == desk.teaching_id)
        desk.view.fill(desk.form, row, identity.actor(), desk.verdict, desk.term)
    db.session.add(row)
    db.session.flush()


def _again(desk: Desk, problem: str, status: int) -> Any:
    """The form once more with everything typed; rows are read anew after the rollback."""
    desk.wrong("main", "", problem)
    if desk.row is not None:
        db.session.refresh(desk.row)
    return _page(desk), status


def _page(desk: Desk) -> str:
    row, view = desk.row, desk.view
    return render_template(
        "portfolio/form.html",
        desk=desk,
        view=view,
        form=desk.form,
        groups=grouped(view.model, desk.form),
        errors=desk.problems,
        files=[cards.file(each) for each in desk.files],
        waiting=[cards.file(each) for each in _unclaimed(desk)],
        limits=file_limits(desk.term),
        once=sending.mark() if row is None else "",
        version=row.version if row is not None else "",
        draft=view.draft_key(row, desk.term),
        account_key=identity.account().id,
        back_url=url_for("portfolio.piece", kind=view.slug, number=row.id) if row is not None else url_for("portfolio.index"),
        record_label=cards.name_of(row) if row is not None else "",
    )


def _unclaimed(desk: Desk) -> list[UploadedFile]:
    """Files that arrived and belong to nothing yet: a page was closed too early. They are offered until they are swept."""
    named = {each.id for each in desk.files}
    stmt = (
        select(UploadedFile)
        .where(UploadedFile.student_id == desk.student.id, UploadedFile.record_kind.is_(None))
        .order_by(UploadedFile.id.desc())
        .limit(MOST_FILES)
    )
    return [each for each in db.session.scalars(stmt) if each.id not in named]
