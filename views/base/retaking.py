"""Taking a bulk deed back in its grid: judged row by row as of now, before and after, written with its events, all or none."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Conflict, NotFound

from admin_app import audit, errors
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import require
from admin_app.services.deeds import note_undone, undoing
from admin_app.services.deeds.noting import Deed, How
from models.verbs import Verb
from views.base.changing import Changing

VERBS = {How.change: Verb.revert, How.delete: Verb.restore, How.restore: Verb.delete}


class Retaking(Changing):
    """Undo of what was done here to many rows."""

    def take_back(self, by: Actor, deed: Deed) -> int:
        """Undo a deed and say of how many rows; the caller commits. Raises CannotTakeBackError, Denied or Conflict."""
        signed = audit.acting(db.session, require(self.write_verdict(by)), VERBS[deed.how].name)
        signed.note = f"復原批次辦理：{deed.what}（代碼 {deed.code}）"
        events = undoing.events_of(db.session, deed, by.account_id)
        if not events:
            raise NotFound("找不到這次批次辦理的異動紀錄，不能復原。")
        try:
            rows = undoing.take_back(db.session, deed, events, self.doable(by))
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(f"不能復原：{errors.sentence(error)}整批都沒有復原。") from None
        if deed.how is not How.restore:
            self._must_have_become_mine(by, rows)
        signed.note = ""
        note_undone(db.session, deed)
        return len(rows)

    def _must_have_become_mine(self, by: Actor, ids: list[int]) -> None:
        self.must_reach(by, ids)
        open_now = set(db.session.scalars(select(self.model.id).where(self.model.id.in_(ids), self.doable(by))))
        if lost := set(ids) - open_now:
            row: Any = db.session.get_one(self.model, min(lost))
            raise Conflict(f"「{row}」不能復原：{self.closed(row)}整批都沒有復原。")
