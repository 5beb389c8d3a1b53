"""What a screen declares, what it may show, and why nobody may change a row now. No endpoint is answered here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, inspect, select, true
from sqlalchemy.orm import RelationshipProperty
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from admin_app import clock, identity, labels, lookups, policy
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.grid.columns import Column, column
from admin_app.policy import Verdict, may, require, visible
from admin_app.services import importing
from admin_app.services.importing.reach import may_import
from admin_app.terms import Term
from models.base import Encrypted, Entity, Words
from models.vocabulary import Act, Division, Scope
from views.forms import form_class

MOST_SELECTED = 2_000
MOST_ID = 2**31 - 1
NOT_FOUND = "找不到這筆資料，可能已刪除，或不在您可查閱的範圍內。"
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


class Screen(ModelView):
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
    column_inline: Sequence[str] | None = None
    """Columns that may be edited cell by cell in the list; None: every plain column of the form. Empty for rows with a life."""
    bulk_fields: Sequence[str] = ()
    """Columns of the form that may be set to one value in many rows at once."""
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
        if unfit := {*cls.bulk_fields, *(cls.column_inline or ())} - set(cls.form_columns):
            raise TypeError(f"{cls.__name__} 宣告批次或逐格修改的欄位不在表單中：{unfit}")
        if getattr(cls, "column_editable_list", None) or getattr(cls, "inline_models", None):
            raise TypeError(f"{cls.__name__} 不得使用行內編輯")
        if any(getattr(cls, f"{page}_modal", False) for page in ("create", "edit", "details")):
            raise TypeError(f"{cls.__name__} 不得使用 Flask-Admin 的彈出視窗：每一頁都有自己的網址")

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
    def note(self) -> str:
        """What a person should know before anything else on this grid; usually nothing."""
        return ""

    @property
    def act(self) -> Act:
        return self.model.__write_act__

    # Columns, as declared.

    @cached_property
    def columns(self) -> list[Column]:
        return [column(self.model, key) for key in self.column_list]

    @cached_property
    def further(self) -> list[Column]:
        """Columns of the details page that a person may add to the list; no index stands behind them, so nobody sorts by them."""
        listed = {(each.path, each.attribute) for each in self.columns}
        return [each for each in self.detailed if (each.path, each.attribute) not in listed and not each.sensitive]

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
        row = db.session.scalar(select(self.model).where(self._is_one(id)))
        if row is None:
            raise NotFound(NOT_FOUND)
        return row

    def get_judged(self, id: Any, by: Actor) -> tuple[Any, Verdict]:
        """The same, and whether the person may write it: one statement, which brings the labels of the rows it names along."""
        found = policy.find(db.session, by, self.act, self.model, self._is_one(id), *self._named)
        if found is None:
            raise NotFound(NOT_FOUND)
        return found

    @cached_property
    def _named(self) -> list[Any]:
        return labels.named_by(self.model, ("student", *self.form_columns))

    def _is_one(self, id: Any) -> ColumnElement[bool]:
        text = str(id or "")
        if not (text.isascii() and text.isdigit()) or int(text) > MOST_ID:
            raise NotFound("找不到這筆資料。")
        return and_(self.model.id == int(text), self.scope())

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
        return f"{term.zh}已關閉，各項紀錄只能查閱。" if term.closed_on else f"{term.zh}尚未開學，還不能登錄。"

    def _must_be_open(self, row: Any) -> None:
        reason = self.closed(row)
        if reason:
            raise Conflict(reason)

    # What the address says.

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

    def _in_term(self, term: Term | None) -> ColumnElement[bool]:
        if term is None or not hasattr(self.model, "semester_id"):
            return true()
        return self.model.semester_id == term.id

    def _list_url(self, term: Term | None) -> str:
        here: dict[str, Any] = {"semester": term.id} if term and hasattr(self.model, "semester_id") else {}
        return url_for(f"{self.slug}.index_view", **here)

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

    def is_plain(self, key: str) -> bool:
        """Whether a key is a plain value that any reader of a row may see: no related row, no set of codes, nothing secret."""
        prop = inspect(self.model).attrs[key]
        if isinstance(prop, RelationshipProperty) or self._is_sensitive(key):
            return False
        return not isinstance(prop.columns[0].type, Encrypted | Words)

    def pickable(self, by: Actor, related: type[Entity], term: Term | None) -> ColumnElement[bool]:
        """Rows of `related` the person may name in a row of this grid."""
        semester_id = term.id if term and hasattr(self.model, "semester_id") else None
        return lookups.pickable(by, self.model, self.act, related, semester_id=semester_id)

    def _offered_actions(self) -> list[dict[str, Any]]:
        """What may be done to rows chosen in the list. `all`: also to all that match, because it can be undone."""
        marks = [{"name": each.name, "zh": each.zh, "confirm": True, "all": bool(each.values)} for each in self.marks]
        changes = [
            {"name": f"change:{key}", "zh": f"修改{column(self.model, key).zh}", "confirm": True, "all": True, "field": True}
            for key in (self.bulk_fields if self.can_edit else ())
            if self.is_plain(key)
        ]
        gone = [{"name": "delete", "zh": "刪除", "confirm": True, "all": True}] if self.can_delete else []
        return [*marks, *changes, *gone]

    @cached_property
    def import_kind(self) -> importing.Kind | None:
        """How files become rows of this grid, where they can."""
        return next((kind for kind in importing.KINDS.values() if kind.model is self.model), None)

    def imports(self, by: Actor) -> bool:
        """Whether the person may bring whole files into this grid."""
        return self.import_kind is not None and bool(may_import(by, self.import_kind))
