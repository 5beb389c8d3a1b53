"""What a grid's filters offer to pick from."""

from typing import Any

from flask import jsonify, request
from flask_admin.base import expose
from sqlalchemy import and_
from werkzeug.exceptions import NotFound

from admin_app.extensions import db
from admin_app.grid import options
from admin_app.grid.columns import Column
from views import gridpage
from views.base.screen import Screen

MOST_TYPED = 60


class Options(Screen):
    """The choices of one column."""

    @expose("/ajax/options/")
    def options_view(self) -> Any:
        """[{id, text}] for a column that is picked rather than typed; `query` narrows names down."""
        found = self._picked_column(request.args.get("column", ""))
        term = self._chosen_term()
        if found.picked:
            typed = request.args.get("query", "")[:MOST_TYPED].strip()
            stmt = options.names(found, and_(self.scope(), self._in_term(term)), typed)
            pairs = [(name, name) for name in db.session.scalars(stmt) if name]
        else:
            pairs = options.fixed_options(found, gridpage.codes_for(db.session, [found], term.year if term else None).lists)
        return jsonify([{"id": value, "text": zh} for value, zh in pairs])

    def _picked_column(self, key: str) -> Column:
        by_key = {each.key: each for each in (*self.filterable, *self.columns)}
        found = by_key.get(key)
        if found is None or not found.sortable or not (found.picked or found.kind in ("choice", "words", "bool")):
            raise NotFound("這個欄位沒有可選取的項目。")
        return found
