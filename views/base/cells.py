"""逐格編輯: one field of one row, edited where it stands in the list. Asked for and saved at an address of its own, for the page's
script: judged, checked for its version and told of like any edit. Flask-Admin's own inline edit stays forbidden."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import abort, get_template_attribute, jsonify, request
from flask_admin.base import expose
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound

from admin_app import identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column, column, formatter
from admin_app.grid.query import GridQuery
from admin_app.policy import Verdict, require
from admin_app.services.trail import reverting, search
from models.event import Event
from views import gridpage
from views.base.retaking import Retaking
from views.details import last_events
from views.forms import SchoolForm

OVERTAKEN = "這一筆後來又有人改過，沒有復原。請從這一筆的異動紀錄看過再復原。"
NOT_HERE = "這一欄不能在清單中直接修改，請開啟編輯表單。"


class Cells(Retaking):
    """The editor of one cell, and its saving. Both answer in JSON."""

    @cached_property
    def inlined(self) -> frozenset[str]:
        """The columns that may be edited in the list: what the screen declares, or what of its form is a plain value."""
        by_default = [key for key in self.form_columns if key != "division"]
        declared = by_default if self.column_inline is None else self.column_inline
        return frozenset(key for key in declared if self.can_edit and self.is_plain(key))

    @expose("/cell/", methods=("GET", "POST"))
    def cell_view(self) -> Any:
        """GET: the field as it stands, with the row's version. POST: save it; `undo`: an edit of one's own to put back."""
        by = identity.actor()
        row, verdict = self.get_judged(request.args.get("id"), by)
        if not self.can_edit:
            abort(404)
        require(verdict)
        key = request.args.get("field", "")
        if key not in self.inlined:
            raise NotFound(NOT_HERE)
        self._must_be_open(row)
        undoing = request.form.get("undo", "")
        form = self.form_of_one(key, row, filled=not undoing)
        if key not in form:
            raise NotFound(NOT_HERE)
        if undoing:
            return self._undo_cell(key, form, row, by, verdict, undoing)
        return self._editor(key, form, row) if request.method == "GET" else self._save_cell(key, form, row, by, verdict)

    def _editor(self, key: str, form: SchoolForm, row: Any) -> Any:
        editor = get_template_attribute("grid/cell.html", "editor")
        zh = column(self.model, key).zh
        html = str(editor(form[key], f"{zh}：{row}"))
        return jsonify(html=html, zh=zh, version=row.version, token=generate_csrf())

    def _save_cell(self, key: str, form: SchoolForm, row: Any, by: Actor, verdict: Verdict) -> Any:
        number = row.id
        if not form.validate():
            return jsonify(error="；".join(str(each) for each in form[key].errors) or "請返回清單重新整理後再試。"), 422
        if request.form.get("version", "") != str(row.version):
            return self._overtaken(key, form, row), 409
        try:
            problem = self._save(form, row, by, verdict, self.term_of(row))
        except StaleDataError:
            db.session.rollback()
            return self._overtaken(key, form, self.get_one(number)), 409
        if problem:
            return jsonify(error=problem), 422
        return self._saved(number)

    def _undo_cell(self, key: str, form: SchoolForm, row: Any, by: Actor, verdict: Verdict, number: str) -> Any:
        """The field as it was before the person's edit of it: judged, checked for its version and told of like the edit."""
        event = reverting.find_change(db.session, row, number)
        if event is None or event.account_id != by.account_id:
            raise NotFound("找不到您的這次修改，沒有復原；請從這一筆的異動紀錄復原。")
        if request.form.get("version", "") != str(row.version):
            return jsonify(error=OVERTAKEN), 409
        wording = self._wording(event, row, by)
        chosen = [each for each in reverting.fields_of(wording, event, row, [key]) if not each.moved_on]
        if not chosen:
            return jsonify(error=OVERTAKEN), 409
        row_id = row.id
        try:
            problem = self.put_fields_back(row, event, wording, chosen, verdict, form)
        except StaleDataError:
            db.session.rollback()
            return jsonify(error=OVERTAKEN), 409
        return (jsonify(error=problem), 422) if problem else self._saved(row_id)

    def _saved(self, number: int) -> Any:
        """What the row shows now, its version, and the event by which the edit may be undone; 0 if nothing changed."""
        mine = search.of_record(self.model.__tablename__, number).where(Event.request_id == identity.request_id())
        event = db.session.scalars(mine.limit(1)).first()
        version = db.session.get_one(self.model, number).version
        return jsonify(cells=self._texts(number), version=version, event=event.id if event else 0)

    def _overtaken(self, key: str, form: SchoolForm, row: Any) -> Any:
        """A colleague saved first: both texts, and the version with which the person may still put theirs."""
        shown, term = column(self.model, key), self.term_of(row)
        write = formatter(shown, gridpage.codes_for(db.session, [shown], term.year if term else None).name)
        last = next(iter(last_events(db.session, row, identity.actor(), most=1)), None)
        return jsonify(
            error="這一筆剛剛有人改過，您的內容還沒有儲存。",
            theirs=str(write(getattr(row, key))),
            mine=str(write(form[key].data)),
            who=last.who if last else "同事",
            at=last.at if last else "",
            version=row.version,
        )

    def _texts(self, number: int) -> dict[str, str]:
        """What the row's cells show now, of the columns the list shows: saving one may change what others are worked out from."""
        known = {each.key: each for each in (*self.columns, *self.further)}
        shown: list[Column] = [known[key] for key in request.form.get("shown", "").split(",") if key in known]
        query = GridQuery(model=self.model, columns=shown, scope=self.model.id == number)
        book = gridpage.codes_for(db.session, shown, None)
        found = db.session.execute(query.rows()).first()
        texts = gridpage.cell_writer(query, book)(found[1:]) if found is not None else []
        return {each.key: text for each, text in zip(shown, texts, strict=bool(texts))}
