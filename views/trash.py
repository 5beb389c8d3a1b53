"""回收桶 of everything a person may put back, whatever its kind, on one page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import login_required
from sqlalchemy import Select
from werkzeug.exceptions import Forbidden

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.services.trail import search, trash
from models.event import Event
from views.base import DutyView
from views.base.trash import chosen_events, note_restored, read_before, trash_days, trash_rows

blueprint = Blueprint("trash", __name__, url_prefix="/trash")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Deletions of every kind the person may delete, newest first."""
    by, after = identity.actor(), read_before()
    found, more = search.page(db.session, _deleted(by), after)
    return render_template(
        "trash/page.html",
        title="回收桶",
        verdict=None,
        rows=trash_rows(by, found),
        by_kind=True,
        restore_url=url_for("trash.restore"),
        days=trash_days(),
        is_first=after is None,
        first_url=url_for("trash.index"),
        more_url=url_for("trash.index", before=str(more)) if more else None,
        back_url=url_for("admin.index"),
        back_zh="回首頁",
    )


@blueprint.post("/restore")
@login_required  # type: ignore[untyped-decorator]
def restore() -> Any:
    """Put back the rows chosen, of whatever kinds, all or none."""
    by = identity.actor()
    views = {view.model.__tablename__: view for view in kept_by(by)}
    rows: dict[str, list[Any]] = defaultdict(list)
    for event in chosen_events(_deleted(by)):
        rows[event.kind] += views[event.kind].put_back(by, [event])
    for kind, found in rows.items():
        note_restored(views[kind], found)
    db.session.commit()
    said = f"已復原{'、'.join(f'{views[kind].zh} {len(found)} 筆' for kind, found in rows.items())}。"
    flash(said, f"undo:{url_for('deeds.undo', code=identity.request_id())}")
    return redirect(url_for("trash.index"))


def kept_by(by: Actor) -> list[DutyView]:
    """The grids in which the person may delete."""
    screens = current_app.extensions["screens"].values()
    return [view for view in screens if view.can_delete and view.opens_for(by) and view.write_verdict(by)]


def _deleted(by: Actor) -> Select[Event]:
    views = kept_by(by)
    if not views:
        raise Forbidden("您的職務沒有可以刪除或復原的資料。")
    return trash.deletions(by, [view.model for view in views], trash.since(clock.now(), trash_days()))
