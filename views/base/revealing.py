"""Sensitive columns in full: only on request, only to those who may, and never without a trace of which ones were shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin_app import audit
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, may, require
from admin_app.services.trail.words import Full
from models.verbs import Verb
from models.vocabulary import Act
from views.base.filling import commit
from views.base.forms import Forms
from views.details import may_reveal, secrets_of
from views.forms import SchoolForm


class Revealing(Forms):
    """What the details page, the history and the form share."""

    def reveal(self, row: Any, by: Actor, where: str) -> Full:
        """For what the person may see this row's sensitive columns in full; recorded before anything is shown."""
        full = may_reveal(self, row, by)
        if not full:
            require(self.unmask_verdict(by, row))
        self.track_reveal(row, by, secrets_of(self, row, full), where)
        return full

    def unmask_verdict(self, by: Actor, row: Any) -> Verdict:
        """Whether and through which post the person may see sensitive columns of this row in full."""
        subjects = {each.owner.__subject__: None for each in self.detailed if each.sensitive} or {self.model.__subject__: None}
        verdicts = [may(by, Act.unmask, subject, getattr(row, "division", None)) for subject in subjects]
        verdict = next((each for each in verdicts if each), verdicts[0])
        return verdict if may_reveal(self, row, by) else Verdict(False, verdict.sentence, None, verdict.who)

    def track_reveal(self, row: Any, by: Actor, fields: Sequence[str], where: str) -> None:
        """The event says which fields were shown and where, never what stood in them."""
        if fields:
            audit.acting(db.session, self.unmask_verdict(by, row))
            audit.track(db.session, Verb.reveal.name, self.model.__tablename__, record=row, note=where, 欄位="、".join(fields))
            commit()

    def secret_names(self, form: SchoolForm) -> list[str]:
        """Names of the form's sensitive fields."""
        return [field.name for field in form if self._is_sensitive(field.name)]
