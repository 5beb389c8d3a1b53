"""The page of a form: its fields in groups, what was wrong, what is kept on the device, where typing begins."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from sqlalchemy import inspect

from admin_app import identity
from admin_app.policy import Verdict
from admin_app.terms import Term
from views.base import sending
from views.base.adding import Adding
from views.forms import SchoolForm, grouped, in_words


class Forms(Adding):
    """What a person sees of creating and editing."""

    def _form_page(self, form: SchoolForm, verdict: Verdict, row: Any, term: Term | None, problem: str | None = None) -> Any:
        failed = [{"id": f.id, "label": f.label.text, "text": f.errors[0]} for f in form if f.errors]
        if problem and all(each["text"] != problem for each in failed):
            failed.append({"id": "main", "label": "", "text": problem})
        page = render_template(
            "grid/form.html",
            view=self,
            form=form,
            groups=grouped(self.model, form),
            verdict=verdict,
            errors=failed,
            is_new=row is None,
            version=self._version_seen(row),
            marks=self._marks(form, row),
            draft=self.draft_key(row, term),
            account_key=identity.account().id,
            first=self.first_to_fill(form) if row is None else "",
            added=self.added() if row is None else 0,
            record_label=str(row) if row is not None else "",
            delete_url=url_for(f"{self.slug}.delete_view", id=row.id) if row is not None and self.can_delete else None,
            back_url=url_for(f"{self.slug}.index_view"),
        )
        return page, 422 if failed else 200

    def _version_seen(self, row: Any) -> str | None:
        """The version the typing began from: a form sent back for correction must not pass for one opened just now."""
        if row is None:
            return None
        return request.form.get("version", "") if request.method == "POST" else str(row.version)

    def _marks(self, form: SchoolForm, row: Any) -> list[tuple[str, str]]:
        """The hidden fields beside those of the model."""
        if row is None:
            return [(sending.ONCE, sending.mark())]
        if request.method == "POST":
            return [(sending.OPENED, request.form.get(sending.OPENED, ""))]
        return [(sending.OPENED, sending.seal(self._words(form)))]

    def _words(self, form: SchoolForm) -> dict[str, str]:
        return {field.name: in_words(field) for field in form if field.name in inspect(self.model).attrs}

    def draft_key(self, row: Any, term: Term | None) -> str:
        """What a draft on the device is kept under: the form, and the record or the semester."""
        if row is not None:
            return f"{self.slug}/{row.id}"
        return f"{self.slug}/new/{term.id if term and hasattr(self.model, 'semester_id') else ''}"

    def _say_saved(self, sentence: str, row: Any, term: Term | None) -> None:
        """Tell the person, and the device whose draft is no longer needed."""
        flash(sentence, f"saved:{self.draft_key(row, term)}")
