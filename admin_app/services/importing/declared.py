"""A kind of import as its model declares it: columns, what they may hold, and what they point at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column as Stored

from admin_app.services.importing.columns import Column, Headings
from admin_app.services.importing.kind import Kind, Resolver
from admin_app.services.importing.links import link_at, links_of, lists_of, table_columns
from admin_app.services.importing.readers import form_of, reader_for
from admin_app.services.importing.references import RESOLVERS, columns_for, division, students
from models.base import Entity
from models.catalogue import ACHIEVEMENTS
from models.classes import SchoolClass
from models.records.base import SemesterRecord
from models.records.learning_outcome import LearningOutcome

UNWRITTEN = frozenset({"id", "version"})
ON_ITS_WAY = frozenset({"state", "question"})
BY_VERBS: Mapping[type[Entity], frozenset[str]] = {
    LearningOutcome: ON_ITS_WAY
    | {"sent_at", "certified_at", "certified_by", "certified_for", "certified_digest", "certification_note"}
    | {"doubt", "doubted_at", "doubt_answer", "doubt_answered_at", "previous"},
    **dict.fromkeys(ACHIEVEMENTS, ON_ITS_WAY),
}
"""Columns only a verb moves: a file cannot certify."""
COMPANIONS = ("班級", "座號", "姓名", "科別", "科目名稱", "部別", "單位", "職務")
"""Columns lists carry for the reader's sake; known, so that nobody is told they were left out."""


def declared(model: type[Entity], name: str = "") -> Kind:
    """The kind a model declares, with nothing special about it."""
    columns = tuple(columns_of(model))
    return Kind(
        name=name or model.__tablename__,
        model=model,
        columns=(*columns, *companions(columns)),
        resolvers=tuple(resolvers_of(model)),
        recorded=issubclass(model, SemesterRecord),
    )


def columns_of(model: type[Entity], without: Collection[str] = ()) -> Iterator[Column]:
    """Every column a file may fill: the student first, the semester last, the others as declared."""
    left_out = {*UNWRITTEN, *without, *BY_VERBS.get(model, ())}
    stored = sorted(table_columns(model).values(), key=_place)
    own = frozenset(str(column.info.get("zh")) for column in stored if not column.foreign_keys)
    for column in stored:
        link = link_at(model, column.key)
        attr = link.key if link else column.key
        if attr in left_out or "zh" not in column.info or (attr == "division" and not _has_own_division(model)):
            continue
        main = _column(column, attr)
        yield from columns_for(attr, link.mapper.class_, main, own=own) if link else (main,)
    for key, listed in lists_of(model).items():
        yield Column(key, listed.info["zh"], key, form="學號，多位以頓號分隔", example="11510001、11510002")


def companions(columns: Collection[Column]) -> Iterator[Column]:
    """Those of the usual companions that mean nothing to the kind itself."""
    known = Headings(tuple(columns))
    return (Column(f"with.{zh}", zh, "", in_template=False) for zh in COMPANIONS if not known.knows(zh))


def resolvers_of(model: type[Entity]) -> Iterator[Resolver]:
    """One for each reference, in the order in which one needs the other."""
    targets = {attr: link_at(model, local).mapper.class_ for attr, (local, _) in links_of(model).items()}  # type: ignore[union-attr]
    left_out = BY_VERBS.get(model, frozenset())
    for target, resolver in RESOLVERS.items():
        yield from (resolver(attr) for attr, each in targets.items() if each is target and attr not in left_out)
        if target is SchoolClass and _has_own_division(model):
            yield division
    yield from (students(key) for key in lists_of(model))


def _column(column: Stored[Any], attr: str) -> Column:
    """A declared column. One with a default, or one that may be empty, may be left blank."""
    info: dict[str, Any] = dict(column.info)
    codes = info.get("codes") or ""
    return Column(
        name=attr,
        zh=info["zh"],
        attr=attr,
        read=None if column.foreign_keys else reader_for(column, codes),
        required=not column.nullable and column.default is None and attr != "division",
        sensitive=bool(info.get("sensitive")),
        form=form_of(column, codes),
        help=info.get("help", ""),
        example=info.get("example", ""),
        codes=codes,
    )


def _place(column: Stored[Any]) -> int:
    return {"student_id": 0, "semester_id": 2, "division": 3}.get(column.key, 1)


def _has_own_division(model: type[Entity]) -> bool:
    """Whether a row says which division it belongs to; where it does not, the student, class or teacher it names does."""
    columns = model.__table__.columns
    if "division" not in columns or "division" in model.__natural_key__:
        return "division" in columns
    named = (column.table for key in model.__table__.foreign_keys for column in [key.column])
    return not any("division" in table.columns for table in named)
