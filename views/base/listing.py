"""The grid page."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy import ColumnElement, and_, false, literal

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column
from admin_app.grid.paging import Leaf
from admin_app.grid.query import GridQuery
from admin_app.grid.state import GridState, read_state
from admin_app.policy import unmasked, writable
from admin_app.services.saved_views import Chosen, chosen
from admin_app.terms import Term
from views import gridpage, saved_views
from views.base.options import Options


class Listing(Options):
    """The list of rows."""

    @property
    def inlined(self) -> frozenset[str]:
        """The columns that may be edited in the list; see `cells`."""
        raise NotImplementedError

    @expose("/")
    def index_view(self) -> Any:
        """The grid. An address that says nothing, or only which view, leads on to all that the view says."""
        if (leads_on := self._saved_view()) is not None:
            return redirect(leads_on)
        by, term = identity.actor(), self._chosen_term()
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns], self.further)
        shown = gridpage.shown_columns(self.columns, state, self.further)
        said = [each.column for each in state.filters]
        book = gridpage.codes_for(db.session, [*shown, *said], term.year if term else None)
        query = self.grid_query(state, shown, term)
        totals, known = gridpage.read_totals(db.session, query) if state.totals else ([], None)
        rows, leaf = gridpage.read_rows(db.session, query, state, book, self._writable(by, term), known)
        page = self._page(state, shown, rows, leaf, book, term)
        page.totals = totals
        return render_template("grid/list.html", view=self, grid=page)

    def _saved_view(self) -> str | None:
        """The whole address of the view that is asked for by its number alone, or of the person's default; `view=0` is no view."""
        if set(request.args) - {"view", "semester"}:
            return None
        asked = request.args.get("view", "")
        if asked:
            number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
        else:
            number = next((each.id for each in self._chosen_views() if each.is_default), 0)
        return saved_views.address_of(self, number) if number else None

    def _chosen_views(self) -> list[Chosen]:
        return [each for each in chosen(identity.account(), identity.actor()) if each.grid == self.slug]

    def grid_query(self, state: GridState, shown: Sequence[Column], term: Term | None) -> GridQuery:
        """The page's statement; export and "all matching" use the same."""
        order = [f"-{state.sort}" if state.desc else state.sort] if state.sort else list(self.column_default_sort)
        return GridQuery(
            model=self.model,
            columns=shown,
            scope=self.scope(),
            within=self._in_term(term),
            order=order,
            searchable=self.searched,
            search=state.search,
            filters=state.filters,
            finds_id_numbers=bool(unmasked(identity.actor(), self.model.__subject__)),
        )

    def _writable(self, by: Actor, term: Term | None) -> ColumnElement[bool]:
        if not self.can_edit or not self.write_verdict(by):
            return literal(False)
        if not hasattr(self.model, "semester_id"):
            return and_(writable(by, self.model), self.open_rows())
        open_terms = [each.id for each in identity.terms().all if each.open_on(clock.today())]
        in_open_term = self.model.semester_id.in_(open_terms) if open_terms else false()
        return and_(writable(by, self.model), self.open_rows(), in_open_term)

    def _page(
        self, state: GridState, shown: list[Column], rows: list[Any], leaf: Leaf, book: Any, term: Term | None
    ) -> gridpage.GridPage:
        verdict, mine = self.write_verdict(identity.actor()), self._chosen_views()
        base = url_for(f"{self.slug}.index_view")
        writes = bool(verdict) and (term is None or not hasattr(self.model, "semester_id") or term.open_on(clock.today()))
        here: dict[str, Any] = {"semester": term.id} if term and hasattr(self.model, "semester_id") else {}
        return gridpage.GridPage(
            columns=[gridpage_column(each, number, sortable=each in self.columns) for number, each in enumerate(shown)],
            rows=rows,
            total=leaf.total,
            total_is_capped=leaf.is_capped,
            first=leaf.first,
            previous=leaf.previous,
            next=leaf.next,
            page=(leaf.first - 1) // state.page_size + 1 if leaf.first else 1,
            page_size=state.page_size,
            sort=state.sort,
            desc=state.desc,
            search=state.search,
            searchable=bool(self.searched),
            filters=gridpage.filter_menu(self.filterable),
            options_url=url_for(f"{self.slug}.options_view", semester=state.semester or None),
            chips=gridpage.chips(state.filters, state, base, book),
            all_columns=self._choosable(shown),
            semesters=self._semesters(term),
            verdict=verdict,
            url=lambda **changes: state.url("", **changes) or base,
            clear_url=url_for(f"{self.slug}.index_view", semester=state.semester or None, view=0 if mine else None),
            can_create=self.can_create and writes,
            can_export=True,
            can_edit_cells=writes and self.can_edit and bool(self.inlined),
            create_url=url_for(f"{self.slug}.create_view", **here),
            actions=self._offered_actions() if writes else [],
            action_url=state.url(url_for(f"{self.slug}.action_view")),
            trash_url=url_for(f"{self.slug}.trash_view") if self.can_delete and verdict else None,
            export_url=state.url(url_for(f"{self.slug}.export_page")),
            import_template_url=url_for(f"{self.slug}.template_view") if writes and self.imports(identity.actor()) else None,
            title=gridpage.label_of(shown),
            view_name=next((each.name for each in mine if each.id == state.view), ""),
            views_url=url_for("saved_views.menu", grid=self.slug),
            density=state.density or request.cookies.get("density", ""),
            can_total=any(each.measure for each in shown),
            import_url=url_for("imports.start", kind=self.import_kind.name, **here) if writes and self.import_kind else "",
        )

    def _choosable(self, shown: Sequence[Column]) -> list[dict[str, Any]]:
        """Every column a person may choose, those shown first and in their order."""
        rest = [each for each in (*self.columns, *self.further) if each not in shown]
        return [{"key": each.key, "zh": each.zh, "shown": each in shown} for each in (*shown, *rest)]

    def _semesters(self, term: Term | None) -> list[dict[str, Any]]:
        if not hasattr(self.model, "semester_id"):
            return []
        found = [{"id": str(each.id), "zh": each.zh, "selected": each == term} for each in identity.terms().all]
        return [*found, {"id": "all", "zh": "全部學期", "selected": term is None}]


def gridpage_column(each: Column, number: int, *, sortable: bool = True) -> dict[str, Any]:
    """A column as the template reads it: the first one stays in sight."""
    return {"key": each.key, "zh": each.zh, "sortable": each.sortable and sortable, "numeric": each.numeric, "sticky": number == 0}
