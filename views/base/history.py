"""A record's past: what happened to it and when, and putting a change back, which is judged like any edit."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import audit, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import judge, require
from admin_app.services.trail import reverting, search
from admin_app.services.trail.reverting import Back
from admin_app.services.trail.words import Wording
from models.event import Event
from models.verbs import Verb
from models.vocabulary import Subject
from views.base.records import Records
from views.details import may_reveal
from views.forms import SchoolForm

OVERTAKEN = "這一筆剛剛又有人修改，下面是最新的內容；請重新看過再復原。"


class History(Records):
    """The tab 「異動紀錄」 of a record."""

    @expose("/history/", methods=("GET", "POST"))
    def history_view(self) -> str:
        """Every event of one record, newest first. A POST shows sensitive values too, to those who may see them, and says so."""
        row, by = self.get_one(request.args.get("id")), identity.actor()
        full = self.reveal(row, by, "異動紀錄") if request.method == "POST" else {}
        try:
            after = search.read_cursor(request.args.get("before", ""))
        except ValueError:
            raise BadRequest("網址中的頁次不正確，請回到異動紀錄第一頁。") from None
        found, more = search.page(db.session, search.of_record(self.model.__tablename__, row.id), after)
        entries = Wording(db.session, by, found, full=full).entries()
        writes = self.can_edit and bool(judge(db.session, by, self.act, row)) and not self.closed(row)
        return render_template(
            "grid/history.html",
            view=self,
            record_label=str(row),
            row_id=row.id,
            entries=entries,
            more_url=url_for(f"{self.slug}.history_view", id=row.id, before=str(more)) if more else None,
            is_first=after is None,
            reverts=writes,
            may_reveal=bool(may_reveal(self, row, by)),
            revealed=bool(full),
            audit_url=self.audit_url(row.id) if by.held_at_all(Subject.event) else None,
            back_url=url_for(f"{self.slug}.index_view"),
        )

    @expose("/revert/", methods=("GET", "POST"))
    def revert_view(self) -> Any:
        """What would be put back, field by field beside what stands there now; then the deed, judged twice like an edit."""
        by, row = identity.actor(), self.get_one(request.args.get("id"))
        if not self.can_edit:
            abort(404)
        verdict = require(judge(db.session, by, self.act, row))
        self._must_be_open(row)
        event = reverting.find_change(db.session, row, request.args.get("event", ""))
        if event is None:
            raise NotFound("這一筆沒有這次異動，請從異動紀錄重新選擇。")
        form = self.build_form(by, row, self.term_of(row))
        form.process(None, obj=row)
        wording = self._wording(event, row, by)
        fields = reverting.fields_of(wording, event, row, form._fields)
        if not fields:
            raise Conflict("這次異動沒有您可以復原的欄位：整筆新增請改用刪除，刪除請到回收桶復原。")
        if request.method == "GET":
            return self._revert_page(row, event, wording, fields, verdict)
        return self._revert(row, event, wording, fields, verdict, form)

    def _wording(self, event: Event, row: Any, by: Actor) -> Wording:
        return Wording(db.session, by, [event], full=may_reveal(self, row, by), beside=row)

    def _revert(self, row: Any, event: Event, wording: Wording, fields: list[Back], verdict: Any, form: SchoolForm) -> Any:
        chosen = [each for each in fields if each.name in request.form.getlist("field")]
        problem, status = "", 422
        if not chosen:
            problem = "還沒有勾選要復原的欄位，請至少勾選一欄。"
        elif request.form.get("version", "") != str(row.version):
            problem, status = OVERTAKEN, 409
        else:
            try:
                problem = self.put_fields_back(row, event, wording, chosen, verdict, form)
            except StaleDataError:
                db.session.rollback()
                problem, status = OVERTAKEN, 409
        if problem:
            fresh = self.get_one(row.id)
            names = list(form._fields)
            fields = reverting.fields_of(self._wording(event, fresh, identity.actor()), event, fresh, names)
            return self._revert_page(fresh, event, wording, fields, verdict, problem), status
        flash(f"已復原「{row}」的 {len(chosen)} 個欄位。", "success")
        return redirect(url_for(f"{self.slug}.history_view", id=row.id))

    def put_fields_back(self, row: Any, event: Event, wording: Wording, chosen: list[Back], verdict: Any, form: SchoolForm) -> str:
        """Fill the person's own form with the old values and save it as they would; the sentence of what stands against it."""
        try:
            for each in chosen:
                field = form[each.name]
                field.data = reverting.value_of(db.session, row, wording.changes[event.id][each.key], each.key)
                field.pre_validate(form)
        except ValueError as error:
            return f"{error}。".replace("。。", "。")
        signed = audit.signature(db.session)
        signed.verb, signed.note = Verb.revert.name, f"復原第 {event.id} 號異動"
        try:
            return self._save(form, row, identity.actor(), verdict, self.term_of(row)) or ""
        finally:
            signed.verb = signed.note = ""

    def _revert_page(self, row: Any, event: Event, wording: Wording, fields: list[Back], verdict: Any, problem: str = "") -> str:
        entry = wording.entries()[0]
        if request.method == "GET":
            self.track_reveal(row, identity.actor(), [change.zh for change in entry.changes if change.sensitive], "復原變更")
        return render_template(
            "grid/revert.html",
            view=self,
            record_label=str(row),
            entry=entry,
            fields=fields,
            version=row.version,
            verdict=verdict,
            errors=[{"id": "main", "label": "", "text": problem}] if problem else [],
            ticked=request.form.getlist("field") if problem else [each.name for each in fields if not each.moved_on],
            back_url=url_for(f"{self.slug}.history_view", id=row.id),
        )
