"""Lookup by typing, the import template, export."""

from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from werkzeug.exceptions import NotFound

from admin_app import clock, identity, lookups
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.query import GridQuery
from admin_app.grid.state import read_state
from admin_app.policy import Verdict, may, require
from admin_app.services import importing
from admin_app.services.codes import load_codes
from admin_app.services.exporting import attachment_headers
from admin_app.terms import Term
from models.verbs import ExportPurpose
from models.vocabulary import Act
from views import exports, gridpage
from views.base.trash import Trash
from views.confirming import confirmed_or_page


class Files(Trash):
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
        if self.import_kind is None:
            abort(404)
        term = identity.terms().current(clock.today())
        book = load_codes(db.session, importing.code_lists(self.model), year=term.year if term else None)
        headers = {**attachment_headers(f"{self.zh}_匯入範本.xlsx"), "Content-Type": exports.XLSX_TYPE}
        return Response(importing.template(self.model, book), headers=headers)

    @expose("/export/")
    def export_page(self) -> str:
        """Which set would leave, how many rows, which columns tell who somebody is; asks what for."""
        return self._export_page([])

    @expose("/export/<export_type>/", methods=("POST",))
    def export(self, export_type: str) -> Any:
        """The filtered set as a file; only what this person may see, for a stated purpose, and itself an event."""
        if export_type not in exports.KINDS:
            raise NotFound("沒有這種匯出格式。")
        by, term = identity.actor(), self._chosen_term()
        query = self._export_query(term)
        stated, problems = exports.read_stated(request.form)
        if stated is None:
            return self._export_page(problems), 422
        if stated.full:
            require(self.export_verdict(by))
        if any(exports.is_personal(each) or each.sensitive for each in self.exported):
            asked = confirmed_or_page(f"匯出{self.zh}")
            if asked is not None:
                return asked
        book = gridpage.codes_for(db.session, self.exported, term.year if term else None)
        return exports.respond(export_type, query, by, book, self.zh, term, stated)

    def export_verdict(self, by: Actor) -> Verdict:
        """Whether the person's file may hold sensitive columns in full."""
        subjects = {each.owner.__subject__: None for each in self.exported if each.sensitive} or {self.model.__subject__: None}
        verdicts = [may(by, Act.unmask, subject) for subject in subjects]
        return next((each for each in verdicts if each), verdicts[0])

    def _export_query(self, term: Term | None) -> GridQuery:
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns], self.further)
        return self.grid_query(state, self.exported, term)

    def _export_page(self, problems: list[dict[str, str]]) -> str:
        term = self._chosen_term()
        query = self._export_query(term)
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns], self.further)
        book = gridpage.codes_for(db.session, self.filterable, term.year if term else None)
        list_url = url_for(f"{self.slug}.index_view")
        secret = [each for each in self.exported if each.sensitive]
        return render_template(
            "export.html",
            title=f"匯出{self.zh}",
            conditions=[
                *([term.zh if term else "全部學期"] if hasattr(self.model, "semester_id") else []),
                *([f"搜尋「{query.search}」"] if query.search else []),
                *(chip["label"] for chip in gridpage.chips(query.filters, state, list_url, book)),
            ],
            total=exports.count(query),
            columns=[{"zh": each.zh, "sensitive": each.sensitive, "personal": exports.is_personal(each)} for each in self.exported],
            may_full=bool(secret) and bool(self.export_verdict(identity.actor())),
            files=[(state.url(url_for(f"{self.slug}.export", export_type=kind)), exports.KINDS[kind]) for kind in exports.KINDS],
            purposes=list(ExportPurpose),
            errors=problems,
            back_url=state.url(list_url),
        )
