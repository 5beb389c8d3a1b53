"""Related rows picked by typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, select
from wtforms import Field, ValidationError
from wtforms.widgets import html_params

from admin_app.extensions import db
from models.base import Entity
from models.calendar import SchoolYear
from models.classes import Course, Department, SchoolClass, Teaching
from models.people import Appointment, Guardian, Staff, Student
from models.records.club import Club
from views.fields.choices import drawn_option, drawn_select

PROMPTS: dict[type[Entity], str] = {
    Student: "輸入姓名、學號或班級，例：機一甲",
    Staff: "輸入姓名或教師代碼，例：T001",
    Guardian: "輸入姓名或家長代碼，例：G11510001",
    SchoolClass: "輸入班級，例：機一甲",
    Department: "輸入科別，例：機械",
    Course: "輸入科目名稱或課程代碼，例：機械製圖",
    Teaching: "輸入班級或科目，例：機一甲 機械製圖",
    Club: "輸入社團名稱，例：吉他",
    SchoolYear: "輸入學年度，例：115",
    Appointment: "輸入職務代碼選取任期",
}


class PickField(Field):
    """A related row found by typing. Only rows the person may pick here are offered, and only those are accepted."""

    data: Any
    multiple = False

    def __init__(self, label: str, *, related: type[Entity], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.related = related
        self.url = ""
        self.allowed: Callable[[], ColumnElement[bool]] | None = None

    def offer(self, url: str, allowed: Callable[[], ColumnElement[bool]]) -> None:
        """Where to look rows up, and which may be picked; asked only when another row was."""
        self.url, self.allowed = url, allowed

    @property
    def prompt(self) -> str:
        """What to type, by what the related rows are found by."""
        return PROMPTS.get(self.related, f"輸入{self.related.__zh__}的名稱或代碼")

    @property
    def chosen(self) -> list[Entity]:
        return [self.data] if self.data is not None else []

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """A select holding only what is chosen; the page's script looks up the rest."""
        kwargs.setdefault("id", self.id)
        kwargs["class"] = f"{kwargs.get('class', '')} pick".replace("form-control", "form-select").strip()
        options = Markup("").join(drawn_option(str(row.id), str(row), True) for row in self.chosen)
        blank = Markup("") if self.multiple else drawn_option("", self.prompt, False)
        data = {"data-pick-url": self.url, "data-placeholder": self.prompt}
        params = html_params(name=self.name, multiple=self.multiple, required=bool(self.flags.required), **data, **kwargs)
        return drawn_select(params, blank + options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = self._row(text) if text else None

    def _row(self, text: str) -> Entity:
        row = db.session.get(self.related, int(text)) if text.isdecimal() and len(text) < 10 else None
        if row is None:
            raise ValueError("找不到所選的資料，請重新輸入姓名或代碼選取")
        return row

    def populate_obj(self, obj: Any, name: str) -> None:
        """A row that stays is not set again: what the record took from it when it was picked stays too."""
        if getattr(obj, name) is not self.data or self.data is None:
            super().populate_obj(obj, name)

    def pre_validate(self, form: Any) -> None:
        kept = self.object_data if isinstance(self.object_data, list) else [self.object_data]
        for row in self.chosen:
            if row not in kept and not self._may_pick(row):
                raise ValidationError(f"「{row}」不在您可選取的範圍內")

    def _may_pick(self, row: Entity) -> bool:
        if self.allowed is None:
            return False
        return db.session.scalar(select(self.related.id).where(self.related.id == row.id, self.allowed())) is not None


class PickManyField(PickField):
    """Several related rows found by typing."""

    multiple = True

    @property
    def chosen(self) -> list[Entity]:
        return list(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """One row that is gone does not cost the others."""
        self.data, problems = [], []
        for text in filter(None, valuelist):
            try:
                self.data.append(self._row(text))
            except ValueError as error:
                problems.append(error)
        if problems:
            raise problems[0]
