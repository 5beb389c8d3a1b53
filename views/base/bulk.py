"""Bulk actions and deletion: a page that says how many, which and what will change; then the deed, all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy import select, true
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, Conflict

from admin_app import audit, clock, errors, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, judge, require, writable
from admin_app.services import deeds
from admin_app.services.deeds.noting import UNDO_HOURS, How
from admin_app.services.trail.words import labels
from views.base.choosing import Choosing
from views.base.chosen import Chosen
from views.base.screen import TODAY, Mark
from views.base.telling import Told, tell_changes

SHOWN = 20
MOST_NAMED = 220
CHANGE = "change:"
PAGES = ("page", "after", "before")


class Bulk(Choosing):
    """Actions on the rows chosen in the list, and deleting one."""

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Rows are selected again through the policy; then the page that says what will happen, and after it the deed."""
        by, name = identity.actor(), request.form.get("action", "")
        verdict = require(self.write_verdict(by))
        action = next((each for each in self._offered_actions() if each["name"] == name), None)
        if action is None:
            raise BadRequest("沒有這個批次動作，請回到清單重新選擇。")
        if request.form.get("all") == "1" and not action["all"]:
            raise BadRequest(f"「{action['zh']}」不能用在全部符合條件的資料，請在清單逐頁勾選。")
        chosen = self.chosen_rows(by)
        if name.startswith(CHANGE):
            return self.change(name.removeprefix(CHANGE), chosen, verdict)
        stale = self.stale(chosen, self.slug, name)
        if request.form.get("confirmed") and not stale:
            return self.perform(name, chosen.rows, verdict)
        title, count = f"{action['zh']}：{self.zh}", f"{len(chosen.rows):,}"
        sentence, fields, told = f"將{action['zh']} {count} 筆{self.zh}。", [("action", name)], self._told(name, chosen.rows)
        if name == "delete":
            sentence = f"將刪除 {count} 筆{self.zh}。刪除後不再出現在名單與統計中；在回收桶保留一段時間，期間可以整批復原。"
        button = f"{action['zh']} {count} 筆"
        page = self.confirm_page(title, sentence, button, chosen, fields, told, verdict, seal=(self.slug, name), stale=stale)
        return (page, 409) if stale else page

    def stale(self, chosen: Chosen, *what: str) -> str:
        """Why a confirmation is about something else than what was shown; empty when it is not, and on the way to it."""
        return chosen.differs_from_seen(identity.actor().account_id, *what) if request.form.get("confirmed") else ""

    def change(self, key: str, chosen: Chosen, verdict: Verdict) -> Any:
        """One field of all rows chosen; see `changing`."""
        raise NotImplementedError

    def perform(self, name: str, rows: Sequence[Any], verdict: Verdict) -> Any:
        """Do a confirmed bulk action."""
        if name == "delete":
            return self._remove(rows, verdict, bulk=True) or self.done_many("刪除", len(rows), How.delete)
        return self._apply(next(mark for mark in self.marks if mark.name == name), rows, verdict)

    def _apply(self, mark: Mark, rows: Sequence[Any], verdict: Verdict) -> Any:
        audit.acting(db.session, verdict)
        for row in rows:
            for key, value in mark.values.items():
                setattr(row, key, clock.today() if value is TODAY else value)
        return self.settle(mark.zh, rows, self.changed(rows))

    def changed(self, rows: Sequence[Any]) -> int:
        """How many rows will hold something else than they did; the others held it already."""
        return sum(db.session.is_modified(row) for row in rows)

    def settle(self, zh: str, rows: Sequence[Any], changed: int) -> Any:
        """Write, judge every row as it has become, tell of the deed, commit. What the database refuses is a Conflict."""
        try:
            db.session.flush()
            self.must_reach(identity.actor(), [row.id for row in rows])
            if changed:
                deeds.note(db.session, self.model.__tablename__, How.change, zh, changed)
            db.session.commit()
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(f"{errors.sentence(error)}整批都沒有辦理。") from None
        return self.done_many(zh, changed, How.change, same=len(rows) - changed)

    def must_reach(self, by: Actor, ids: Sequence[int]) -> None:
        """Raise Denied, with the reason, unless the person may write all these rows as they stand in the transaction."""
        reached = set(db.session.scalars(select(self.model.id).where(self.model.id.in_(ids), writable(by, self.model))))
        if lost := set(ids) - reached:
            require(judge(db.session, by, self.act, db.session.get_one(self.model, min(lost))))

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """A page that names the row, then the deletion."""
        by, row = identity.actor(), self.get_one(request.values.get("id"))
        if not self.can_delete:
            abort(404)
        verdict = require(judge(db.session, by, self.act, row))
        self._must_be_open(row)
        if request.method == "GET":
            return render_template(
                "grid/confirm.html",
                view=self,
                title=f"刪除{self.zh}",
                sentence="刪除後這一筆不再出現在名單與統計中；可在回收桶復原，異動紀錄會保留。",
                items=[str(row)],
                verdict=verdict,
                post_url=url_for(".delete_view"),
                fields=[("id", row.id)],
                back_url=url_for(f"{self.slug}.index_view"),
                button="刪除",
                danger=True,
            )
        label = str(row)
        return self._remove([row], verdict) or self._done(f"已刪除「{label}」。", undo=self.undo_url())

    def _remove(self, rows: Sequence[Any], verdict: Verdict, *, bulk: bool = False) -> Any:
        audit.acting(db.session, verdict)
        try:
            for row in rows:
                db.session.delete(row)
            db.session.flush()
            if bulk:
                deeds.note(db.session, self.model.__tablename__, How.delete, "刪除", len(rows))
            db.session.commit()
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(errors.sentence(error)) from None
        return None

    def undo_url(self) -> str:
        """Where what this request deletes is put back; the trash knows."""
        raise NotImplementedError

    def done_many(self, zh: str, count: int, how: How, *, same: int = 0) -> Any:
        """Back to the list, with a way to take the deed back."""
        if not count:
            return self._done("選取的資料原本就是這個內容，沒有改變。")
        days = identity.settings().trash_days
        until = f"{days} 天內可以復原" if how is How.delete else f"{UNDO_HOURS} 小時內可以復原"
        also = f"，另 {same:,} 筆原本就是這個內容" if same else ""
        return self._done(f"已{zh} {count:,} 筆{also}，{until}。", undo=url_for("deeds.undo", code=identity.request_id()))

    def _done(self, sentence: str, *, undo: str = "") -> Any:
        flash(sentence, f"undo:{undo}" if undo else "success")
        return redirect(self.here_url())

    def here_url(self) -> str:
        """The list as the address of this request has it, from its first page: what was done may have emptied the last."""
        if request.endpoint != f"{self.slug}.action_view":
            return url_for(f"{self.slug}.index_view")
        return self._at("index_view", without=PAGES)

    def _at(self, endpoint: str, *, without: Sequence[str] = ()) -> str:
        """Another page of this grid for the same search, filters and semester."""
        kept = [(name, text) for name, text in request.args.items(multi=True) if name not in without]
        return f"{url_for(f'{self.slug}.{endpoint}')}?{urlencode(kept, safe=',')}" if kept else url_for(f"{self.slug}.{endpoint}")

    def confirm_page(
        self,
        title: str,
        sentence: str,
        button: str,
        chosen: Chosen,
        fields: Sequence[tuple[str, str]],
        told: Sequence[Told],
        verdict: Verdict,
        *,
        seal: Sequence[str],
        stale: str = "",
    ) -> str:
        """How many and which, what will change, by which row; what is left out and why."""
        seen = chosen.seal(identity.actor().account_id, *seal)
        return render_template(
            "grid/confirm.html",
            view=self,
            title=title,
            sentence=sentence,
            verdict=verdict,
            stale=stale,
            told=told,
            chosen=chosen,
            **self.names(chosen),
            post_url=self._at("action_view"),
            fields=[*fields, *chosen.fields, ("seen", seen), ("confirmed", "1")],
            back_url=self._at("index_view"),
            button=button,
            danger=("action", "delete") in fields,
        )

    def names(self, chosen: Chosen) -> dict[str, Any]:
        """The first rows by name, the next ones to unfold, and how many beyond these the list alone shows."""
        ids = [row.id for row in chosen.rows[:MOST_NAMED]]
        named = labels(db.session, self.model, ids, true())
        found = [named.get(number, str(number)) for number in ids]
        return {"items": found[:SHOWN], "more": found[SHOWN:], "beyond": len(chosen.rows) - len(ids)}

    def _told(self, name: str, rows: Sequence[Any]) -> list[Told]:
        """What a mark changes: for each column, what stands there now by count, and what will."""
        mark = next((each for each in self.marks if each.name == name), None)
        values = {key: clock.today() if value is TODAY else value for key, value in mark.values.items()} if mark else {}
        return tell_changes(self.model, rows, values)
