"""One record's pages: details, create, edit."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_admin.base import expose
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Conflict

from admin_app import clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, require
from admin_app.terms import Term
from models.vocabulary import Subject
from views import gridpage
from views.base.conflicts import Conflicts
from views.base.sending import AlreadySaved
from views.details import detail_groups, last_events, may_reveal
from views.forms import SchoolForm


class Records(Conflicts):
    """The pages of one record."""

    @expose("/details/", methods=("GET", "POST"))
    def details_view(self) -> str:
        """One record, with what happened to it last. A POST shows sensitive values too, to those who may see them."""
        by = identity.actor()
        row, verdict = self.get_judged(request.args.get("id"), by)
        full = self.reveal(row, by, "詳細資料") if request.method == "POST" else {}
        term = self.term_of(row)
        writes = bool(verdict) and not self.closed(row)
        book = gridpage.codes_for(db.session, self.detailed, term.year if term else None)
        return render_template(
            "grid/details.html",
            view=self,
            record_label=str(row),
            groups=detail_groups(db.session, self, row, by, book, full=full),
            verdict=verdict,
            edit_url=url_for(f"{self.slug}.edit_view", id=row.id) if writes and self.can_edit else None,
            delete_url=url_for(f"{self.slug}.delete_view", id=row.id) if writes and self.can_delete else None,
            back_url=url_for(f"{self.slug}.index_view"),
            entries=last_events(db.session, row, by),
            audit_url=self.audit_url(row.id) if by.held_at_all(Subject.event) else None,
            history_url=url_for(f"{self.slug}.history_view", id=row.id),
            may_reveal=bool(may_reveal(self, row, by)),
            revealed=bool(full),
        )

    def audit_url(self, row_id: int) -> str:
        """This record in the audit, for those who read it."""
        return url_for("audit.index", kind=self.model.__tablename__, record=row_id)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """An empty form; the record belongs to the semester the grid was on."""
        by, term = identity.actor(), self._chosen_term() or identity.terms().current(clock.today())
        if not self.can_create:
            abort(404)
        verdict = require(self.write_verdict(by))
        if hasattr(self.model, "semester_id") and self._closed_term(term):
            raise Conflict(self._closed_term(term))
        form = self.build_form(by, None, term)
        if request.method == "GET":
            self.continue_with(form)
        if not form.validate_on_submit() or request.form.get("_review"):
            return self._form_page(form, verdict, None, term)
        return self._create(form, by, verdict, term)

    def _create(self, form: SchoolForm, by: Actor, verdict: Verdict, term: Term | None) -> Any:
        row = self.model()
        try:
            problem = self._save(form, row, by, verdict, term)
        except AlreadySaved:
            db.session.rollback()
            self._say_saved("這一張表單剛才已經儲存過，沒有重複新增。", None, term)
            return redirect(self._list_url(term))
        if problem:
            return self._form_page(form, verdict, None, term, problem)
        another = request.form.get("_add_another")
        count = f"這次已連續新增 {self.added() + 1} 筆。" if another and self.added() else ""
        self._say_saved(f"已新增「{row}」。{count}", None, term)
        return self.add_another(form) if another else redirect(self._list_url(term))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The form over a row; a row changed by somebody else meanwhile shows both texts."""
        by = identity.actor()
        row, verdict = self.get_judged(request.args.get("id"), by)
        if not self.can_edit:
            abort(404)
        require(verdict)
        term = self.term_of(row)
        self._must_be_open(row)
        form = self.build_form(by, row, term)
        self._track_secrets(form, row, by)
        if request.form.get("_merge"):
            self._take_theirs(form, row)
        if not form.validate_on_submit() or request.form.get("_review"):
            return self._form_page(form, verdict, row, term)
        if request.form.get("version", "") != str(row.version):
            return self._conflict(form, row, term)
        try:
            problem = self._save(form, row, by, verdict, term)
        except StaleDataError:
            db.session.rollback()
            return self._conflict(form, self.get_one(request.args.get("id")), term)
        if problem:
            return self._form_page(form, verdict, row, term, problem)
        self._say_saved(f"已儲存「{row}」。", row, term)
        return redirect(self._list_url(term))

    def _track_secrets(self, form: SchoolForm, row: Any, by: Actor) -> None:
        """Sensitive values the page is about to show, other than those the person sends themselves."""
        self.track_reveal(
            row, by, [form[name].label.text for name in self.secret_names(form) if name not in request.form], "編輯表單"
        )
