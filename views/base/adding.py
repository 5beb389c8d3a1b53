"""Many rows one after another: what the next form keeps of the last, how many there were, and where typing goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, session, url_for
from sqlalchemy import inspect
from wtforms import SelectField

from models.people import Guardian, Student
from views.base.filling import Filling
from views.fields import CodeField, PickField, PickManyField, RocDateField, RocDateTimeField, TimeField
from views.forms import SchoolForm

IN_A_ROW = "in_a_row"
AGAIN = "again"
MOST_KEPT = 120
"""Longer texts are never the same twice, and the cookie is small."""
EACH_ITS_OWN = (Student, Guardian)
USUALLY_THE_SAME = (RocDateField, RocDateTimeField, TimeField, SelectField)


class Adding(Filling):
    """「儲存並再新增一筆」."""

    form_kept: Sequence[str] = ()
    """Further fields that a clerk enters many rows with: usually the name of the contest, the place of the training."""

    def kept(self, key: str, field: Any) -> bool:
        """Whether the next row most likely has the same value: who a row is about changes, where and when it was does not."""
        if key in self.form_kept:
            return True
        if isinstance(field, PickField):
            return field.related not in EACH_ITS_OWN and not isinstance(field, PickManyField)
        return isinstance(field, USUALLY_THE_SAME) or (isinstance(field, CodeField) and field.closed)

    def add_another(self, form: SchoolForm) -> Any:
        """On to the next form, which keeps what stays the same."""
        held = {field.name: field.raw_data[0][:MOST_KEPT] for field in form if field.raw_data and self._is_kept(field)}
        session[IN_A_ROW] = {"slug": self.slug, "count": self.added() + 1, "kept": held}
        here: dict[str, Any] = {**request.args.to_dict(), AGAIN: 1}
        return redirect(url_for(f"{self.slug}.create_view", **here))

    def added(self) -> int:
        """How many were added in a row, this form being the next one."""
        return int(self._in_a_row().get("count", 0))

    def continue_with(self, form: SchoolForm) -> None:
        """Fill a new form with what the last one had. A value that is none any more is left out."""
        for name, text in self._in_a_row().get("kept", {}).items():
            field = form._fields.get(name)
            if field is None or not self._is_kept(field):
                continue
            try:
                field.process_formdata([text])
            except ValueError:
                field.data = None

    def first_to_fill(self, form: SchoolForm) -> str:
        """The id of the first field that changes from row to row, or of the first field on the page."""
        fields = [field for field in form if field.name in inspect(self.model).attrs]
        empty = [field for field in fields if field.data in (None, "", [])]
        changing = [field for field in empty if not self.kept(field.name, field)]
        chosen = next(iter([*(changing if self.added() else []), *empty, *fields]), None)
        return chosen.id if chosen is not None else ""

    def _is_kept(self, field: Any) -> bool:
        return field.name in inspect(self.model).attrs and not field.private and self.kept(field.name, field)

    def _in_a_row(self) -> dict[str, Any]:
        found = session.get(IN_A_ROW)
        is_next = request.args.get(AGAIN) and isinstance(found, dict) and found.get("slug") == self.slug
        return dict(found) if is_next and found else {}
