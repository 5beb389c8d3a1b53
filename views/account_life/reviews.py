"""年度帳號清查: the keepers open it and see who is not done; a head answers for each account of the unit and signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Conflict, NotFound

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.policy import judge, may, require, visible
from admin_app.services import reviewing
from admin_app.services.account_life.keeping import kept
from admin_app.services.reviewing import CannotReview
from models.access_review import AccessReview, AccessReviewLine, ReviewFinding
from models.calendar import SchoolYear
from models.values.roc import school_year_of
from models.vocabulary import Act, Subject

blueprint = Blueprint("access_reviews", __name__, url_prefix="/access-reviews")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """The reviews one may see, this year's first, with how far each is."""
    by = identity.actor()
    manages = may(by, Act.manage, Subject.access_review)
    if not by.held_at_all(Subject.access_review):
        require(manages)
    year = school_year_of(clock.today())
    reviews, figures = _reviews(), _figures()
    return render_template(
        "reviews/index.html",
        verdict=manages or may(by, Act.confirm, Subject.access_review),
        manages=bool(manages),
        reviews=[_line(each, figures) for each in reviews],
        year=year,
        opened=any(each.school_year.year == year for each in reviews),
        missing=_missing(reviews, year) if manages else [],
        today=clock.today(),
    )


def _reviews() -> Sequence[AccessReview]:
    stmt = (
        select(AccessReview)
        .join(AccessReview.school_year)
        .options(joinedload(AccessReview.school_year))
        .where(visible(identity.actor(), AccessReview))
        .order_by(SchoolYear.year.desc(), AccessReview.id)
        .limit(200)
    )
    return db.session.scalars(stmt).all()


def _figures() -> dict[int, tuple[int, int, int, int]]:
    """For each review: lines answered, lines, to be disabled, to be changed; one statement."""
    stmt = (
        select(
            AccessReviewLine.review_id,
            func.count().filter(AccessReviewLine.finding.is_not(None)),
            func.count(),
            func.count().filter(AccessReviewLine.finding == ReviewFinding.disable),
            func.count().filter(AccessReviewLine.finding == ReviewFinding.change),
        )
        .where(visible(identity.actor(), AccessReviewLine))
        .group_by(AccessReviewLine.review_id)
    )
    return {review: (answered, total, disabled, changes) for review, answered, total, disabled, changes in db.session.execute(stmt)}


def _line(review: AccessReview, figures: dict[int, tuple[int, int, int, int]]) -> dict[str, Any]:
    book = identity.rulebook()
    answered, total, disabled, changes = figures.get(review.id, (0, 0, 0, 0))
    unit = book.units[review.unit].zh if review.unit in book.units else review.unit
    return {"row": review, "unit": unit, "answered": answered, "total": total, "disabled": disabled, "changes": changes}


def _missing(reviews: Sequence[AccessReview], year: int) -> list[str]:
    there = {each.unit for each in reviews if each.school_year.year == year}
    units = reviewing.reviewed_units(identity.rulebook(), kept(identity.actor()))
    return [unit.zh for unit in units if unit.code not in there]


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def start() -> Any:
    """Open this year's reviews for the units that have none."""
    by = identity.actor()
    audit.acting(db.session, require(may(by, Act.manage, Subject.access_review)))
    year = db.session.scalar(select(SchoolYear).where(SchoolYear.year == school_year_of(clock.today())))
    if year is None:
        raise Conflict("本學年度還沒有建立，請先在「學年度」新增後再開始清查。")
    made = reviewing.open_reviews(db.session, year, by=by, on=clock.today())
    db.session.commit()
    if made:
        flash(f"已開始 {len(made)} 個單位的清查，並通知各單位主管。", "success")
    else:
        flash("各單位都已有本學年度的清查。", "info")
    return redirect(url_for("access_reviews.index"))


@blueprint.post("/remind")
@login_required  # type: ignore[untyped-decorator]
def remind() -> Any:
    """Remind the heads of units that are not done."""
    by = identity.actor()
    audit.acting(db.session, require(may(by, Act.manage, Subject.access_review)))
    count = reviewing.remind(db.session, _reviews(), rulebook=by.rulebook, on=clock.today())
    db.session.commit()
    flash(f"已提醒 {count} 個單位的主管。" if count else "今天都已提醒過，或都已確認。", "success" if count else "info")
    return redirect(url_for("access_reviews.index"))


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def one(number: int) -> Any:
    """A unit's list: read by its keepers, answered and signed by its head; printable."""
    review, by = _review(number), identity.actor()
    lines, problem = reviewing.lines_of(db.session, review), ""
    verdict = judge(db.session, by, Act.confirm, lines[0]) if lines else may(by, Act.confirm, Subject.access_review)
    if request.method == "POST":
        audit.acting(db.session, require(verdict))
        problem = _answer(review, lines)
        if not problem:
            return redirect(url_for("access_reviews.one", number=number))
    book = identity.rulebook()
    page = render_template(
        "reviews/one.html",
        review=review,
        unit=book.units[review.unit].zh if review.unit in book.units else review.unit,
        head=book.zh(book.head_of(review.unit)),
        lines=[_shown(line, typed=bool(problem)) for line in lines],
        verdict=verdict,
        answers=bool(verdict) and review.confirmed_on is None,
        findings=list(ReviewFinding),
        problem=problem,
        me=by.staff_id,
    )
    return page, 422 if problem else 200


def _shown(line: AccessReviewLine, *, typed: bool) -> dict[str, Any]:
    """A line as stored, or as typed when what was typed could not be saved."""
    finding, remark = line.finding.name if line.finding else "", line.remark
    if typed:
        finding, remark = request.form.get(f"finding.{line.id}", finding), request.form.get(f"remark.{line.id}", remark)
    return {"row": line, "finding": finding, "remark": remark}


def _review(number: int) -> AccessReview:
    stmt = select(AccessReview).where(AccessReview.id == number, visible(identity.actor(), AccessReview))
    review = db.session.scalar(stmt) if number < 2**31 else None
    if review is None:
        raise NotFound("找不到這份清查，或不是您的單位。")
    return review


def _answer(review: AccessReview, lines: Sequence[AccessReviewLine]) -> str:
    """Save what was answered; sign it too when that button was pressed. Returns what is wrong."""
    by = identity.actor()
    try:
        if review.confirmed_on is not None:
            raise CannotReview("這份清查已經確認，不能再修改。")
        reviewing.answer(lines, {line.id: _typed(line) for line in lines}, by=by)
        db.session.flush()
        disabled = reviewing.confirm(db.session, review, by=by, now=clock.now()) if "confirm" in request.form else None
    except CannotReview as wrong:
        db.session.rollback()
        return str(wrong)
    db.session.commit()
    flash("已暫存，尚未確認。" if disabled is None else f"已確認本單位的帳號清查，停用 {disabled} 個帳號。", "success")
    return ""


def _typed(line: AccessReviewLine) -> tuple[ReviewFinding | None, str]:
    if f"finding.{line.id}" not in request.form:
        return line.finding, line.remark
    name = request.form[f"finding.{line.id}"]
    return ReviewFinding[name] if name in ReviewFinding.__members__ else None, request.form.get(f"remark.{line.id}", "")
