"""最近的批次辦理: what a person lately did to many rows at once, whatever the grid, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import login_required
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Conflict, NotFound

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.services import deeds
from admin_app.services.deeds.noting import UNDO_HOURS, Deed
from admin_app.services.deeds.undoing import CannotTakeBackError, Obstacle
from admin_app.services.trail.words import Wording
from models.values.roc import format_roc
from views.base import DutyView

blueprint = Blueprint("deeds", __name__, url_prefix="/deeds")
MOST_OBSTACLES = 50


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """One's own bulk deeds, the newest first, each with its undo as long as there is one."""
    now, found = clock.now(), _recent()
    return render_template(
        "deeds/index.html",
        rows=[_row(deed, deed.can_be_undone(now)) for deed in found if deed.kind in _screens()],
        hours=UNDO_HOURS,
        days=identity.settings().trash_days,
    )


@blueprint.post("/<code>/undo")
@login_required  # type: ignore[untyped-decorator]
def undo(code: str) -> Any:
    """Take back what the request with this code did: every row, or none and why."""
    by, now = identity.actor(), clock.now()
    found = deeds.find(db.session, by, code[:36], now=now, trash_days=identity.settings().trash_days)
    if not found:
        raise NotFound("找不到這次批次辦理，或已超過可以復原的期限。")
    for deed in found:
        _must_be_in_time(deed)
    try:
        rows = sum(_screens()[deed.kind].take_back(by, deed) for deed in found)
        db.session.commit()
    except CannotTakeBackError as error:
        db.session.rollback()
        return _obstacles_page(by, found[0], error), 409
    except StaleDataError:
        db.session.rollback()
        raise Conflict("有人剛剛更動了其中的資料，整批都沒有復原。請稍候再按一次「復原」。") from None
    flash(f"已復原「{found[0].what}」：{rows:,} 筆恢復原狀。", "success")
    return redirect(url_for("deeds.index"))


def _must_be_in_time(deed: Deed) -> None:
    if deed.undone_at is not None:
        raise Conflict(f"這次批次辦理已在 {_moment(deed.undone_at)} 復原過了。")
    if not deed.can_be_undone(clock.now()):
        raise Conflict(f"已超過可以復原的期限（{_moment(deed.until)}）。請到各筆的異動紀錄逐筆復原。")


def _recent() -> list[Deed]:
    return deeds.recent(db.session, identity.actor(), now=clock.now(), trash_days=identity.settings().trash_days)


def _screens() -> dict[str, DutyView]:
    """The grids by the table their events name."""
    return {view.model.__tablename__: view for view in current_app.extensions["screens"].values()}


def _row(deed: Deed, undoable: bool) -> dict[str, Any]:
    view = _screens()[deed.kind]
    return {
        "at": _moment(deed.at),
        "kind": view.zh,
        "what": deed.what,
        "total": deed.total,
        "undo_url": url_for("deeds.undo", code=deed.code) if undoable else None,
        "state": f"{_moment(deed.undone_at)} 已復原" if deed.undone_at else "已超過可復原的期限",
        "until": _moment(deed.until),
        "list_url": url_for(f"{view.slug}.index_view") if view.opens_for(identity.actor()) else None,
    }


def _obstacles_page(by: Actor, deed: Deed, error: CannotTakeBackError) -> str:
    view, shown = _screens()[deed.kind], error.obstacles[:MOST_OBSTACLES]
    wording = Wording(db.session, by, [each.event for each in shown])
    return render_template(
        "deeds/obstacles.html",
        deed=_row(deed, undoable=True),
        rows=[{"label": wording.label(each.event), "why": each.why, **_since(view, each)} for each in shown],
        beyond=len(error.obstacles) - len(shown),
        total=len(error.obstacles),
    )


def _since(view: DutyView, obstacle: Obstacle) -> dict[str, Any]:
    """Who changed the row since, when, and where its past is read."""
    later = obstacle.since
    if later is None:
        return {"who": "", "at": "", "url": None}
    gone = later.verb == "delete"
    url = None if gone else url_for(f"{view.slug}.history_view", id=later.record_id)
    return {"who": later.actor, "at": _moment(later.at), "url": url}


def _moment(at: Any) -> str:
    return f"{format_roc(at.date())} {at:%H:%M}"
