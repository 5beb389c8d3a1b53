"""The one place where Flask-Admin meets the policy. Every grid is a `DutyView`; a screen only declares.

All of Flask-Admin's endpoints are answered here: list, details, create, edit, delete, bulk action, lookup, export. Each selects
rows through the policy, and writing is judged twice: the row as it was and the row as it becomes. Inline edit does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_admin.base import expose
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, false, inspect, literal, select, true
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import audit, clock, errors, identity, lookups
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column, column, display
from admin_app.grid.query import GridQuery
from admin_app.grid.state import GridState, read_state
from admin_app.policy import Verdict, judge, may, require, unmasked, visible, writable
from admin_app.services import importing
from admin_app.services.codes import load_codes
from admin_app.services.exporting import attachment_headers
from admin_app.terms import Term
from models.base import Entity
from models.people import Student
from models.vocabulary import Act, Division, Scope
from views import exports, gridpage
from views.details import detail_groups, history
from views.fields import CodeField, PickField, WordsField
from views.forms import SchoolForm, form_class, grouped

MOST_SELECTED = 2_000
MOST_ID = 2**31 - 1
ROSTER = ("student.school_class_id", "student.seat_no")
"""A grid's order by class and seat. By the class's id, which is the order classes were entered in, because an index on students
gives it: the first page costs the same however many rows there are, which an order by the class's name would not."""
TODAY = object()
"""In a mark's values: the day the mark is made."""


@dataclass(frozen=True)
class Mark:
    """A bulk action that sets the same values on every row chosen, e.g. 「確認無誤」 sets `confirmed_on`."""

    name: str
    zh: str
    values: dict[str, Any]


