"""A grid column: a dotted path from a model to a mapped column, and how its value is shown."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, Numeric, inspect
from sqlalchemy.orm import RelationshipProperty

from models.base import Encrypted, Entity, Words
from models.records.base import StudentRecord
from models.values.identity import mask
from models.values.roc import format_roc
from models.vocabulary import Division, Subject

HIDDEN = "（保密）"
Names = Callable[[str, str], str | None]
"""Looks a code up: (code list, value) → 中文, or None when the list does not hold it."""


@dataclass(frozen=True)
class Column:
    """`key` is the dotted path, e.g. `student.school_class.name`; `path` the relationships on the way."""

    key: str
    model: type[Entity]
    path: tuple[str, ...]
    attribute: str
    owner: type[Entity]

    @cached_property
    def info(self) -> Mapping[str, Any]:
        prop = inspect(self.owner).attrs[self.attribute]
        return {**getattr(prop.columns[0], "info", {}), **prop.info}

    @cached_property
    def type(self) -> Any:
        return inspect(self.owner).attrs[self.attribute].columns[0].type

    @property
    def zh(self) -> str:
        """The column's label. A related row's name goes by what the row is here, e.g. 任課教師; but a record's student is 姓名."""
        whose = self.path == ("student",) and issubclass(self.model, StudentRecord)
        if self.path and not whose and self.attribute == label_column(self.owner):
            return self._related_zh
        return str(self.info.get("zh") or self.attribute)

    @property
    def _related_zh(self) -> str:
        owner: type[Entity] = self.model
        relationship = inspect(owner).relationships[self.path[0]]
        for step in self.path[1:]:
            relationship = inspect(relationship.mapper.class_).relationships[step]
        return str(relationship.info.get("zh") or self.attribute)

    @property
    def codes(self) -> str | None:
        return self.info.get("codes")

    @property
    def sensitive(self) -> bool:
        return bool(self.info.get("sensitive"))

    @property
    def exportable(self) -> bool:
        return not self.info.get("local")

    @property
    def sortable(self) -> bool:
        """Nobody sorts or filters by a sensitive column: the order alone would tell what is hidden."""
        return not self.sensitive and not isinstance(self.type, Encrypted)

    @property
    def numeric(self) -> bool:
        return isinstance(self.type, Integer | Numeric) and not self.codes

    @property
    def measure(self) -> str:
        """What totals say of it: `sum` or `mean`; empty where adding up says nothing (座號) or would tell what is hidden."""
        return str(self.info.get("measure") or "") if self.numeric and self.sortable else ""

    @property
    def kind(self) -> str:
        """How it is filtered: choice, words, date, bool, number or text."""
        if isinstance(self.type, Words):
            return "words"
        if self.codes or isinstance(self.type, Enum):
            return "choice"
        if isinstance(self.type, Boolean):
            return "bool"
        if isinstance(self.type, Date | DateTime):
            return "date"
        return "number" if self.numeric else "text"

    @property
    def picked(self) -> bool:
        """Whether it names a related row, so that a filter offers the names there are instead of asking to type one."""
        return bool(self.path) and self.kind == "text" and self.attribute == label_column(self.owner)

    @property
    def may_be_empty(self) -> bool:
        """Whether filtering by 空白 can find anything."""
        if self.kind in ("words", "bool"):
            return False
        plain_text = self.kind == "text" and not self.picked
        return plain_text or bool(self.codes) or any(getattr(each, "nullable", True) for each in self._on_the_way)

    @property
    def _on_the_way(self) -> Iterator[Any]:
        """Every database column between a row and this value."""
        owner: Any = self.model
        for step in self.path:
            yield from inspect(owner).relationships[step].local_columns
            owner = inspect(owner).relationships[step].mapper.class_
        yield inspect(self.owner).attrs[self.attribute].columns[0]

    @property
    def term(self) -> Any:
        """The words of an enum column, else None."""
        return self.type.enum_class if isinstance(self.type, Enum) else None


def column(model: type[Entity], key: str) -> Column:
    """The column a dotted path names. A path that ends in a relationship means that row's label column."""
    *steps, last = key.split(".")
    owner: type[Entity] = model
    path: list[str] = []
    for step in steps:
        owner = inspect(owner).relationships[step].mapper.class_
        path.append(step)
    prop = inspect(owner).attrs[last]
    if isinstance(prop, RelationshipProperty):
        related = prop.mapper.class_
        return column(model, f"{key}.{label_column(related)}")
    return Column(key, model, tuple(path), last, owner)


def label_column(model: type[Entity]) -> str:
    """The column that names a row of `model` in a grid."""
    columns = inspect(model).column_attrs.keys()
    for name in ("name", "title", "topic", "code", "year"):
        if name in columns:
            return name
    return "course.name" if hasattr(model, "course") else "id"


def formatter(shown: Column, names: Names) -> Callable[[Any], Any]:
    """A function from the stored value to what a person reads. Sensitive columns are not its business; see `guard`."""
    if shown.codes:
        code_list = shown.codes
        if isinstance(shown.type, Words):
            return lambda value: "、".join(names(code_list, each) or each for each in _each(value))
        return lambda value: "" if value in (None, "") else names(code_list, value) or value
    return display


def _each(value: Any) -> tuple[str, ...]:
    """The codes of a `Words` column, or the one code it is filtered by."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def display(value: Any) -> str:
    """A value as text: ROC dates, 是/否, 中文 terms, nothing for None."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case enum.Enum():
            return str(value.value)
        case dt.datetime():
            return f"{format_roc(value.date())} {value:%H:%M}"
        case dt.date():
            return format_roc(value)
        case dt.time():
            return f"{value:%H:%M}"
        case Decimal():
            return f"{value.normalize():f}"
        case tuple() | list():
            return "、".join(str(each) for each in value)
    return str(value)


def guard(shown: Column, value: Any) -> str:
    """A sensitive value for someone who may not see it in full."""
    return mask(value) if shown.attribute == "id_number" and value else HIDDEN if value else ""


def sees(subject: Subject, division: Division | None, unmasked: Mapping[Subject, frozenset[Division]]) -> bool:
    """Whether sensitive columns of a row in `division` may be shown in full."""
    allowed = unmasked.get(subject, frozenset())
    return division in allowed if division else allowed == frozenset(Division)
