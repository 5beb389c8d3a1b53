"""A form built from what the model declares: labels, help, lengths, terms, code lists, related rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel.support import Translations
from flask_wtf import FlaskForm
from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, Numeric, String, Text, Time, inspect
from sqlalchemy.orm import RelationshipProperty
from wtforms import BooleanField, Field
from wtforms.validators import InputRequired, NumberRange, Optional

from admin_app.grid.columns import display
from admin_app.translating.catalogue import TAIWAN, translations
from models.base import Encrypted, Entity, Words
from models.vocabulary import Term
from views.fields import (
    AtMost,
    BriefField,
    CodeField,
    NumberField,
    PickField,
    PickManyField,
    RocDateField,
    RocDateTimeField,
    TermField,
    TidyField,
    TimeField,
    WordsField,
)

LONG_TEXT = 100
OTHER_GROUP = ""


class SchoolForm(FlaskForm):
    """A form with its own CSRF token and WTForms' messages in our words; in English they are put with the rest of the page."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Translations:
            return translations(TAIWAN, "wtforms")


def form_class(model: type[Entity], keys: Iterable[str]) -> type[SchoolForm]:
    """A form with one field per key: a column or a relationship of `model`. Raises KeyError for any other word."""
    return type(f"{model.__name__}Form", (SchoolForm,), {key: form_field(model, key) for key in keys})


def form_field(model: type[Entity], key: str) -> Any:
    """The unbound field for a column or relationship."""
    prop = inspect(model).attrs[key]
    if isinstance(prop, RelationshipProperty):
        return _relation_field(prop)
    return _column_field(prop.columns[0])


def _relation_field(prop: RelationshipProperty[Any]) -> Any:
    label = str(prop.info.get("zh", prop.key))
    if prop.uselist:
        presence = InputRequired(f"請選取「{label}」") if prop.info.get("required") else Optional()
        return PickManyField(label, related=prop.mapper.class_, validators=[presence])
    local = next(iter(prop.local_columns))
    return PickField(label, related=prop.mapper.class_, description=local.info.get("help", ""), validators=[_presence(local)])


def _column_field(column: Any) -> Any:
    info = column.info
    chosen = isinstance(column.type, Enum | Boolean | Date) or bool(info.get("codes"))
    help_text = info.get("help", "") if chosen else _help(info)
    common = {"label": info.get("zh", column.key), "description": help_text, "validators": [_presence(column)]}
    if column.default is not None and column.default.is_scalar:
        common["default"] = column.default.arg
    return _typed_field(column, info, common)


def _typed_field(column: Any, info: dict[str, Any], common: dict[str, Any]) -> Any:
    label = common.pop("label")
    if isinstance(column.type, Words):
        return WordsField(label, code_list=info["codes"], **common)
    if info.get("codes"):
        return CodeField(label, code_list=info["codes"], **common)
    if info.get("keyboard"):
        return TidyField(label, render_kw={"inputmode": info["keyboard"], "spellcheck": "false"}, **_limited(column, common))
    match column.type:
        case Enum():
            return TermField(label, term=column.type.enum_class or Term, blank=column.nullable, **common)
        case Boolean():
            return BooleanField(label, description=common["description"], default=common.get("default", False))
        case DateTime():
            return RocDateTimeField(label, **common)
        case Date():
            return RocDateField(label, **common)
        case Time():
            return TimeField(label, **common)
        case Numeric() | Integer():
            return NumberField(label, whole=isinstance(column.type, Integer), **_bounded(column, common))
        case Encrypted():
            return TidyField(label, **common)
        case Text():
            return BriefField(label, **common)
        case String() if (column.type.length or 0) >= LONG_TEXT:
            return BriefField(label, most=column.type.length, **_limited(column, common))
    return TidyField(label, **_limited(column, common))


def _presence(column: Any) -> Any:
    has_default = column.default is not None or column.nullable
    return Optional() if has_default else InputRequired(f"請填寫「{column.info.get('zh', column.key)}」")


def _limited(column: Any, common: dict[str, Any]) -> dict[str, Any]:
    most = getattr(column.type, "length", None)
    if most:
        common["validators"] = [*common["validators"], AtMost(most)]
    return common


def _bounded(column: Any, common: dict[str, Any]) -> dict[str, Any]:
    """Numbers fit their column on PostgreSQL too, where a larger one would be an error."""
    whole = isinstance(column.type, Integer)
    most = 2**31 - 1 if whole else 10 ** ((column.type.precision or 10) - (column.type.scale or 0)) - 1
    common["validators"] = [*common["validators"], NumberRange(-most, most, message="數字超出可登錄的範圍")]
    return common


def _help(info: dict[str, Any]) -> str:
    example = f"例：{info['example']}" if info.get("example") else ""
    return "　".join(filter(None, (info.get("help", ""), example)))


def group_of(model: type[Entity], key: str) -> str:
    """The heading a field stands under."""
    prop = inspect(model).attrs[key]
    column = next(iter(prop.local_columns)) if isinstance(prop, RelationshipProperty) else prop.columns[0]
    info = getattr(column, "info", prop.info)  # a computed column has none of its own
    return str(info.get("group", OTHER_GROUP))


def grouped(model: type[Entity], form: SchoolForm) -> list[dict[str, Any]]:
    """The form's fields under their headings, in the order declared."""
    groups: dict[str, list[Field]] = {}
    for field in form:
        if field.name in inspect(model).attrs:
            groups.setdefault(group_of(model, field.name), []).append(field)
    return [{"zh": zh, "fields": fields} for zh, fields in groups.items()]


def in_words(field: Any) -> str:
    """What a field holds, as a person reads it."""
    if isinstance(field, PickField):
        return "、".join(str(row) for row in field.chosen)
    if isinstance(field, CodeField):
        return field.in_words()
    value = getattr(field, "data", None)
    return str(field._value() if hasattr(field, "_value") and not isinstance(value, bool) else display(value))
