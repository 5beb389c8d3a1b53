"""One of fixed words, values of code lists."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from markupsafe import Markup
from wtforms import Field, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select, TextInput, html_params

from admin_app.services.codes import NOT_LISTED, CodeBook
from views.fields.text import TidyField


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
        """The codes of the list; one the row holds already stays choosable after the list has dropped it."""
        values = dict(self.book.lists.get(self.code_list, {}))
        kept = self.object_data
        return {**values, kept: self.book.name(self.code_list, kept)} if kept and kept not in values else values

    def in_words(self) -> str:
        """The code and what it stands for."""
        return self.book.name(self.code_list, self.data) if self.data else ""

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """A select, or a text input with a datalist."""
        kwargs.setdefault("id", self.id)
        if self.closed:
            kwargs["class"] = str(kwargs.get("class", "")).replace("form-control", "form-select")
            options = [("", "（未填）"), *self.values.items()]
            inner = Markup("").join(drawn_option(value, zh, value == (self.data or "")) for value, zh in options)
            return drawn_select(html_params(name=self.name, required=bool(self.flags.required), **kwargs), inner)
        listed = Markup("").join(drawn_option(value, zh, False) for value, zh in self.values.items())
        box = TextInput()(self, list=f"{self.id}-codes", **kwargs)
        return Markup('{}<datalist id="{}-codes">{}</datalist>').format(box, self.id, listed)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.closed and self.data not in self.values:
            raise ValidationError("請從清單中選擇")


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


def drawn_select(params: str, options: Markup) -> Markup:
    """`params` come escaped from WTForms."""
    return Markup("<select {}>{}</select>").format(Markup(params), options)  # noqa: S704 - both are escaped already


def drawn_option(value: str, zh: str, selected: bool) -> Markup:
    return Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if selected else "", zh)
