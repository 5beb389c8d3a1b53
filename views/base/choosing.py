"""Which rows a bulk deed is about: those ticked in the list, or all that match its address; every one within the person's reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, and_, false, select, true
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.state import read_state
from admin_app.policy import writable
from views.base.chosen import Chosen, LeftOut
from views.base.listing import Listing
from views.base.screen import MOST_ID, MOST_SELECTED

MOST_MATCHING = 5_000
"""All that match, at once. Measured: 5,000 rows take a few seconds with their events, in one transaction; more is done in parts."""
NOT_YOURS = "不在您可辦理的範圍"
TERM_SHUT = "所屬學期已關閉或尚未開學，只能查閱"
ROW_SHUT = "已送出、已認證或已發布，內容不能再變更"


class Choosing(Listing):
    """The rows a form chooses, selected again through the policy."""

    def chosen_rows(self, by: Actor) -> Chosen:
        """The rows ticked, or all that match; raises when one of those ticked is out of reach, or nothing is left to do."""
        if request.form.get("all") == "1":
            return self._all_matching(by)
        return Chosen(self._selected(by))

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

    def _all_matching(self, by: Actor) -> Chosen:
        """Everything the address matches that may be done; the rest is counted, with why."""
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns], self.further)
        query = self.grid_query(state, [], self._chosen_term())
        matching = db.session.execute(query.count()).scalar_one()
        if matching > MOST_MATCHING:
            many = f"符合條件的有 {matching:,} 筆，一次最多辦理 {MOST_MATCHING:,} 筆。"
            raise BadRequest(f"{many}請回到清單加上篩選條件（例如年級、班級），分次辦理。")
        reach = (writable(by, self.model), self._in_open_term(), self.open_rows())
        query.extra = [condition.label(f"reach_{number}") for number, condition in enumerate(reach)]
        found = db.session.execute(query.rows()).all()
        doable = [row[0] for row in found if all(row[1:4])]
        left_out = _left_out([row[1:4] for row in found])
        if not doable:
            whys = "；".join(each.why for each in left_out) or "沒有符合的資料"
            raise Conflict(f"符合條件的 {matching:,} 筆都不能辦理：{whys}。")
        return Chosen(self.in_order(doable), matching, left_out)

    def in_order(self, ids: Sequence[int]) -> Sequence[Any]:
        """The rows of these ids, in their order."""
        rows = {row.id: row for row in db.session.scalars(select(self.model).where(self.model.id.in_(ids)))}
        return [rows[number] for number in ids if number in rows]

    def doable(self, by: Actor) -> ColumnElement[bool]:
        """Rows the person may change, delete or mark now."""
        return and_(writable(by, self.model), self._in_open_term(), self.open_rows())

    def _in_open_term(self) -> ColumnElement[bool]:
        if not hasattr(self.model, "semester_id"):
            return true()
        open_terms = [each.id for each in identity.terms().all if each.open_on(clock.today())]
        condition: ColumnElement[bool] = self.model.semester_id.in_(open_terms) if open_terms else false()
        return condition


def _left_out(reaches: Sequence[Any]) -> list[LeftOut]:
    """How many rows fall out for which reason; a row that falls out for two is counted for the first."""
    reasons = (NOT_YOURS, TERM_SHUT, ROW_SHUT)
    whys = [next((why for why, holds in zip(reasons, reach, strict=True) if not holds), "") for reach in reaches]
    return [LeftOut(whys.count(why), why) for why in reasons if why in whys]
