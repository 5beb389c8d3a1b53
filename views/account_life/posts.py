"""職務交接: who holds what, what is vacant or held twice, handing over, preparing next year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.lookups import pickable
from admin_app.policy import writable
from admin_app.services.account_life.keeping import keeper, kept
from admin_app.services.posts import handover, next_year
from admin_app.services.posts.handover import CannotHandOver, Handover, Person, holder
from admin_app.services.posts.next_year import Row
from admin_app.services.posts.seats import Seat, school_year_span, seats
from admin_app.services.posts.timeline import Span
from models.people import Appointment, Guardian, Staff, Student
from models.values.roc import format_roc, school_year_of
from models.vocabulary import Act, Division
from views.account_life.reading import Unclear, day, number, optional_day, row

blueprint = Blueprint("posts", __name__, url_prefix="/posts")
KINDS: dict[str, type[Person]] = {"staff": Staff, "student": Student, "guardian": Guardian}
KINDS_ZH = {"staff": "教職員", "student": "學生", "guardian": "家長"}


def _sides() -> Sequence[Division]:
    by = identity.actor()
    audit.acting(db.session, keeper(by))
    return kept(by)


def _days(span: Span) -> str:
    return f"{format_roc(span.began)}–{format_roc(span.ended) if span.ended else '未定'}"


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Every post with who holds it today, what is prepared, and what is wrong."""
    sides, today = _sides(), clock.today()
    rows = [_line(seat) for seat in seats(db.session, identity.rulebook(), sides, on=today)]
    only = request.args.get("show", "")
    return render_template(
        "posts/index.html",
        verdict=keeper(identity.actor()),
        groups=_by_unit([each for each in rows if not only or each[only if only in WRONG else "wrong"]]),
        shown=only,
        counts={name: sum(bool(each[name]) for each in rows) for name in WRONG},
        total=len(rows),
        year=school_year_of(today),
        prepared=next_year.prepared(db.session, sides, on=today),
        zh=identity.rulebook().zh,
        holder=holder,
        shared_sides=len(sides) > 1,
    )


WRONG = ("vacant", "shared", "ready")


def _line(seat: Seat) -> dict[str, Any]:
    """A seat as the page prints it. Vacant and shared speak of today and of the rest of the school year."""
    today = clock.today()
    rest = Span(today, school_year_span(today).ended)
    open_days, shared_days = seat.open_days(rest), seat.shared_days(rest)
    return {
        "seat": seat,
        "now": seat.on(today),
        "later": seat.later(today),
        "vacant": [_days(each) for each in open_days],
        "vacant_today": any(each.holds(today) for each in open_days),
        "shared": [_days(each) for each in shared_days],
        "ready": bool(seat.later(today)),
        "wrong": bool(open_days or shared_days),
        "url": url_for("posts.hand_over", post=seat.post.code, **_place(seat)),
    }


def _place(seat: Seat) -> dict[str, Any]:
    places = {"school_class": seat.school_class_id, "department": seat.department_id}
    return {key: value for key, value in places.items() if value is not None}


