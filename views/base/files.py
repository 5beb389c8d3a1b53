"""Lookup by typing, the import template, export."""

from typing import Any

from flask import Response, abort, jsonify, request
from flask_admin.base import expose
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from werkzeug.exceptions import NotFound

from admin_app import clock, identity, lookups
from admin_app.extensions import db
from admin_app.grid.state import read_state
from admin_app.policy import require
from admin_app.services import importing
from admin_app.services.codes import load_codes
from admin_app.services.exporting import attachment_headers
from views import exports, gridpage
from views.base.records import Records


class Files(Records):
    """What a page's script and a clerk's spreadsheet ask for."""

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        """Rows that may be picked in a form of this grid, by typing: [{id, text}]."""
        by = identity.actor()
        require(self.write_verdict(by))
        prop = inspect(self.model).attrs.get(request.args.get("name", ""))
        if not isinstance(prop, RelationshipProperty) or prop.key not in self.form_columns:
            raise NotFound("這個欄位沒有可選取的資料。")
        related = prop.mapper.class_
        allowed = self.pickable(by, related, self._chosen_term())
        rows = db.session.scalars(lookups.lookup(related, allowed, request.args.get("query", "")[:60]))
        return jsonify([{"id": str(row.id), "text": str(row)} for row in rows])

    @expose("/template/")
    def template_view(self) -> Response:
        """The blank file to fill in and import, made from what the model declares."""
        require(self.write_verdict(identity.actor()))
        if not self.has_template:
            abort(404)
        term = identity.terms().current(clock.today())
        book = load_codes(db.session, importing.code_lists(self.model), year=term.year if term else None)
        headers = {**attachment_headers(f"{self.zh}_匯入範本.xlsx"), "Content-Type": exports.XLSX_TYPE}
        return Response(importing.template(self.model, book), headers=headers)

    @expose("/export/<export_type>/", methods=("POST",))
    def export(self, export_type: str) -> Response:
        """The filtered set as a file; only what this person may see, and itself an event."""
        if export_type not in exports.KINDS:
            raise NotFound("沒有這種匯出格式。")
        term = self._chosen_term()
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns])
        book = gridpage.codes_for(db.session, self.exported, term.year if term else None)
        query = self.grid_query(state, self.exported, term)
        return exports.respond(export_type, query, identity.actor(), book, self.zh, term)
