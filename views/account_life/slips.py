"""密碼單: choose a class, choose who, print. The passwords are on this one page and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, make_response, redirect, render_template, request
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.addresses import full_address
from admin_app.extensions import db
from admin_app.policy import writable
from admin_app.services import first_passwords, jobs
from admin_app.services.account_life import slip_batches, slips
from admin_app.services.account_life.creating import PersonKind
from admin_app.services.account_life.keeping import NOT_YOURS, beyond, keeper, kept
from models.classes import SchoolClass
from models.people import Account, Guardianship, Staff, Student
from models.vocabulary import Term
from views.account_life.overview import settings
from views.account_life.reading import number
from views.base.screen import MOST_ID

blueprint = Blueprint("slips", __name__, url_prefix="/accounts/slips")


class Layout(Term):
    """How slips are printed."""

    cut = "裁切式：每張 A4 印 8 人，沿虛線裁開"
    sealed = "密封式：一人一張 A4，密碼在內層，對摺兩次封口"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account a slip can be printed for: ticked beforehand or not, and why not at all."""

    account: Account
    place: str
    ticked: bool
    note: str
    barred: bool


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Classes and units with accounts, and how many of them wait for a first password."""
    by = identity.actor()
    verdict = keeper(by)
    return render_template("accounts/slips.html", verdict=verdict, parts=_parts(), layouts=list(Layout))


def _parts() -> list[dict[str, Any]]:
    waiting = func.count().filter(Account.password_hash == "")
    mine = and_(Account.enabled, Account.division.in_(kept(identity.actor())))
    by_class = (
        select(SchoolClass.id, SchoolClass.name, SchoolClass.division, func.count(), waiting)
        .group_by(SchoolClass.id, SchoolClass.name, SchoolClass.division)
        .order_by(SchoolClass.division, SchoolClass.grade, SchoolClass.id)
    )
    students = by_class.join(Student, Student.school_class_id == SchoolClass.id).join(Account, Account.student_id == Student.id)
    guardians = (
        by_class.join(Student, Student.school_class_id == SchoolClass.id)
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(Account, Account.guardian_id == Guardianship.guardian_id)
    )
    units = (
        select(Staff.unit, Staff.unit, Staff.division, func.count(), waiting)
        .join(Account, Account.staff_id == Staff.id)
        .group_by(Staff.unit, Staff.division)
        .order_by(Staff.division, Staff.unit)
    )
    stmts = {PersonKind.student: students, PersonKind.staff: units, PersonKind.guardian: guardians}
    return [{"kind": kind, "groups": [_group(row) for row in db.session.execute(stmt.where(mine))]} for kind, stmt in stmts.items()]


def _group(row: Any) -> dict[str, Any]:
    key, zh, division, total, waiting = row
    return {"key": key, "zh": zh or "未填單位", "division": division.zh, "total": total, "waiting": waiting}


@blueprint.get("/<kind>")
@login_required  # type: ignore[untyped-decorator]
def choose(kind: str) -> str:
    """The accounts of a class or unit, those without a password of their own ticked."""
    keeper(identity.actor())
    if kind not in PersonKind.__members__:
        raise NotFound("沒有這一類人員，請從選單選擇。")
    stmt, title = _of_group(PersonKind[kind], request.args.get("group", ""))
    return chooser(db.session.scalars(stmt.where(_mine())).all(), title)


def _of_group(kind: PersonKind, key: str) -> tuple[Select[Account], str]:
    if kind is PersonKind.staff:
        return slips.of_unit(key), key or "未填單位"
    name = db.session.scalar(select(SchoolClass.name).where(SchoolClass.id == number(key)))
    if name is None:
        raise NotFound("找不到這個班級，請從選單選擇。")
    if kind is PersonKind.student:
        return slips.of_class(number(key)), name
    return slips.of_guardians(number(key)), f"{name}家長"


def _mine() -> ColumnElement[bool]:
    return writable(identity.actor(), Account)


def chooser(accounts: Sequence[Account], title: str) -> str:
    """Who gets a slip: also where the grid's bulk action leads."""
    by = identity.actor()
    return render_template(
        "accounts/slips_choose.html",
        verdict=keeper(by),
        title=title,
        candidates=_candidates(accounts),
        layouts=list(Layout),
        days=settings().first_password_days,
        most=slips.MOST_AT_ONCE,
    )


def _candidates(accounts: Sequence[Account]) -> list[Candidate]:
    barred = beyond(db.session, identity.actor(), accounts, on=clock.today())
    where = slips.places(db.session, accounts)
    return [_candidate(each, where[each.id], each.id in barred) for each in accounts]


