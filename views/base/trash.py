"""回收桶 of a grid: what was deleted here, until when it can come back, and putting it back, which is judged as the row becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import audit, clock, errors, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import judge, require
from admin_app.services import deeds
from admin_app.services.deeds.noting import How
from admin_app.services.trail import search, trash
from admin_app.services.trail.words import Wording
from models.event import Event
from models.values.roc import format_roc
from models.verbs import Verb
from views.base.history import History

MOST_NUMBER = 2**62


class Trash(History):
    """Deleted rows of one kind."""

    @property
    def has_trash(self) -> bool:
        """Whether the person may delete here at all, and so put back."""
        return bool(self.can_delete) and bool(self.write_verdict(identity.actor()))

    @expose("/trash/")
    def trash_view(self) -> str:
        """What was deleted in this grid and can still be put back, newest first."""
        by = identity.actor()
        if not self.can_delete:
            abort(404)
        verdict = require(self.write_verdict(by))
        after = read_before()
        found, more = search.page(db.session, self.deleted(by), after)
        return render_template(
            "trash/page.html",
            title=f"回收桶：{self.zh}",
            verdict=verdict,
            rows=trash_rows(by, found),
            restore_url=url_for(f"{self.slug}.restore_view"),
            days=trash_days(),
            is_first=after is None,
            first_url=url_for(f"{self.slug}.trash_view"),
            more_url=url_for(f"{self.slug}.trash_view", before=str(more)) if more else None,
            back_url=url_for(f"{self.slug}.index_view"),
            back_zh=f"回{self.zh}",
        )

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> Any:
        """Put back the rows chosen, all or none; or everything one request deleted here (「復原」 right after deleting)."""
        by = identity.actor()
        if not self.can_delete:
            abort(404)
        require(self.write_verdict(by))
        rows = self.put_back(by, self._chosen(by))
        if len(rows) > 1:
            note_restored(self, rows)
        db.session.commit()
        said = f"已復原「{rows[0]}」。" if len(rows) == 1 else f"已復原 {len(rows)} 筆{self.zh}。"
        flash(said, f"undo:{url_for('deeds.undo', code=identity.request_id())}" if len(rows) > 1 else "success")
        if len(rows) == 1:
            return redirect(url_for(f"{self.slug}.details_view", id=rows[0].id))
        here: dict[str, Any] = {"semester": "all"} if hasattr(self.model, "semester_id") else {}
        return redirect(url_for(f"{self.slug}.index_view", **here))

    def deleted(self, by: Actor) -> Select[Event]:
        """Deletions of this grid's rows that the person sees in the trash."""
        return trash.deletions(by, [self.model], trash.since(clock.now(), trash_days()))

    def put_back(self, by: Actor, events: Sequence[Event]) -> list[Any]:
        """Make the rows anew, each judged as it becomes; the caller commits. One that cannot come back refuses all."""
        return [self._put_one_back(by, event) for event in events]

    def _put_one_back(self, by: Actor, event: Event) -> Any:
        signed = audit.acting(db.session, self.write_verdict(by), Verb.restore.name)
        signed.note = f"復原第 {event.id} 號刪除"
        label = Wording(db.session, by, [event]).label(event)
        try:
            row, *others = trash.rebuild(db.session, event)
            db.session.add(row)
            db.session.flush()
            db.session.add_all(others)
            db.session.flush()
        except trash.CannotRestoreError as reason:
            db.session.rollback()
            raise Conflict(f"「{label}」不能復原：{reason}") from None
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(f"「{label}」不能復原：{errors.sentence(error)}") from None
        require(judge(db.session, by, self.act, row))
        if closed := self.closed(row):
            raise Conflict(f"「{label}」不能復原：{closed}")
        return row

    def _chosen(self, by: Actor) -> Sequence[Event]:
        code = request.args.get("request", "")
        if code:
            own = self.deleted(by).where(Event.request_id == code[:36], Event.account_id == by.account_id)
            found = db.session.scalars(own.limit(trash.MOST + 1)).all()
            if not found:
                raise NotFound("找不到剛才刪除的資料，可能已經復原，或已超過可復原的期限。")
            if len(found) > trash.MOST:
                raise BadRequest(f"一次最多復原 {trash.MOST} 筆，請到回收桶分次復原。")
            return found
        return chosen_events(self.deleted(by))

    def undo_url(self) -> str:
        """Where what this request deletes is put back."""
        return url_for(f"{self.slug}.restore_view", request=identity.request_id())


def note_restored(view: Trash, rows: Sequence[Any]) -> None:
    """Tell of the rows of one kind that came back together, so that this too can be undone."""
    audit.signature(db.session).note = ""
    deeds.note(db.session, view.model.__tablename__, How.restore, "復原刪除", len(rows))


def trash_days() -> int:
    """Days a deleted row can be put back."""
    days: int = current_app.extensions["settings"].trash_days
    return days


def read_before() -> search.Cursor | None:
    """The page an address names."""
    try:
        return search.read_cursor(request.args.get("before", ""))
    except ValueError:
        raise BadRequest("網址中的頁次不正確，請回到回收桶第一頁。") from None


def chosen_events(stmt: Select[Event]) -> Sequence[Event]:
    """The deletions a form names; one out of reach refuses them all."""
    texts = [request.form["only"]] if request.form.get("only") else request.form.getlist("event")
    if not texts:
        raise BadRequest("還沒有選取任何一筆，請先勾選要復原的資料。")
    if len(texts) > trash.MOST or not all(text.isascii() and text.isdigit() and int(text) <= MOST_NUMBER for text in texts):
        raise BadRequest(f"一次最多復原 {trash.MOST} 筆，請分次辦理。")
    ids = {int(text) for text in texts}
    found = trash.chosen(db.session, stmt, sorted(ids))
    if len(found) != len(ids):
        raise NotFound("選取的資料中有些已經復原、超過可復原的期限，或不在您可辦理的範圍內，整批都沒有復原。")
    return found


def trash_rows(by: Actor, found: Sequence[Event]) -> list[dict[str, Any]]:
    """The deletions as the page lists them."""
    wording = Wording(db.session, by, found)
    return [
        {"entry": entry, "label": wording.label(event), "gone_on": format_roc(trash.gone_on(event, trash_days()))}
        for event, entry in zip(found, wording.entries(), strict=True)
    ]
