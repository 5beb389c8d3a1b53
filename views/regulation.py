"""補充規定: the public page of an edition, the list of editions, copying, comparing, publishing, clearing a 待確認."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from admin_app import audit, clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import judge, may, require
from admin_app.rulebook import load_rulebook
from admin_app.services import editions as verbs
from admin_app.services.editions.printed import printed_rule
from admin_app.services.rule_words import CELLS
from models.calendar import Semester
from models.regulation import Edition, Reading
from models.values.roc import format_roc, roc_year
from models.vocabulary import Act, EditionStatus, Subject
from views.regulation_forms import ClearForm, CopyForm, PublishForm, page_errors

blueprint = Blueprint("regulation", __name__, url_prefix="/regulation")
MOST_ID = 2**31 - 1


@blueprint.get("")
def public() -> str:
    """The edition in force, for anyone."""
    return _page(db.session.get_one(Edition, identity.rulebook().edition_id))


@blueprint.get("/<code>")
def edition(code: str) -> str:
    """One edition; a draft only for those who work on editions."""
    return _page(_edition(code))


def _page(found: Edition) -> str:
    by = _reader_or_nobody()
    in_force = found.id == identity.rulebook().edition_id
    return render_template(
        "rule/edition.html",
        rule=printed_rule(db.session, found),
        in_force=in_force,
        adopted=_long_date(found.adopted_on),
        approved=_long_date(found.approved_on),
        effective=_long_date(found.effective_on),
        upcoming=_upcoming(found) if in_force else [],
        cell_names=CELLS,
        works_on_editions=by is not None,
        may_clear=bool(by and may(by, Act.clear, Subject.edition)),
        roc=format_roc,
    )


def _upcoming(current: Edition) -> Sequence[Edition]:
    """Editions published to take effect after this one."""
    published = select(Edition).where(Edition.status == EditionStatus.published, Edition.effective_on > current.effective_on)
    return db.session.scalars(published.order_by(Edition.effective_on)).all()


def _long_date(day: dt.date | None) -> str:
    return f"中華民國 {roc_year(day)} 年 {day.month} 月 {day.day} 日" if day else ""


def _edition(code: str) -> Edition:
    """The edition of this code; a draft exists only for those who work on editions."""
    found = db.session.scalar(select(Edition).where(Edition.code == code)) if code.isascii() and code.isprintable() else None
    if found is None or (found.status is EditionStatus.draft and _reader_or_nobody() is None):
        raise NotFound("沒有這個版本，請到補充規定頁重新選擇。")
    return found


def _reader_or_nobody() -> Actor | None:
    """The signed-in person if any of their posts has to do with editions."""
    if not current_user.is_authenticated:
        return None
    by = identity.actor()
    return by if by.held_at_all(Subject.edition) else None


def _reader() -> Actor:
    by = identity.actor()
    if not by.held_at_all(Subject.edition):
        require(may(by, Act.read, Subject.edition))
    return by


@blueprint.get("/editions")
@login_required  # type: ignore[untyped-decorator]
def editions() -> str:
    """Every edition, published and draft, the newest first."""
    by = _reader()
    found = db.session.scalars(select(Edition).order_by(Edition.status, Edition.effective_on.desc(), Edition.id.desc())).all()
    return render_template(
        "rule/editions.html",
        editions=found,
        in_force=identity.rulebook().edition_id,
        verdict=may(by, Act.publish, Subject.edition),
        roc=format_roc,
        first_semester={each.id: verbs.applies_from(db.session, each) for each in found if each.status is EditionStatus.published},
    )


@blueprint.route("/<code>/copy", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def copy(code: str) -> Any:
    """Make a draft with the same rows."""
    _reader()
    found = _edition(code)
    verdict = require(judge(db.session, identity.actor(), Act.publish, found))
    form, problem = CopyForm(), ""
    if form.validate_on_submit():
        audit.acting(db.session, verdict)
        try:
            draft = verbs.copy_to_draft(db.session, found, code=form.code.data or "", basis=form.basis.data or "")
        except verbs.CannotCopy as refusal:
            problem = str(refusal)
        else:
            db.session.commit()
            flash(f"已複製為草案「{draft.code}」，請在職掌、關係規則與職務各表修改各列。", "success")
            return redirect(url_for("regulation.editions"))
    page = render_template("rule/copy.html", shown=found, form=form, verdict=verdict, errors=page_errors(form, problem))
    return page, 422 if problem or form.errors else 200


@blueprint.get("/<code>/difference")
@login_required  # type: ignore[untyped-decorator]
def difference(code: str) -> str:
    """What this edition changes against the one in force; the one in force is held against the one it was copied from."""
    _reader()
    after = _edition(code)
    verdict = may(identity.actor(), Act.publish, Subject.edition)
    return render_template("rule/difference.html", shown=after, verdict=verdict, **_compared(after))


def _compared(after: Edition) -> dict[str, Any]:
    in_force = db.session.get_one(Edition, identity.rulebook().edition_id)
    before = in_force if after.id != in_force.id else after.based_on
    if before is None:
        return {"before": None}
    found = verbs.difference(db.session, before, after)
    return {
        "before": before,
        "rows": found.rows,
        "gained": verbs.grants_in_words(load_rulebook(db.session, after.id), found.gained),
        "lost": verbs.grants_in_words(load_rulebook(db.session, before.id), found.lost),
    }


@blueprint.route("/<code>/publish", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def publish(code: str) -> Any:
    """Make a draft law, with what article 八 asks for."""
    _reader()
    draft = _edition(code)
    verdict = require(judge(db.session, identity.actor(), Act.publish, draft))
    form, problem = PublishForm(), ""
    if form.validate_on_submit():
        audit.acting(db.session, verdict, "publish")
        try:
            _publish(draft, form)
        except verbs.CannotPublish as refusal:
            problem = str(refusal)
        else:
            return redirect(url_for("regulation.editions"))
    page = render_template(
        "rule/publish.html",
        shown=draft,
        form=form,
        verdict=verdict,
        errors=page_errors(form, problem),
        flaws=list(verbs.flaws(db.session, draft)),
        terms=[(term, _code(term.edition_id)) for term in identity.terms().all if term.closed_on is None],
        today=clock.today(),
        **_compared(draft),
    )
    return page, 422 if problem or form.errors else 200


def _publish(draft: Edition, form: PublishForm) -> None:
    verbs.publish(
        db.session,
        draft,
        adopted_on=form.adopted_on.data,
        approved_on=form.approved_on.data,
        approval_no=form.approval_no.data or "",
        effective_on=form.effective_on.data,
        now=clock.now(),
    )
    db.session.commit()
    flash(f"已發布「{draft.code}」。{_from_when(draft)}", "success")


def _from_when(published: Edition) -> str:
    first: Semester | None = verbs.applies_from(db.session, published)
    day = format_roc(published.effective_on) if published.effective_on else ""
    return f"自 {first} 起適用。" if first else f"自 {day} 以後開學的第一個學期起適用（該學期尚未建立）。"


def _code(edition_id: int | None) -> str:
    found = db.session.get(Edition, edition_id) if edition_id else None
    return found.code if found else "–"


@blueprint.route("/readings/<int:reading_id>/clear", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def clear(reading_id: int) -> Any:
    """Confirm how an unclear cell is read, in one's own name."""
    _reader()
    reading = db.session.get(Reading, reading_id) if reading_id <= MOST_ID else None
    if reading is None:
        raise NotFound("沒有這個待確認事項，請回到補充規定頁。")
    by = identity.actor()
    verdict = require(judge(db.session, by, Act.clear, reading))
    form, problem = ClearForm(), ""
    if form.validate_on_submit():
        audit.acting(db.session, verdict, "clear")
        try:
            verbs.clear_reading(db.session, reading, by=by.name, reason=form.reason.data or "", now=clock.now())
        except verbs.CannotClear as refusal:
            problem = str(refusal)
        else:
            db.session.commit()
            flash(f"已確認 {reading.duty} 讀作「{reading.read_as}」。", "success")
            return redirect(url_for("regulation.edition", code=reading.edition.code, _anchor=reading.duty))
    page = render_template(
        "rule/clear.html",
        reading=reading,
        cell=CELLS.get(reading.cell, reading.cell),
        form=form,
        name=by.name,
        verdict=verdict,
        errors=page_errors(form, problem),
    )
    return page, 422 if problem or form.errors else 200
