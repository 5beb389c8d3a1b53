"""A colleague saved first: what stood there before, theirs and one's own side by side, a choice for each field."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import inspect

from admin_app import identity
from admin_app.extensions import db
from admin_app.terms import Term
from models.verbs import Verb
from views.base import sending
from views.base.revealing import Revealing
from views.details import last_events
from views.fields import CodeField, WordsField
from views.forms import SchoolForm, in_words

NOT_CARRIED = ("csrf_token", "version", "_save", "_review", "_merge", sending.OPENED)
TAKE = "take."
Changes = list[dict[str, Any]]
CHANGING = tuple(each.name for each in (Verb.create, Verb.update, Verb.revert, Verb.restore, Verb.imported, Verb.undo_import))


class Conflicts(Revealing):
    """The page of two texts, and saving what was chosen there."""

    def _take_theirs(self, form: SchoolForm, row: Any) -> None:
        """On the page of two texts: fields for which the colleague's text was chosen hold it again."""
        for field in form:
            if request.form.get(TAKE + field.name) == "theirs" and field.name in inspect(self.model).attrs:
                field.raw_data, field.process_errors = None, []
                field.process_data(getattr(row, field.name))
                field.raw_data = [in_words(field)]

    def _conflict(self, form: SchoolForm, row: Any, term: Term | None) -> Any:
        theirs = self._create_form_class(formdata=None, obj=row)
        for field in theirs:
            if isinstance(field, CodeField | WordsField) and field.name in form:
                field.use(form[field.name].book)
        changes = self._changes(form, theirs)
        if not changes and self._is_older(row):
            self._say_saved(f"「{row}」的內容與您填的相同，已經儲存。", row, term)
            return redirect(self._list_url(term))
        shown = {change["name"] for change in changes}
        self.track_reveal(
            row, identity.actor(), [form[name].label.text for name in self.secret_names(form) if name in shown], "內容比較"
        )
        newest = {name: in_words(theirs[name]) for name in self._words(form)}
        return self._conflict_page(form, row, term, changes, newest), 409

    def _conflict_page(self, form: SchoolForm, row: Any, term: Term | None, changes: Changes, newest: dict[str, str]) -> str:
        last = next(iter(last_events(db.session, row, identity.actor(), most=1, verbs=CHANGING)), None)
        sent = request.form.items(multi=True)
        kept = [(name, value) for name, value in sent if name not in NOT_CARRIED and not name.startswith(TAKE)]
        return render_template(
            "grid/conflict.html",
            view=self,
            record_label=str(row),
            who=last.who if last else "同事",
            at=last.at if last else "",
            changes=changes,
            post_url=url_for(f"{self.slug}.edit_view", id=row.id),
            fields=[*kept, ("version", row.version), (sending.OPENED, sending.seal(newest))],
            draft=self.draft_key(row, term),
            account_key=identity.account().id,
            back_url=url_for(f"{self.slug}.details_view", id=row.id),
        )

    def _is_older(self, row: Any) -> bool:
        """Whether the form was opened on a version before this one, and not on one that never was."""
        seen = request.form.get("version", "")
        return seen.isascii() and seen.isdigit() and 0 < int(seen[:9]) < row.version

    def _changes(self, form: SchoolForm, theirs: SchoolForm) -> Changes:
        """The fields in which the two texts differ, with what stood there before and whose text is offered first."""
        was, found = sending.opened(), []
        for name, mine in self._words(form).items():
            stored = in_words(theirs[name])
            if stored == mine:
                continue
            before = was.get(name)
            both = before not in (stored, mine)
            take = request.form.get(TAKE + name) or ("theirs" if before == mine else "mine")
            found.append(
                {
                    "name": name,
                    "zh": form[name].label.text,
                    "before": before,
                    "theirs": stored,
                    "mine": mine,
                    "both": both,
                    "take": take,
                }
            )
        return found