def _by_unit(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    units = identity.rulebook().units
    found: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        post = each["seat"].post
        name = units[post.unit].zh if post.unit in units else post.zh if each["seat"].place else "其他職務"
        found.setdefault(name, []).append(each)
    return found


def _seat(post: str) -> Seat:
    found = seats(db.session, identity.rulebook(), _sides(), on=clock.today())
    place = (number(request.args.get("school_class", "")) or None, number(request.args.get("department", "")) or None)
    seat = next((each for each in found if (each.post.code, each.school_class_id, each.department_id) == (post, *place)), None)
    if seat is None:
        raise NotFound("找不到這個職務，或不屬於您管理的部別。請回職務交接重新選擇。")
    return seat


@blueprint.route("/<post>/handover", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def hand_over(post: str) -> Any:
    """The post's time line, and the form that hands it over in one step."""
    seat, problem = _seat(post), ""
    if request.method == "POST":
        try:
            made = _hand_over(seat)
        except (CannotHandOver, Unclear) as wrong:
            db.session.rollback()
            seat, problem = _seat(post), str(wrong)
        else:
            db.session.commit()
            flash(f"{seat.zh}自 {format_roc(made.began_on)} 起由{holder(made)}擔任，已通知雙方。", "success")
            return redirect(url_for("posts.hand_over", post=post, **_place(seat)))
    return _handover_page(seat, problem), 422 if problem else 200


def _hand_over(seat: Seat) -> Appointment:
    by = identity.actor()
    leaving = [each for each in seat.appointments if str(each.id) == request.form.get("leaving")]
    kind = request.form.get("kind", "staff")
    person = row(KINDS.get(kind, Staff), request.form.get(kind, ""), "接任人")
    if db.session.scalar(select(type(person).id).where(type(person).id == person.id, _offered(type(person)))) is None:
        raise Unclear("接任人不在您可選取的範圍內。")
    asked = Handover(person, day("day", "交接日"), request.form.get("basis", ""), optional_day("until", "迄日"))
    return handover.hand_over(db.session, seat, leaving, asked, by=by, division=_sides()[0], now=clock.now())


def _offered(model: type[Person]) -> Any:
    return pickable(identity.actor(), Appointment, Act.manage, model)


def _handover_page(seat: Seat, problem: str) -> str:
    today = clock.today()
    kind = request.form.get("kind") or request.args.get("kind") or _kind_of(seat)
    kind = kind if kind in KINDS else "staff"
    picked = db.session.get(KINDS[kind], number(request.form.get(kind, "")))
    return render_template(
        "posts/handover.html",
        verdict=keeper(identity.actor()),
        seat=seat,
        problem=problem,
        line=_timeline(seat),
        current=[each for each in seat.appointments if each.ended_on is None or each.ended_on >= today],
        ready=[each for each in seat.later(today) if _is_mine(each)],
        today=today,
        kind=kind,
        kinds=KINDS_ZH,
        picked=picked,
        place=_place(seat),
        holder=holder,
        years=f"{school_year_of(today)} 學年度",
    )


def _is_mine(appointment: Appointment) -> bool:
    mine = select(Appointment.id).where(Appointment.id == appointment.id, writable(identity.actor(), Appointment))
    return db.session.scalar(mine) is not None


def _kind_of(seat: Seat) -> str:
    last = seat.appointments[-1] if seat.appointments else None
    return next((kind for kind in KINDS if last is not None and getattr(last, f"{kind}_id")), "staff")


def _timeline(seat: Seat) -> list[dict[str, Any]]:
    """Who held it and who will, with the days nobody does in between."""
    today = clock.today()
    every = _every_appointment(seat)
    lines = [
        {
            "days": _days(Span(each.began_on, each.ended_on)),
            "began": each.began_on,
            "text": holder(each),
            "basis": each.basis,
            "now": Span(each.began_on, each.ended_on).holds(today),
            "gap": False,
        }
        for each in every
    ]
    gaps = [
        {"days": _days(each), "began": each.began, "text": "出缺", "basis": "", "now": False, "gap": True}
        for each in seat.open_days(school_year_span(today))
    ]
    return sorted([*lines, *gaps], key=lambda line: line["began"])


def _every_appointment(seat: Seat) -> Sequence[Appointment]:
    people = (joinedload(Appointment.staff), joinedload(Appointment.student), joinedload(Appointment.guardian))
    same = (
        Appointment.post == seat.post.code,
        Appointment.school_class_id.is_not_distinct_from(seat.school_class_id),
        Appointment.department_id.is_not_distinct_from(seat.department_id),
    )
    sides = (Appointment.division.in_(_sides()),) if seat.post.division else ()
    return db.session.scalars(select(Appointment).options(*people).where(*same, *sides).order_by(Appointment.began_on)).all()


@blueprint.post("/appointments/<int:number>/undo")
@login_required  # type: ignore[untyped-decorator]
def undo(number: int) -> Any:
    """Take back what has not begun."""
    sides = _sides()
    mine = (Appointment.id == number, Appointment.division.in_(sides), writable(identity.actor(), Appointment))
    made = db.session.scalar(select(Appointment).where(*mine)) if number < 2**31 else None
    if made is None:
        raise NotFound("找不到這一筆任期，可能已經撤回。")
    try:
        handover.undo(db.session, made, by=identity.actor(), on=clock.today())
    except CannotHandOver as wrong:
        db.session.rollback()
        flash(str(wrong), "error")
    else:
        db.session.commit()
        flash("已撤回，原任期恢復原來的迄日。", "success")
    return redirect(url_for("posts.index"))


@blueprint.route("/next-year", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def coming_year() -> Any:
    """Next year's posts, copied from this year's: change a row, leave it out, fill it, then commit all at once."""
    sides, today = _sides(), clock.today()
    rows = next_year.rows(db.session, identity.actor(), sides, on=today)
    if request.method == "GET":
        return _coming_page(rows, sides)
    try:
        made = next_year.prepare(db.session, _chosen(rows), basis=_basis(), by=identity.actor(), division=sides[0], on=today)
    except (CannotHandOver, Unclear) as wrong:
        db.session.rollback()
        return _coming_page(next_year.rows(db.session, identity.actor(), sides, on=today), sides, str(wrong)), 422
    if not made:
        db.session.rollback()
        return _coming_page(rows, sides, "沒有需要新增的任期：所選的都已備妥，或任期未定迄日會自動延續。"), 422
    db.session.commit()
    flash(f"已備妥次學年 {len(made)} 筆任期，{format_roc(next_year.next_span(today).began)} 起生效；開始前都可以撤回。", "success")
    return redirect(url_for("posts.index", show="ready"))


def _basis() -> str:
    basis = request.form.get("basis", "").strip()
    if not basis:
        raise Unclear("請填寫依據，例如「116 學年度聘書」。")
    return basis[:120]


def _chosen(rows: Sequence[Row]) -> list[tuple[Row, Person]]:
    """The rows left in, each with whom was picked (this year's holder, where nobody else was)."""
    kept_in, picked = set(request.form.getlist("row")), _picked(rows)
    found: list[tuple[Row, Person]] = []
    for each in rows:
        person = picked.get(each.key) or each.proposed
        if each.key not in kept_in or each.ready is not None:
            continue
        if person is None:
            raise Unclear(f"{each.seat.zh}還沒有人選，請選取一位，或取消勾選。")
        found.append((each, person))
    return found


def _picked(rows: Sequence[Row]) -> dict[str, Staff]:
    """Whom the pickers name; one statement."""
    named = {each.key: number(request.form.get(f"staff.{each.key}", "")) for each in rows}
    ids = {value for value in named.values() if value}
    people = {each.id: each for each in db.session.scalars(select(Staff).where(Staff.id.in_(ids), _offered(Staff)))}
    if ids - set(people):
        raise BadRequest("選取的人不在名冊中，請重新選取。")
    return {key: people[value] for key, value in named.items() if value}


def _coming_page(rows: Sequence[Row], sides: Sequence[Division], problem: str = "") -> str:
    coming = next_year.next_span(clock.today())
    return render_template(
        "posts/next_year.html",
        verdict=keeper(identity.actor()),
        rows=rows,
        problem=problem,
        posted=request.method == "POST",
        kept_in=set(request.form.getlist("row")),
        picked=_picked(rows) if request.method == "POST" else {},
        basis=request.form.get("basis", f"{school_year_of(coming.began)} 學年度聘書（派令）"),
        year=school_year_of(coming.began),
        days=_days(coming),
        classes_known=next_year.classes_known(db.session, sides, on=clock.today()),
        holder=holder,
    )
