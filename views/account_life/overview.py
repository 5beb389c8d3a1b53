"""帳號總覽, 建立帳號, 離校離職: where the keepers of accounts see what there is to do, and do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import func, select
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services.account_life import creating, finding, leaving
from admin_app.services.account_life.creating import Group, PersonKind, Plan
from admin_app.services.account_life.keeping import keeper, kept
from models.people import Account
from models.vocabulary import Division
from views.account_life.reading import number

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")
MOST_SHOWN = 60


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _keeper() -> tuple[Verdict, Sequence[Division]]:
    by = identity.actor()
    verdict = keeper(by)
    audit.acting(db.session, verdict)
    return verdict, kept(by)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def overview() -> str:
    """How the accounts stand, each figure with its list."""
    verdict, sides = _keeper()
    today = clock.today()
    groups = creating.groups(db.session, sides, on=today)
    return render_template(
        "accounts/overview.html",
        verdict=verdict,
        counts=finding.counts(db.session, sides, on=today, idle_days=settings().idle_days),
        without=[_without(kind, groups) for kind in PersonKind],
        departed=len(leaving.departed(db.session, sides, on=today)),
        shared_mails=finding.shared_mails(db.session, sides),
        gone=_gone(sides),
        divisions="、".join(side.zh for side in sides),
        idle_disable_days=settings().idle_disable_days,
    )


def _without(kind: PersonKind, groups: Sequence[Group]) -> dict[str, Any]:
    mine = [group for group in groups if group.kind is kind]
    return {"kind": kind, "people": sum(group.people for group in mine), "without": sum(group.without for group in mine)}


def _gone(sides: Sequence[Division]) -> int:
    """Accounts of people who have left: their access has ended, whatever the account says."""
    stmt = select(func.count(Account.id)).where(Account.division.in_(sides), Account.enabled, finding.departed(clock.today()))
    return db.session.scalar(stmt) or 0


@blueprint.get("/new")
@login_required  # type: ignore[untyped-decorator]
def choose() -> str:
    """Whom accounts can be made for: everybody without one, by class and unit."""
    verdict, sides = _keeper()
    groups = creating.groups(db.session, sides, on=clock.today())
    parts = [{**_without(kind, groups), "groups": [each for each in groups if each.kind is kind]} for kind in PersonKind]
    return render_template("accounts/choose.html", verdict=verdict, parts=parts, mixed=len(sides) > 1)


@blueprint.get("/new/<kind>")
@login_required  # type: ignore[untyped-decorator]
def preview(kind: str) -> str:
    """What creating would do, before it is done."""
    verdict, sides = _keeper()
    chosen, key = _kind(kind), request.args.get("group", "")
    found = _plan(chosen, key, sides)
    return render_template(
        "accounts/preview.html",
        verdict=verdict,
        kind=chosen,
        key=key,
        plan=found,
        shown=found.ready[:MOST_SHOWN],
        where=found.ready[0].where.split(" ")[0] if key and found.ready else "",
    )


@blueprint.post("/new/<kind>")
@login_required  # type: ignore[untyped-decorator]
def create(kind: str) -> Any:
    """Make the accounts the preview showed; whoever has one by now is left out."""
    _, sides = _keeper()
    chosen, key = _kind(kind), request.form.get("group", "")
    found = _plan(chosen, key, sides)
    if not found.ready:
        flash("沒有需要建立的帳號：這些人都已經有帳號，或帳號名稱已被使用。", "warning")
        return redirect(url_for("accounts.choose"))
    made = creating.create(db.session, found.ready, on=clock.today())
    place = f" {found.ready[0].where.split(' ')[0]}" if key else ""
    audit.track(db.session, "create_accounts", "account", note=f"{chosen.zh}{place}", count=len(made))
    db.session.commit()
    flash(f"已建立 {len(made)} 個{chosen.zh}帳號。還沒有密碼：請列印密碼單，或寄送設定密碼連結。", "success")
    return redirect(url_for("slips.choose", kind=chosen.name, group=key) if key else url_for("slips.index"))


def _kind(name: str) -> PersonKind:
    if name not in PersonKind.__members__:
        raise NotFound("沒有這一類人員，請從選單選擇。")
    return PersonKind[name]


def _plan(kind: PersonKind, key: str, sides: Sequence[Division]) -> Plan:
    is_class = kind is not PersonKind.staff and key not in ("", creating.NO_GROUP)
    if is_class and number(key) == 0:
        raise BadRequest("網址中的班級不存在，請從選單選擇。")
    return creating.plan(db.session, kind, sides, key=key, on=clock.today())


@blueprint.get("/departed")
@login_required  # type: ignore[untyped-decorator]
def departed() -> str:
    """Who has left and still holds a post, a 代理 or an account."""
    verdict, sides = _keeper()
    people = leaving.departed(db.session, sides, on=clock.today())
    return render_template("accounts/departed.html", verdict=verdict, people=people, zh=identity.rulebook().zh)


@blueprint.post("/departed")
@login_required  # type: ignore[untyped-decorator]
def close() -> Any:
    """End what the chosen people still hold. Their records stay as they are."""
    _, sides = _keeper()
    chosen = set(request.form.getlist("person"))
    people = [each for each in leaving.departed(db.session, sides, on=clock.today()) if each.key in chosen]
    if not people:
        raise BadRequest("還沒有選取任何人，請先勾選再按「結束」。")
    for each in people:
        leaving.close(db.session, each, now=clock.now())
    db.session.commit()
    flash(f"已結束 {len(people)} 人的職務、代理與帳號；紀錄都保留。", "success")
    return redirect(url_for("accounts.departed"))
