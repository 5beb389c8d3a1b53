"""Form fields this school needs beyond WTForms' own: people picked by typing, ROC dates, terms, coded values, tolerant numbers."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, select
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select, TextInput, html_params

from admin_app.extensions import db
from admin_app.services.codes import NOT_LISTED, CodeBook
from models.base import Entity
from models.values.roc import format_roc, parse_date
from models.values.text import integer, number, tidy


class TidyField(StringField):
    """Text without stray spaces at its ends; full-width letters and digits made ordinary."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = tidy(valuelist[0])


class BriefField(TextAreaField):
    """Longer text; the page counts its characters against the column's length."""

    def __init__(self, label: str, *, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        if most:
            self.render_kw: dict[str, Any] = {"data-max": str(most)}


class RocDateField(Field):
    """A date typed as 115/11/23, 1151123 or 2026-11-23, shown in ROC years."""

    data: Any

    widget = TextInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.render_kw: dict[str, Any] = {"data-roc": "", **(self.render_kw or {})}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format_roc(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = parse_date(valuelist[0]) if valuelist else None


class RocDateTimeField(RocDateField):
    """A date and a time of day, e.g. 115/11/23 17:00."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{format_roc(self.data.date())} {self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        day, _, hour = text.partition(" ")
        date = parse_date(day)
        self.data = dt.datetime.combine(date, _time(hour or "00:00") or dt.time()) if date else None


class TimeField(Field):
    """A time of day, e.g. 09:10 or 0910."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = _time(str(valuelist[0])) if valuelist else None


def _time(text: str) -> dt.time | None:
    digits = tidy(text).replace(":", "").replace("：", "").strip()
    if not digits:
        return None
    if not digits.isdigit() or len(digits) not in (3, 4):
        raise ValueError(f"時間「{text}」看不懂，請填如 09:10")
    try:
        return dt.time(int(digits[:-2]), int(digits[-2:]))
    except ValueError:
        raise ValueError(f"沒有「{text}」這個時間，請填如 09:10") from None


class NumberField(Field):
    """A number; full-width digits are understood. `whole` refuses decimals."""

    widget = TextInput()

    def __init__(self, label: str, *, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.whole = whole
        self.render_kw: dict[str, Any] = {"inputmode": "numeric" if whole else "decimal"}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if isinstance(self.data, Decimal):
            return f"{self.data.normalize():f}"
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        value: int | Decimal | None = integer(text) if self.whole else number(text)
        if value is not None and abs(Decimal(value)) > 10**7:
            raise ValueError("數字太大，請檢查是否多打了幾位")
        self.data = value


class TermField(SelectField):
    """One of a fixed set of words."""

    def __init__(self, label: str, *, term: type[enum.Enum], blank: bool, **kwargs: Any) -> None:
        empty = SelectChoice(value="", label="（未填）" if blank else "請選擇")
        choices = [empty] + [SelectChoice(value=each.name, label=str(each.value)) for each in term]
        super().__init__(label, choices=choices, coerce=_term_of(term), **kwargs)


def _term_of(term: type[enum.Enum]) -> Callable[[Any], enum.Enum | None]:
    def coerce(value: Any) -> enum.Enum | None:
        if value is None or isinstance(value, enum.Enum):
            return value
        if value == "":
            return None
        try:
            return term[value]
        except KeyError:
            raise ValueError("請從清單中選擇") from None

    return coerce


class CodeField(TidyField):
    """A value of a code list: a closed choice when the list is complete, typing with suggestions when it is not."""

    book: CodeBook = CodeBook({}, frozenset())

    def __init__(self, label: str, *, code_list: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.code_list = code_list
        self.hint = str(kwargs.get("description", ""))

    def use(self, book: CodeBook) -> None:
        """Take the lists as of the record's school year."""
        self.book = book
        if not self.closed:
            self.description = "　".join(filter(None, (self.hint, f"{NOT_LISTED}完整，表外代碼請照原文填寫")))

    @property
    def closed(self) -> bool:
        return self.code_list in self.book.complete

    @property
    def values(self) -> dict[str, str]:
        return dict(self.book.lists.get(self.code_list, {}))

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """A select, or a text input with a datalist."""
        kwargs.setdefault("id", self.id)
        if self.closed:
            kwargs["class"] = str(kwargs.get("class", "")).replace("form-control", "form-select")
            options = [("", "（未填）"), *self.values.items()]
            inner = Markup("").join(_option(value, zh, value == (self.data or "")) for value, zh in options)
            return _select(html_params(name=self.name, **kwargs), inner)
        listed = Markup("").join(_option(value, zh, False) for value, zh in self.values.items())
        box = TextInput()(self, list=f"{self.id}-codes", **kwargs)
        return Markup('{}<datalist id="{}-codes">{}</datalist>').format(box, self.id, listed)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.closed and self.data not in self.values:
            raise ValidationError("請從清單中選擇")


def _select(params: str, options: Markup) -> Markup:
    """`params` come escaped from WTForms."""
    return Markup("<select {}>{}</select>").format(Markup(params), options)  # noqa: S704


def _option(value: str, zh: str, selected: bool) -> Markup:
    return Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if selected else "", zh)


class PickField(Field):
    """A related row found by typing. Only rows the person may pick here are offered, and only those are accepted."""

    data: Any
    multiple = False

    def __init__(self, label: str, *, related: type[Entity], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.related = related
        self.url = ""
        self.allowed: ColumnElement[bool] | None = None

    def offer(self, url: str, allowed: ColumnElement[bool]) -> None:
        """Where to look rows up, and which may be picked."""
        self.url, self.allowed = url, allowed

    @property
    def chosen(self) -> list[Entity]:
        return [self.data] if self.data is not None else []

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """A select holding only what is chosen; the page's script looks up the rest."""
        kwargs.setdefault("id", self.id)
        kwargs["class"] = f"{kwargs.get('class', '')} pick".replace("form-control", "form-select").strip()
        options = Markup("").join(_option(str(row.id), str(row), True) for row in self.chosen)
        blank = Markup("") if self.multiple else _option("", "請輸入姓名、代碼或班級選取", False)
        params = html_params(name=self.name, multiple=self.multiple, **{"data-pick-url": self.url}, **kwargs)
        return _select(params, blank + options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = self._row(text) if text else None

    def _row(self, text: str) -> Entity:
        row = db.session.get(self.related, int(text)) if text.isdecimal() and len(text) < 10 else None
        if row is None:
            raise ValueError("找不到所選的資料，請重新輸入姓名或代碼選取")
        return row

    def pre_validate(self, form: Any) -> None:
        kept = self.object_data if isinstance(self.object_data, list) else [self.object_data]
        for row in self.chosen:
            if row not in kept and not self._may_pick(row):
                raise ValidationError(f"「{row}」不在您可選取的範圍內")

    def _may_pick(self, row: Entity) -> bool:
        if self.allowed is None:
            return False
        return db.session.scalar(select(self.related.id).where(self.related.id == row.id, self.allowed)) is not None


class PickManyField(PickField):
    """Several related rows found by typing."""

    multiple = True

    @property
    def chosen(self) -> list[Entity]:
        return list(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [self._row(text) for text in valuelist if text]


class WordsField(SelectMultipleField):
    """Several codes of one list, kept as a tuple."""

    book: CodeBook = CodeBook({}, frozenset())

    def __init__(self, label: str, *, code_list: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)
        self.code_list = code_list

    def use(self, book: CodeBook) -> None:
        """Take the list's values; codes the row already holds stay choosable."""
        self.book = book
        values = dict(book.lists.get(self.code_list, {}))
        kept = {code: book.name(self.code_list, code) for code in self.object_data or () if code not in values}
        self.choices = [SelectChoice(value=code, label=zh) for code, zh in {**values, **kept}.items()]

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """A multiple select; the page's script makes it one to type in."""
        kwargs["class"] = f"{kwargs.get('class', '')} pick".replace("form-control", "form-select").strip()
        return Select(multiple=True)(self, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def _value(self) -> str:
        return "、".join(self.book.name(self.code_list, code) for code in self.data or ())

    def populate_obj(self, obj: Any, name: str) -> None:
        """Codes that stay keep their order, so that saving another field changes nothing here."""
        chosen = list(self.data or ())
        kept = [code for code in getattr(obj, name) or () if code in chosen]
        setattr(obj, name, (*kept, *(code for code in chosen if code not in kept)))
