"""規定與權限: the rows of an edition, to be edited in a draft. A published edition's rows are only shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from werkzeug.exceptions import Conflict

from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.terms import Term
from models.base import Entity
from models.regulation import Article, Duty, Edition, EditionPart, Post, Relation, Seat, Title, Unit
from models.vocabulary import EditionStatus
from views.base import DutyView
from views.forms import SchoolForm

NO_DRAFT = "目前沒有草案。請先到「版本與草案」把現行版本複製為草案，再修改各列。"
PUBLISHED = "這一列屬於已發布的版本，不能修改。請到「版本與草案」複製為草案後修正。"


class EditionRowView(DutyView):
    """A grid over one kind of row. New rows go into a draft; a row never moves to another edition."""

    category = "規定與權限"
    column_inline = ()

    def closed(self, row: Any) -> str:
        published: bool = isinstance(row, EditionPart) and row.edition.status is not EditionStatus.draft
        return PUBLISHED if published else super().closed(row)

    def open_rows(self) -> ColumnElement[bool]:
        drafts = select(Edition.id).where(Edition.status == EditionStatus.draft)
        return self.model.edition_id.in_(drafts)  # type: ignore[attr-defined, no-any-return]

    def pickable(self, by: Actor, related: type[Entity], term: Term | None) -> ColumnElement[bool]:
        return and_(super().pickable(by, related, term), Edition.status == EditionStatus.draft)

    def build_form(self, by: Actor, row: Any, term: Term | None) -> SchoolForm:
        form = super().build_form(by, row, term)
        if row is not None:
            del form["edition"]
        elif not form.is_submitted():
            form["edition"].data = self._newest_draft()
        return form

    def _newest_draft(self) -> Edition:
        stmt = select(Edition).where(Edition.status == EditionStatus.draft).order_by(Edition.id.desc()).limit(1)
        draft = db.session.scalar(stmt)
        if draft is None:
            raise Conflict(NO_DRAFT)
        return draft


class DutyRowView(EditionRowView):
    """工作職掌: how each row of the two tables reads, beside the words as printed."""

    model = Duty
    column_list = ("edition.code", "code", "division", "timing", "work", "owners", "acts", "subjects", "article", "note_text")
    column_filters = ("edition.code", "edition.status", "division", "timing", "owners", "acts", "subjects", "article")
    column_searchable_list = ("code", "work", "owner_text", "note_text")
    column_default_sort = ("-edition.code", "position")
    form_columns = (
        "edition",
        "position",
        "code",
        "division",
        "timing",
        "grade_term",
        "work",
        "owners",
        "acts",
        "subjects",
        "article",
        "evidence",
        "line",
        "when_text",
        "group_text",
        "work_text",
        "owner_text",
        "note_text",
        "merged",
    )


class RelationRowView(EditionRowView):
    """關係規則: what the duty tables do not name, each with its article or as this system's default."""

    model = Relation
    column_list = ("edition.code", "code", "work", "holders", "acts", "subjects", "division", "scope", "basis")
    column_filters = ("edition.code", "edition.status", "holders", "acts", "subjects", "division", "basis")
    column_searchable_list = ("code", "work", "basis")
    column_default_sort = ("-edition.code", "position")
    form_columns = ("edition", "position", "code", "work", "holders", "acts", "subjects", "division", "scope", "basis")


class PostRowView(EditionRowView):
    """職務: the owners of duty rows, how far each reaches, and which posts its holder holds with it."""

    model = Post
    column_list = ("edition.code", "zh", "code", "division", "unit", "scope", "also", "many", "basis")
    column_filters = ("edition.code", "edition.status", "division", "unit", "scope", "also", "basis")
    column_searchable_list = ("zh", "code", "basis")
    column_default_sort = ("-edition.code", "position")
    form_columns = ("edition", "position", "code", "zh", "division", "unit", "scope", "also", "many", "basis")


class UnitRowView(EditionRowView):
    """單位: 處, 室, 組."""

    model = Unit
    column_list = ("edition.code", "zh", "code", "division", "kind", "parent", "head")
    column_filters = ("edition.code", "edition.status", "division", "parent")
    column_searchable_list = ("zh", "code")
    column_default_sort = ("-edition.code", "position")
    form_columns = ("edition", "position", "code", "zh", "division", "kind", "parent", "head")


class SeatRowView(EditionRowView):
    """工作小組席次, in the order of article 三."""

    model = Seat
    column_list = ("edition.code", "number", "zh", "post", "elected")
    column_filters = ("edition.code", "edition.status", "post", "elected")
    column_searchable_list = ("zh",)
    column_default_sort = ("-edition.code", "number")
    form_columns = ("edition", "position", "number", "zh", "post", "elected")


class TitleRowView(EditionRowView):
    """職稱對照: how a 職務 of the staff file reads as posts."""

    model = Title
    column_list = ("edition.code", "title", "unit", "posts")
    column_filters = ("edition.code", "edition.status", "title", "unit", "posts")
    column_searchable_list = ("title", "unit")
    column_default_sort = ("-edition.code", "position")
    form_columns = ("edition", "position", "title", "unit", "posts")


class ArticleRowView(EditionRowView):
    """條文, verbatim."""

    model = Article
    column_list = ("edition.code", "number", "text", "parent")
    column_filters = ("edition.code", "edition.status", "number")
    column_searchable_list = ("number", "text")
    column_default_sort = ("-edition.code", "position")
    form_columns = ("edition", "position", "number", "parent", "text")


EDITION_VIEWS = (DutyRowView, RelationRowView, PostRowView, UnitRowView, SeatRowView, TitleRowView, ArticleRowView)
