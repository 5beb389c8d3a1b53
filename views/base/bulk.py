"""Bulk actions and deletion: a page that says how many and which, then the deed, all rows or none."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import audit, clock, errors, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, judge, require, writable
from views.base.listing import Listing
from views.base.screen import MOST_ID, MOST_SELECTED, TODAY, Mark


class Bulk(Listing):
    """Actions on the rows chosen in the list, and deleting one."""

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Ids are selected again through the policy; one id out of reach refuses the whole action."""
        by, name = identity.actor(), request.form.get("action", "")
        verdict = require(self.write_verdict(by))
        action = next((each for each in self._offered_actions() if each["name"] == name), None)
        if action is None:
            raise BadRequest("沒有這個批次動作，請回到清單重新選擇。")
        rows = self._selected(by)
        if not request.form.get("confirmed"):
            fields = [("action", name), ("confirmed", "1"), *(("rowid", row.id) for row in rows)]
            sentence = f"您選取了 {len(rows)} 筆{self.zh}，將一併{action['zh']}。"
            return self._confirm(f"{action['zh']}{self.zh}", sentence, rows, fields, action["zh"], ".action_view")
        return self.perform(name, rows, verdict)

    def perform(self, name: str, rows: Sequence[Any], verdict: Verdict) -> Any:
        """Do a confirmed bulk action."""
        if name == "delete":
            return self._remove(rows, verdict) or self._done(f"已刪除 {len(rows)} 筆。", undo=True)
        return self._apply(next(mark for mark in self.marks if mark.name == name), rows, verdict)

    def _selected(self, by: Actor) -> Sequence[Any]:
        texts = request.form.getlist("rowid")
        if not texts:
            raise BadRequest("還沒有選取任何一筆，請先在清單勾選。")
        if len(texts) > MOST_SELECTED or not all(text.isascii() and text.isdigit() and int(text) <= MOST_ID for text in texts):
            raise BadRequest(f"一次最多辦理 {MOST_SELECTED} 筆，請縮小範圍。")
        ids = {int(text) for text in texts}
        rows = db.session.scalars(select(self.model).where(self.model.id.in_(ids), writable(by, self.model), self.scope())).all()
        if len(rows) != len(ids):
            raise NotFound("選取的資料中有些已刪除，或不在您可辦理的範圍內，整批都沒有辦理。")
        for row in rows:
            self._must_be_open(row)
        return rows

    def _apply(self, mark: Mark, rows: Sequence[Any], verdict: Verdict) -> Any:
        audit.acting(db.session, verdict)
        for row in rows:
            for key, value in mark.values.items():
                setattr(row, key, clock.today() if value is TODAY else value)
        db.session.commit()
        return self._done(f"已{mark.zh} {len(rows)} 筆。")

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """A page that names the row, then the deletion."""
        by, row = identity.actor(), self.get_one(request.values.get("id"))
        if not self.can_delete:
            abort(404)
        verdict = require(judge(db.session, by, self.act, row))
        self._must_be_open(row)
        if request.method == "GET":
            return self._confirm(
                f"刪除{self.zh}",
                "刪除後這一筆不再出現在名單與統計中；可在回收桶復原，異動紀錄會保留。",
                [row],
                [("id", row.id)],
                "刪除",
                ".delete_view",
            )
        label = str(row)
        return self._remove([row], verdict) or self._done(f"已刪除「{label}」。", undo=True)

    def _remove(self, rows: Sequence[Any], verdict: Verdict) -> Any:
        audit.acting(db.session, verdict)
        try:
            for row in rows:
                db.session.delete(row)
            db.session.commit()
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(errors.sentence(error)) from None
        return None

    def undo_url(self) -> str:
        """Where what this request deletes is put back; the trash knows."""
        raise NotImplementedError

    def _done(self, sentence: str, *, undo: bool = False) -> Any:
        flash(sentence, f"undo:{self.undo_url()}" if undo else "success")
        return redirect(url_for(f"{self.slug}.index_view"))

    def _confirm(self, title: str, sentence: str, rows: Sequence[Any], fields: list[Any], button: str, endpoint: str) -> str:
        return render_template(
            "grid/confirm.html",
            view=self,
            title=title,
            sentence=sentence,
            items=[str(row) for row in rows],
            post_url=url_for(endpoint),
            fields=fields,
            back_url=url_for(f"{self.slug}.index_view"),
            button=button,
            danger=button == "刪除",
        )