class DutyView(ModelView):
    """A grid over one model. The model's subject and write act say which rows of the edition decide."""

    model: type[Entity]
    category: str = ""
    column_list: Sequence[str]
    column_filters: Sequence[str] = ()
    column_searchable_list: Sequence[str] = ()
    column_default_sort: Sequence[str] = ()
    column_export_list: Sequence[str] = ()
    column_details_list: Sequence[str] = ()
    form_columns: Sequence[str]
    marks: Sequence[Mark] = ()
    can_create: bool = True
    can_edit: bool = True
    can_delete: bool = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "model" not in vars(cls):
            return
        for name in ("column_list", "form_columns"):
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} 未宣告 {name}")
        if getattr(cls, "column_editable_list", None) or getattr(cls, "inline_models", None):
            raise TypeError(f"{cls.__name__} 不得使用行內編輯")

    def __init__(self) -> None:
        self.slug: str = getattr(self.model, "__slug__", self.model.__tablename__)
        super().__init__(self.model, db, name=self.model.__zh__, category=self.category, endpoint=self.slug, url=self.slug)

    # Flask-Admin scaffolds nothing for us: columns and forms come from what the model declares.

    def _refresh_cache(self) -> None:
        self._list_columns: list[Any] = []
        self._details_columns: list[Any] = []
        self._export_columns: list[Any] = []
        self._sortable_columns: dict[str, Any] = {}
        self._form_ajax_refs: dict[str, Any] = {}
        self._filters, self._filter_groups, self._filter_args, self._search_supported = None, None, None, False
        self._create_form_class = self._edit_form_class = form_class(self.model, self.form_columns)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin would catch a TypeError of ours here and call again with other arguments."""
        return fn(self, *args, **kwargs)

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")))
        if not self.is_accessible():
            require(self.write_verdict(identity.actor()))
            abort(403)
        return None

    def is_accessible(self) -> bool:
        """Whether any grant of the person's posts is about this grid's subjects."""
        return current_user.is_authenticated and self.opens_for(identity.actor())

    def opens_for(self, by: Actor) -> bool:
        return any(by.held_at_all(subject) for subject in self.model.lenses())

    @property
    def zh(self) -> str:
        return self.model.__zh__

    @property
    def act(self) -> Act:
        return self.model.__write_act__

    # Columns, as declared.

    @cached_property
    def columns(self) -> list[Column]:
        return [column(self.model, key) for key in self.column_list]

    @cached_property
    def filterable(self) -> list[Column]:
        return [column(self.model, key) for key in self.column_filters]

    @cached_property
    def searched(self) -> list[Column]:
        return [column(self.model, key) for key in self.column_searchable_list]

    @cached_property
    def exported(self) -> list[Column]:
        """What leaves in a file; columns that are the school's own business stay."""
        return [each for each in self._every_column(self.column_export_list) if each.exportable]

    @cached_property
    def detailed(self) -> list[Column]:
        """What the details page shows, in the form's order."""
        return self._every_column(self.column_details_list or (*self.form_columns, *self.column_list))

    def _every_column(self, declared: Sequence[str]) -> list[Column]:
        keys = dict.fromkeys(declared or (*self.column_list, *self.form_columns))
        found = (column(self.model, key) for key in keys if not self._is_list(key))
        return list({(each.path, each.attribute): each for each in found}.values())

    def _is_list(self, key: str) -> bool:
        prop = inspect(self.model).attrs.get(key)
        return isinstance(prop, RelationshipProperty) and bool(prop.uselist)

    # Permission, for the page and for rows.

    def write_verdict(self, by: Actor, division: Division | None = None) -> Verdict:
        """Why the person may write in this grid, or why not and who may."""
        verdicts = [may(by, self.act, subject, division) for subject in self.model.lenses()]
        return next((verdict for verdict in verdicts if verdict), verdicts[0])

    def get_query(self) -> Any:
        return self.session.query(self.model).filter(self.scope())

    def get_count_query(self) -> Any:
        return self.session.query(self.model.id).filter(self.scope())

    def scope(self) -> ColumnElement[bool]:
        """Rows the person may see."""
        return visible(identity.actor(), self.model)

    def get_one(self, id: Any) -> Any:
        """The row with this id if the person may see it; anything else does not exist."""
        text = str(id or "")
        if not (text.isascii() and text.isdigit()) or int(text) > MOST_ID:
            raise NotFound("找不到這筆資料。")
        row = db.session.scalar(select(self.model).where(self.model.id == int(text), self.scope()))
        if row is None:
            raise NotFound("找不到這筆資料，可能已刪除，或不在您可查閱的範圍內。")
        return row

    def term_of(self, row: Any) -> Term | None:
        return identity.terms().find(row.semester_id) if hasattr(row, "semester_id") else None

    def closed(self, row: Any) -> str:
        """Why nobody may change this row now; empty when it may be changed. A screen may know more reasons."""
        return self._closed_term(self.term_of(row))

    def open_rows(self) -> ColumnElement[bool]:
        """The rows for which a screen knows no such reason of its own."""
        return true()

    def _closed_term(self, term: Term | None) -> str:
        """A closed semester is read-only; one that has not begun cannot be recorded yet."""
        if term is None or term.open_on(clock.today()):
            return ""
        return f"{term.zh}{'已關閉，各項紀錄只能查閱' if term.closed_on else '尚未開學，還不能登錄'}。"

    def _must_be_open(self, row: Any) -> None:
        reason = self.closed(row)
        if reason:
            raise Conflict(reason)

    # List.

    @expose("/")
    def index_view(self) -> str:
        """The grid."""
        by, term = identity.actor(), self._chosen_term()
        state = read_state(request.args, self.columns, [*self.filterable, *self.columns])
        shown = gridpage.shown_columns(self.columns, state)
        book = gridpage.codes_for(db.session, [*shown, *self.filterable], term.year if term else None)
        query = self.grid_query(state, shown, term)
        rows, total = gridpage.read_rows(db.session, query, state, by, book, self._writable(by, term))
        return render_template("grid/list.html", view=self, grid=self._page(state, shown, rows, total, book, term))

    def grid_query(self, state: GridState, shown: Sequence[Column], term: Term | None) -> GridQuery:
        """The page's statement; export and "all matching" use the same."""
        order = [f"-{state.sort}" if state.desc else state.sort] if state.sort else list(self.column_default_sort)
        return GridQuery(
            model=self.model,
            columns=shown,
            scope=and_(self.scope(), self._in_term(term)),
            order=order,
            searchable=self.searched,
            search=state.search,
            filters=state.filters,
            finds_id_numbers=bool(unmasked(identity.actor(), self.model.__subject__)),
        )

    def _in_term(self, term: Term | None) -> ColumnElement[bool]:
        if term is None or not hasattr(self.model, "semester_id"):
            return true()
        return self.model.semester_id == term.id

    def _chosen_term(self) -> Term | None:
        """The semester the address names; the current one when it names none; None for 「全部學期」."""
        text = request.args.get("semester", "")
        if text == "all":
            return None
        if not text:
            return identity.terms().current(clock.today())
        term = identity.terms().find(int(text)) if text.isdecimal() and len(text) < 10 else None
        if term is None:
            raise BadRequest("網址中的學期不存在，請從選單選擇。")
        return term

    def _writable(self, by: Actor, term: Term | None) -> ColumnElement[bool]:
        if not self.can_edit or not self.write_verdict(by):
            return literal(False)
        if not hasattr(self.model, "semester_id"):
            return and_(writable(by, self.model), self.open_rows())
        open_terms = [each.id for each in identity.terms().all if each.open_on(clock.today())]
        in_open_term = self.model.semester_id.in_(open_terms) if open_terms else false()
        return and_(writable(by, self.model), self.open_rows(), in_open_term)

    def _page(
        self, state: GridState, shown: list[Column], rows: list[Any], total: int, book: Any, term: Term | None
    ) -> gridpage.GridPage:
        verdict = self.write_verdict(identity.actor())
        base = url_for(f"{self.slug}.index_view")
        writes = bool(verdict) and (term is None or not hasattr(self.model, "semester_id") or term.open_on(clock.today()))
        here: dict[str, Any] = {"semester": term.id} if term and hasattr(self.model, "semester_id") else {}
        return gridpage.GridPage(
            columns=[gridpage_column(each, number) for number, each in enumerate(shown)],
            rows=rows,
            total=total,
            page=state.page,
            page_size=state.page_size,
            sort=state.sort,
            desc=state.desc,
            search=state.search,
            searchable=bool(self.searched),
            filters=gridpage.filter_choices(self.filterable, book),
            chips=gridpage.chips(state.filters, state, base, book),
            all_columns=[{"key": c.key, "zh": c.zh, "shown": c in shown} for c in self.columns],
            semesters=self._semesters(term),
            verdict=verdict,
            url=lambda **changes: state.url("", **changes) or base,
            clear_url=f"{base}?semester={state.semester}" if state.semester else base,
            can_create=self.can_create and writes,
            can_export=True,
            create_url=url_for(f"{self.slug}.create_view", **here),
            actions=self._offered_actions() if writes else [],
            action_url=url_for(f"{self.slug}.action_view"),
            export_urls={kind: state.url(url_for(f"{self.slug}.export", export_type=kind)) for kind in exports.KINDS},
            import_template_url=url_for(f"{self.slug}.template_view")
            if writes and self.has_template and not self._writes_only_own(identity.actor())
            else None,
        )

    def _semesters(self, term: Term | None) -> list[dict[str, Any]]:
        if not hasattr(self.model, "semester_id"):
            return []
        found = [{"id": str(each.id), "zh": each.zh, "selected": each == term} for each in identity.terms().all]
        return [*found, {"id": "all", "zh": "全部學期", "selected": term is None}]

    # Details.

    @expose("/details/")
    def details_view(self) -> str:
        """One record, with its history."""
        row, by = self.get_one(request.args.get("id")), identity.actor()
        verdict = judge(db.session, by, self.act, row)
        term = self.term_of(row)
        writes = bool(verdict) and not self.closed(row)
        book = gridpage.codes_for(db.session, self.detailed, term.year if term else None)
        return render_template(
            "grid/details.html",
            view=self,
            record_label=str(row),
            groups=detail_groups(db.session, self, row, by, book),
            verdict=verdict,
            edit_url=url_for(f"{self.slug}.edit_view", id=row.id) if writes and self.can_edit else None,
            delete_url=url_for(f"{self.slug}.delete_view", id=row.id) if writes and self.can_delete else None,
            back_url=url_for(f"{self.slug}.index_view"),
            events=history(db.session, row, by),
        )

    # Create and edit.

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
        if not form.validate_on_submit():
            return self._form_page(form, verdict, None)
        row = self.model()
        problem = self._save(form, row, by, verdict, term)
        if problem:
            return self._form_page(form, verdict, None, problem)
        flash(f"已新增「{row}」。", "success")
        if request.form.get("_add_another"):
            return redirect(request.full_path)
        return redirect(self._list_url(term))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The form over a row; a row changed by somebody else meanwhile shows both texts."""
        by, row = identity.actor(), self.get_one(request.args.get("id"))
        if not self.can_edit:
            abort(404)
        verdict = require(judge(db.session, by, self.act, row))
        term = self.term_of(row)
        self._must_be_open(row)
        form = self.build_form(by, row, term)
        seen = request.form.get("version", "")
        if not form.validate_on_submit():
            return self._form_page(form, verdict, row)
        if request.form.get("_review") or seen != str(row.version):
            return self._form_page(form, verdict, row) if request.form.get("_review") else self._conflict(form, row)
        try:
            problem = self._save(form, row, by, verdict, term)
        except StaleDataError:
            db.session.rollback()
            return self._conflict(form, self.get_one(request.args.get("id")))
        if problem:
            return self._form_page(form, verdict, row, problem)
        flash(f"已儲存「{row}」。", "success")
        return redirect(self._list_url(term))

    def _list_url(self, term: Term | None) -> str:
        here: dict[str, Any] = {"semester": term.id} if term and hasattr(self.model, "semester_id") else {}
        return url_for(f"{self.slug}.index_view", **here)

    def build_form(self, by: Actor, row: Any, term: Term | None) -> SchoolForm:
        """The form for this person: sensitive fields only for those who may see them, pick fields bound to their reach."""
        form = self._create_form_class(obj=row)
        divisions = unmasked(by, self.model.__subject__)
        for key in list(form._fields):
            if self._is_sensitive(key) and (row.division not in divisions if row is not None else not divisions):
                del form[key]
        coded = [each for each in form if isinstance(each, CodeField | WordsField)]
        lists = (each.code_list for each in coded)
        book = load_codes(db.session, lists, year=term.year if term else None)
        for field in form:
            if isinstance(field, PickField):
                here: dict[str, Any] = {"semester": term.id} if term else {}
                url = url_for(f"{self.slug}.ajax_lookup", name=field.name, **here)
                field.offer(url, self.pickable(by, field.related, term))
        for each in coded:
            each.use(book)
        if row is None and not form.is_submitted():
            self._prefill(form, by)
        return form

    def _prefill(self, form: SchoolForm, by: Actor) -> None:
        """What can only be one thing is filled in: the division a post writes in, the student who writes for themselves."""
        if "division" in form:
            form.division.data = self._own_division(by) or form.division.data
        if "student" in form and self._writes_only_own(by):
            form.student.data = db.session.get(Student, by.student_id)

    def _writes_only_own(self, by: Actor) -> bool:
        scopes = {held.grant.scope for subject in self.model.lenses() for held in by.held(self.act, subject)}
        return scopes == {Scope.own}

    def _own_division(self, by: Actor) -> Division | None:
        """The division the person writes in, if there is just one."""
        divisions = {held.grant.division for subject in self.model.lenses() for held in by.held(self.act, subject)}
        return divisions.pop() if len(divisions) == 1 else None

    def _is_sensitive(self, key: str) -> bool:
        prop = inspect(self.model).attrs.get(key)
        return prop is not None and not isinstance(prop, RelationshipProperty) and bool(prop.columns[0].info.get("sensitive"))

    def _save(self, form: SchoolForm, row: Any, by: Actor, verdict: Verdict, term: Term | None) -> str | None:
        """Fill, flush, judge the row as it has become, commit. Returns the sentence of a rule the row breaks."""
        audit.signature(db.session).via = verdict.sentence
        try:
            with db.session.no_autoflush:
                self.fill(form, row, by, verdict, term)
            db.session.add(row)
            db.session.flush()
            require(judge(db.session, by, self.act, row))
            self._must_be_open(row)
            db.session.commit()
        except (IntegrityError, DBAPIError) as error:
            db.session.rollback()
            return errors.sentence(error)
        except ValueError as error:
            db.session.rollback()
            return str(error)
        return None

    def fill(self, form: SchoolForm, row: Any, by: Actor, verdict: Verdict, term: Term | None) -> None:
        """Pour the form into the row; semester and division come from the page and the post, never from the form's owner."""
        if row.id is None and term is not None and "semester" in inspect(self.model).relationships:
            row.semester_id = term.id
        for field in form:
            if field.name in inspect(self.model).attrs:
                field.populate_obj(row, field.name)
                _keep_default(self.model, row, field.name)
        if hasattr(self.model, "division") and row.division is None:
            row.division = (verdict.grant.division if verdict.grant else None) or by.division

    def _form_page(self, form: SchoolForm, verdict: Verdict, row: Any, problem: str | None = None) -> Any:
        failed = [{"id": f.id, "label": f.label.text, "text": f.errors[0]} for f in form if f.errors]
        if problem:
            failed.append({"id": "main", "label": "", "text": problem})
        page = render_template(
            "grid/form.html",
            view=self,
            form=form,
            groups=grouped(self.model, form),
            verdict=verdict,
            errors=failed,
            is_new=row is None,
            version=row.version if row is not None else None,
            record_label=str(row) if row is not None else "",
            delete_url=url_for(f"{self.slug}.delete_view", id=row.id) if row is not None and self.can_delete else None,
            back_url=url_for(f"{self.slug}.index_view"),
        )
        return page, 422 if failed else 200

    def _conflict(self, form: SchoolForm, row: Any) -> Any:
        theirs = self._create_form_class(formdata=None, obj=row)
        changes = []
        for field in form:
            if field.name in inspect(self.model).attrs:
                stored, mine = in_words(theirs[field.name]), in_words(field)
                changes.append({"zh": field.label.text, "theirs": stored, "mine": mine, "differs": stored != mine})
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "version", "_save")]
        last = next(iter(history(db.session, row, identity.actor(), most=1)), {"who": "同事", "at": ""})
        page = render_template(
            "grid/conflict.html",
            view=self,
            record_label=str(row),
            who=last["who"],
            at=last["at"],
            changes=changes,
            post_url=url_for(f"{self.slug}.edit_view", id=row.id),
            fields=[*fields, ("version", row.version)],
            back_url=url_for(f"{self.slug}.details_view", id=row.id),
            can_review=True,
        )
        return page, 409

    # Delete.

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """A page that names the row, then the deletion."""
        by, row = identity.actor(), self.get_one(request.values.get("id"))
        if not self.can_delete:
            abort(404)
        verdict = require(judge(db.session, by, self.act, row))
        self._must_be_open(row)
        if request.method == "GET":
            return self._confirm(
                f"刪除{self.zh}",
                "刪除後這一筆不再出現在名單與統計中，異動紀錄會保留。",
                [row],
                [("id", row.id)],
                "刪除",
                ".delete_view",
            )
        label = str(row)
        return self._remove([row], verdict) or self._done(f"已刪除「{label}」。")

    def _remove(self, rows: Sequence[Any], verdict: Verdict) -> Any:
        audit.signature(db.session).via = verdict.sentence
        try:
            for row in rows:
                db.session.delete(row)
            db.session.commit()
        except DBAPIError as error:
            db.session.rollback()
            raise Conflict(errors.sentence(error)) from None
        return None

    def _done(self, sentence: str) -> Any:
        flash(sentence, "success")
        return redirect(url_for(f"{self.slug}.index_view"))

    def _confirm(self, title: str, sentence: str, rows: Sequence[Any], fields: list[Any], button: str, endpoint: str) -> str:
        return render_template(
            "grid/confirm.html",
            view=self,
            title=title,
            sentence=sentence,
            items=[str(row) for row in rows],
            post_url=url_for(endpoint),
            fields=fields,
            back_url=url_for(f"{self.slug}.index_view"),
            button=button,
            danger=button == "刪除",
        )

    # Bulk actions.

    def _offered_actions(self) -> list[dict[str, Any]]:
        marks = [{"name": mark.name, "zh": mark.zh, "confirm": True} for mark in self.marks]
        return [*marks, {"name": "delete", "zh": "刪除", "confirm": True}] if self.can_delete else marks

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Ids are selected again through the policy; one id out of reach refuses the whole action."""
        by, name = identity.actor(), request.form.get("action", "")
        action = next((each for each in self._offered_actions() if each["name"] == name), None)
        if action is None:
            raise BadRequest("沒有這個批次動作，請回到清單重新選擇。")
        verdict = require(self.write_verdict(by))
        rows = self._selected(by)
        if not request.form.get("confirmed"):
            fields = [("action", name), ("confirmed", "1"), *(("rowid", row.id) for row in rows)]
            sentence = f"您選取了 {len(rows)} 筆{self.zh}，將一併{action['zh']}。"
            return self._confirm(f"{action['zh']}{self.zh}", sentence, rows, fields, action["zh"], ".action_view")
        return self.perform(name, rows, verdict)

    def perform(self, name: str, rows: Sequence[Any], verdict: Verdict) -> Any:
        """Do a confirmed bulk action."""
        if name == "delete":
            return self._remove(rows, verdict) or self._done(f"已刪除 {len(rows)} 筆。")
        return self._apply(next(mark for mark in self.marks if mark.name == name), rows, verdict)

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

    def _apply(self, mark: Mark, rows: Sequence[Any], verdict: Verdict) -> Any:
        audit.signature(db.session).via = verdict.sentence
        for row in rows:
            for key, value in mark.values.items():
                setattr(row, key, clock.today() if value is TODAY else value)
        db.session.commit()
        return self._done(f"已{mark.zh} {len(rows)} 筆。")

    # Lookup.

    def pickable(self, by: Actor, related: type[Entity], term: Term | None) -> ColumnElement[bool]:
        """Rows of `related` the person may name in a row of this grid."""
        semester_id = term.id if term and hasattr(self.model, "semester_id") else None
        return lookups.pickable(by, self.model, self.act, related, semester_id=semester_id)

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

    # Files in and out.

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

    @cached_property
    def has_template(self) -> bool:
        """Whether files of this kind can be imported."""
        return any(kind.model is self.model for kind in importing.KINDS.values())

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


def gridpage_column(each: Column, number: int) -> dict[str, Any]:
    """A column as the template reads it: the first one stays in sight."""
    return {"key": each.key, "zh": each.zh, "sortable": each.sortable, "numeric": each.numeric, "sticky": number == 0}


def in_words(field: Any) -> str:
    """What a field holds, as a person reads it."""
    if isinstance(field, PickField):
        return "、".join(str(row) for row in field.chosen)
    value = getattr(field, "data", None)
    return field._value() if hasattr(field, "_value") else display(value)


def _keep_default(model: type[Entity], row: Any, key: str) -> None:
    """A field left empty falls back to the column's default where the column takes no NULL."""
    prop = inspect(model).attrs[key]
    if isinstance(prop, RelationshipProperty):
        return
    target = prop.columns[0]
    if getattr(row, key) is None and not target.nullable and target.default is not None and target.default.is_scalar:
        setattr(row, key, target.default.arg)