def _candidate(account: Account, where: str, barred: bool) -> Candidate:
    own = slips.has_own_password(account)
    note = NOT_YOURS if barred else "已自設密碼：勾選會使本人的密碼失效" if own else ""
    if not note and first_passwords.lapsed(account, on=clock.today()):
        note = "上一張密碼單已過期"
    elif not note and account.password_hash:
        note = "已印過密碼單，尚未更改；重印後舊單失效"
    return Candidate(account, where, not own and not barred, note, barred)


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def issue() -> Any:
    """Make the passwords and show them, once. Nobody who chose one is touched unless ticked."""
    audit.acting(db.session, keeper(identity.actor()))
    chosen = _chosen()
    layout = request.form.get("layout", Layout.cut.name)
    if layout not in Layout.__members__:
        raise BadRequest("請選擇列印方式。")
    title = request.form.get("title", "")[:60]
    days = settings().first_password_days
    made = slips.issue(db.session, chosen, now=clock.now(), days=days, what=title)
    page = render_template("accounts/slips_print.html", slips=made, layout=layout, title=title, **_address())
    db.session.commit()
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/batches/new")
@login_required
def issue_all() -> Any:
    """Ask for the slips of a whole grade or school: a job makes them, its maker fetches them once."""
    by = identity.actor()
    audit.acting(db.session, keeper(by))
    kind, grade = request.form.get("kind", ""), request.form.get("grade", "")
    if kind not in (PersonKind.student.name, PersonKind.guardian.name) or grade not in ("", "1", "2", "3"):
        raise BadRequest("請選擇學生或家長，以及年級。")
    layout = request.form.get("layout", Layout.cut.name)
    if layout not in Layout.__members__:
        raise BadRequest("請選擇列印方式。")
    what = f"{f'{grade} 年級' if grade else '全校'}{PersonKind[kind].zh}"
    made = jobs.defer(
        db.session,
        slip_batches.KIND,
        by=identity.account().id,
        dedupe=f"{slip_batches.KIND}:{identity.account().id}",
        people=kind,
        divisions=[side.name for side in kept(by)],
        grade=int(grade) if grade else None,
        what=what,
        layout=layout,
    )
    db.session.commit()
    return redirect(f"/jobs/{made.id}")


@blueprint.post("/batches/<int:number>")
@login_required
def open_batch(number: int) -> Any:
    """The finished slips, on this page and never again."""
    audit.acting(db.session, keeper(identity.actor()))
    found = slip_batches.fetch(
        db.session, settings().data_dir, min(number, MOST_ID), account_id=identity.account().id, now=clock.now()
    )
    if found is None:
        raise NotFound("這一批密碼單已經開啟過、超過 24 小時，或不是您產生的。需要時請重新產生。")
    made, what, layout = found
    audit.track(db.session, "download", "account", note=f"{what}密碼單", count=len(made))
    page = render_template("accounts/slips_print.html", slips=made, layout=layout, title=what, **_address())
    db.session.commit()
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/batches/<int:number>")
@login_required
def batch(number: int) -> str:
    """Before opening: looking must not use it up."""
    keeper(identity.actor())
    return render_template("accounts/slips_batch.html", number=number)


def _address() -> dict[str, Any]:
    address = full_address("access.sign_in")
    code = segno.make(address, error="m").svg_inline(omitsize=True, border=1)
    return {"address": address, "code": Markup(code)}  # noqa: S704 - drawn here, from our own address


def _chosen() -> Sequence[Account]:
    """The ticked accounts, selected again through the policy; one out of reach refuses them all."""
    ids = {number(text) for text in request.form.getlist("account")} - {0}
    if not ids:
        raise BadRequest("還沒有勾選任何人，請先勾選再列印。")
    if len(ids) > slips.MOST_AT_ONCE:
        raise BadRequest(f"一次最多列印 {slips.MOST_AT_ONCE} 張，請分班列印。")
    people = (
        joinedload(Account.staff),
        joinedload(Account.guardian),
        joinedload(Account.student).joinedload(Student.school_class),
    )
    stmt = select(Account).options(*people).outerjoin(Account.student).where(Account.id.in_(ids), Account.enabled, _mine())
    found = db.session.scalars(stmt.order_by(Student.school_class_id, Student.seat_no, Account.username)).all()
    if len(found) != len(ids):
        raise NotFound("選取的帳號中有些已停用，或不在您管理的部別，整批都沒有列印。")
    if beyond(db.session, identity.actor(), found, on=clock.today()):
        raise BadRequest(f"{NOT_YOURS}，整批都沒有列印，請取消勾選後再試。")
    return found
