"""批次修改: one field of many rows set to one value, by the form's own field and validators, each row judged before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Conflict

from admin_app import audit, errors, identity
from admin_app.extensions import db
from admin_app.grid.columns import column
from admin_app.policy import Verdict
from views.base.bulk import CHANGE
from views.base.chosen import Chosen
from views.base.files import Files
from views.base.telling import tell_changes, tell_now
from views.forms import SchoolForm

LONGEST_REASON = 100


class Changing(Files):
    """The pages of a bulk change: what to set it to, then what that changes, then the deed."""

    def change(self, key: str, chosen: Chosen, verdict: Verdict) -> Any:
        """Ask for the value, show what it changes, do it: one address, as far as the form has come."""
        form = self.form_of_one(key, chosen.rows[0], filled=bool(request.form.get("entered")))
        if not request.form.get("entered"):
            return self._ask_value(key, form, chosen, verdict)
        reason = request.form.get("reason", "").strip()
        if not form.validate() or len(reason) > LONGEST_REASON:
            return self._ask_value(key, form, chosen, verdict, reason), 422
        typed = request.form.getlist(key)
        seal = (self.slug, f"{CHANGE}{key}", *typed, reason)
        stale = self.stale(chosen, *seal)
        if request.form.get("confirmed") and not stale:
            return self._change(key, form, chosen.rows, verdict, reason)
        page = self._confirm_change(key, form, chosen, verdict, reason, seal, stale)
        return (page, 409) if stale else page

    def form_of_one(self, key: str, row: Any, *, filled: bool) -> SchoolForm:
        """The person's own form of a row with this one field left; `filled`: read from what was sent."""
        form = self.build_form(identity.actor(), row, self.term_of(row))
        for name in [name for name in form._fields if name not in (key, "csrf_token")]:
            del form[name]
        if not filled:
            form.process(None)
            form[key].data = None
        return form

    def _ask_value(self, key: str, form: SchoolForm, chosen: Chosen, verdict: Verdict, reason: str = "") -> str:
        field = form[key]
        problems = [{"id": field.id, "label": field.label.text, "text": field.errors[0]}] if field.errors else []
        if len(reason) > LONGEST_REASON:
            problems.append({"id": "reason", "label": "事由", "text": f"最多 {LONGEST_REASON} 個字"})
        return render_template(
            "grid/change.html",
            view=self,
            field=field,
            reason=reason,
            errors=problems,
            verdict=verdict,
            chosen=chosen,
            told=tell_now(self.model, chosen.rows, key),
            **self.names(chosen),
            post_url=self._at("action_view"),
            fields=[("action", f"{CHANGE}{key}"), *chosen.fields, ("entered", "1")],
            back_url=self._at("index_view"),
        )

    def _confirm_change(
        self, key: str, form: SchoolForm, chosen: Chosen, verdict: Verdict, reason: str, seal: Sequence[str], stale: str
    ) -> str:
        typed = [(key, text) for text in request.form.getlist(key)]
        fields = [("action", f"{CHANGE}{key}"), ("entered", "1"), ("reason", reason), *typed]
        told = tell_changes(self.model, chosen.rows, {key: self._value(key, form, chosen.rows[0])})
        count, zh = f"{len(chosen.rows):,}", column(self.model, key).zh
        why = f"事由：{reason}。" if reason else ""
        sentence = f"將修改 {count} 筆{self.zh}的{zh}。{why}"
        return self.confirm_page(
            f"批次修改{zh}", sentence, f"修改 {count} 筆", chosen, fields, told, verdict, seal=seal, stale=stale
        )

    def _zh(self, key: str) -> str:
        return f"修改{column(self.model, key).zh}"

    def _value(self, key: str, form: SchoolForm, row: Any) -> Any:
        """What the form makes of a row's field, as the row would hold it; the row stays as it is."""
        with db.session.no_autoflush:
            self._pour(form, row, self.write_verdict(identity.actor()))
            value = getattr(row, key)
            db.session.expire(row)
        return value

    def _change(self, key: str, form: SchoolForm, rows: Sequence[Any], verdict: Verdict, reason: str) -> Any:
        signed, ids, zh = audit.acting(db.session, verdict), [row.id for row in rows], self._zh(key)
        signed.note = f"批次{zh}{f'：{reason}' if reason else ''}"
        try:
            with db.session.no_autoflush:
                for row in rows:
                    self._pour(form, row, verdict)
            changed = self.changed(rows)
            db.session.flush()
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(self._refused(ids, form, verdict) or f"{errors.sentence(error)}整批都沒有辦理。") from None
        signed.note = ""
        return self.settle(zh, rows, changed)

    def _pour(self, form: SchoolForm, row: Any, verdict: Verdict) -> None:
        label = row.id
        try:
            self.fill(form, row, identity.actor(), verdict, self.term_of(row))
        except ValueError as error:
            db.session.rollback()
            named = self.names(Chosen(self.in_order([label])))["items"]
            raise Conflict(f"「{''.join(named)}」：{error}。整批都沒有辦理。".replace("。。", "。")) from None

    def _refused(self, ids: Sequence[int], form: SchoolForm, verdict: Verdict) -> str:
        """Which row the database refuses, found by trying one after another; nothing of it is kept."""
        try:
            for row in db.session.scalars(select(self.model).where(self.model.id.in_(ids))).all():
                label = str(row)
                with db.session.no_autoflush:
                    self._pour(form, row, verdict)
                try:
                    db.session.flush()
                except DBAPIError as error:
                    return f"「{label}」：{errors.sentence(error)}整批都沒有辦理。"
        finally:
            db.session.rollback()
        return ""
