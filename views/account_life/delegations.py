"""代理人: naming who stands in for one's own post, or for an absent person of the unit one heads; seeing and revoking it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import or_, select
from werkzeug.exceptions import NotFound

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.lookups import LIMIT
from admin_app.policy import Denied, Verdict, may, require
from admin_app.services.posts import delegating
from admin_app.services.posts.delegating import CannotDelegate, Wish
from models.people import Delegation, Staff
from models.vocabulary import Act, Subject
from views.account_life.reading import Unclear, day, number, row

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")


def _opens() -> Actor:
    """Anybody who may name a 代理人, or is one."""
    by = identity.actor()
    if not delegating.own_grants(by) and not delegating.concerning(db.session, by, on=clock.today()):
        if by.staff_id is None:
            raise Denied(Verdict(False, "職務代理供教職員指定，學生與家長沒有代理人。"))
        require(may(by, Act.delegate, Subject.delegation))
    return by


@blueprint.route("", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def mine() -> Any:
    """What one has lent, what one does for others, and the form to name somebody."""
    by, problem = _opens(), ""
    if request.method == "POST":
        try:
            made = delegating.lend(db.session, _wish(by), by=by, on=clock.today())
        except (CannotDelegate, Unclear) as wrong:
            db.session.rollback()
            problem = str(wrong)
        else:
            db.session.commit()
            flash(f"已指定{made.delegate.name}代理，並已通知本人。", "success")
            return redirect(url_for("delegations.mine"))
    return _page(by, problem), 422 if problem else 200


def _wish(by: Actor) -> Wish:
    offered = {each.id: each for each in delegating.lendable(db.session, by, on=clock.today())}
    appointment = offered.get(number(request.form.get("appointment", "")))
    if appointment is None:
        raise Unclear("請選取要請人代理的職務。")
    delegate: Staff = row(Staff, request.form.get("delegate", ""), "代理人")
    return Wish(
        appointment=appointment,
        delegate=delegate,
        began_on=day("began_on", "起日"),
        ended_on=day("ended_on", "迄日"),
        subjects=tuple(dict.fromkeys(request.form.getlist("subjects"))),
        reason=request.form.get("reason", "")[:120],
    )


def _page(by: Actor, problem: str) -> str:
    today = clock.today()
    lendable = delegating.lendable(db.session, by, on=today)
    chosen = number(request.values.get("appointment", "")) or (lendable[0].id if lendable else 0)
    post = next((each.post for each in lendable if each.id == chosen), "")
    return render_template(
        "posts/delegations.html",
        problem=problem,
        lendable=lendable,
        chosen=chosen,
        subjects=delegating.subjects_of(by.rulebook, post) if post else [],
        ticked=set(request.form.getlist("subjects")),
        picked=db.session.get(Staff, number(request.form.get("delegate", ""))),
        lent=[_line(each, by) for each in delegating.concerning(db.session, by, on=today)],
        zh=by.rulebook.zh,
        me=by.staff_id,
    )


def _line(lent: Delegation, by: Actor) -> dict[str, Any]:
    today = clock.today()
    over = lent.revoked_on is not None or lent.ended_on < today
    state = "已撤銷" if lent.revoked_on else "已結束" if over else "代理中" if lent.began_on <= today else "尚未開始"
    subjects = "、".join(Subject[name].zh for name in lent.subjects if name in Subject.__members__)
    return {
        "row": lent,
        "state": state,
        "over": over,
        "subjects": subjects or "全部工作",
        "mine": lent.delegate_id == by.staff_id,
        "revocable": not over and _may(by, lent),
    }


def _may(by: Actor, lent: Delegation) -> bool:
    try:
        return bool(delegating.why(by, lent.appointment))
    except Denied:
        return False


@blueprint.post("/<int:number>/revoke")
@login_required  # type: ignore[untyped-decorator]
def revoke(number: int) -> Any:
    """End a 代理 today."""
    by = _opens()
    lent = next((each for each in delegating.concerning(db.session, by, on=clock.today()) if each.id == number), None)
    if lent is None:
        raise NotFound("找不到這一筆代理，可能已經結束。")
    try:
        delegating.revoke(db.session, lent, by=by, on=clock.today())
    except CannotDelegate as wrong:
        db.session.rollback()
        flash(str(wrong), "error")
    else:
        db.session.commit()
        flash(f"已撤銷，{lent.delegate.name}自此刻起不能再代理。", "success")
    return redirect(url_for("delegations.mine"))


@blueprint.get("/colleagues")
@login_required  # type: ignore[untyped-decorator]
def colleagues() -> Any:
    """Who may be named: staff of one's own side of the wall who are still there."""
    by = _opens()
    words = request.args.get("query", "")[:60].split()
    stmt = select(Staff.id, Staff.name, Staff.code, Staff.title).where(
        Staff.division == by.division,
        or_(Staff.left_on.is_(None), Staff.left_on >= clock.today()),
        Staff.id != (by.staff_id or 0),
        *(or_(Staff.name.contains(word, autoescape=True), Staff.code.icontains(word, autoescape=True)) for word in words),
    )
    rows = db.session.execute(stmt.order_by(Staff.name, Staff.id).limit(LIMIT))
    return jsonify([[number, f"{name}（{code}）{title}"] for number, name, code, title in rows])
