"""屆期資料: what would be cleared today, and the two people it takes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.policy import Verdict, may, require
from admin_app.services.personal.holdings import zh_of
from admin_app.services.retention import proposing
from admin_app.services.retention.due import read_limits, unusable
from models.catalogue import METADATA
from models.people import Account
from models.personal_data import PurgeRun, PurgeState, RetentionRule
from models.vocabulary import Act, Subject
from views.confirming import confirmed_or_page

blueprint = Blueprint("retention", __name__, url_prefix="/retention")
LATEST = 20


def _purger() -> Verdict:
    verdict = require(may(identity.actor(), Act.purge, Subject.retention))
    audit.acting(db.session, verdict)
    return verdict


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """The dry run of today, kind by kind."""
    verdict, today = _purger(), clock.today()
    lines = proposing.dry_run(db.session, on=today)
    rules = db.session.scalars(select(RetentionRule)).all()
    return render_template(
        "retention/index.html",
        verdict=verdict,
        today=today,
        lines=lines,
        total=sum(line.number for line in lines),
        rules={rule.kind: rule for rule in rules},
        unusable=[zh_of(METADATA.tables[kind]) for kind in unusable(read_limits(db.session, on=today))],
        undecided=sum("待工作小組議決" in rule.basis for rule in rules),
        runs=_latest(),
        states=PurgeState,
        me=identity.account().id,
    )


def _latest() -> Any:
    people = (
        joinedload(PurgeRun.proposed_by).joinedload(Account.staff),
        joinedload(PurgeRun.confirmed_by).joinedload(Account.staff),
    )
    return db.session.scalars(select(PurgeRun).options(*people).order_by(PurgeRun.id.desc()).limit(LATEST)).all()


@blueprint.post("/propose")
@login_required  # type: ignore[untyped-decorator]
def propose() -> Any:
    """Keep today's list for a second person to confirm."""
    _purger()
    run = proposing.propose(db.session, by=identity.account().id, on=clock.today(), now=clock.now())
    db.session.commit()
    flash(f"已提出清除 {run.total:,} 筆，請另一位有權清除的人確認。還沒有清除任何資料。", "success")
    return redirect(url_for("retention.run", number=run.id))


@blueprint.get("/<int:number>")
@login_required  # type: ignore[untyped-decorator]
def run(number: int) -> str:
    """One clearing: what it is about, and how far it is."""
    verdict, found = _purger(), _run(number)
    return render_template(
        "retention/run.html",
        verdict=verdict,
        run=found,
        listed=proposing.listed(db.session, found),
        waits=found.state is PurgeState.proposed,
        mine=found.proposed_by_id == identity.account().id,
    )


@blueprint.post("/<int:number>/confirm")
@login_required  # type: ignore[untyped-decorator]
def confirm(number: int) -> Any:
    """The second person's word."""
    _purger()
    if (asked := confirmed_or_page("確認清除屆期資料")) is not None:
        return asked
    found = _run(number)
    proposing.confirm(db.session, found, by=identity.account().id, now=clock.now())
    db.session.commit()
    flash("已確認，清除在背景進行。", "success")
    return redirect(url_for("retention.run", number=number))


@blueprint.post("/<int:number>/withdraw")
@login_required  # type: ignore[untyped-decorator]
def withdraw(number: int) -> Any:
    """Take a proposal back."""
    _purger()
    proposing.withdraw(db.session, _run(number))
    db.session.commit()
    flash("已撤回，沒有清除任何資料。", "success")
    return redirect(url_for("retention.index"))


def _run(number: int) -> PurgeRun:
    found = db.session.get(PurgeRun, number)
    if found is None:
        raise NotFound("找不到這一次清除。")
    return found
