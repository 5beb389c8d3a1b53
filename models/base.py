"""The declarative base, and the words a model is declared with.

Every model says in 中文 what it is (`__zh__`), which subject of the duty table it belongs to (`__subject__`), and which act lets a
person write it (`__write_act__`). Grids, forms, exports, imports, templates and permissions are derived from these.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, Enum, MetaData, Table, Text, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column, relationship

from models.vault import vault
from models.vocabulary import Act, Subject

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base: constraint names are fixed so that migrations are the same on both engines."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, create_constraint=True, validate_strings=True),
    }


@event.listens_for(Table, "after_parent_attach")
def never_reuse_an_id(table: Table, parent: Any) -> None:
    """SQLite would give the id of a deleted last row to the next one, and with it the deleted row's history."""
    table.dialect_options["sqlite"]["autoincrement"] = True


class Encrypted(TypeDecorator[str]):
    """Text that is unreadable in the database file; see `models.vault`. Cannot be searched or sorted by the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else vault().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else vault().decrypt(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A short ordered set of codes in one column, stored as `a|b`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | list[str] | None, dialect: Any) -> str | None:
        return None if value is None else "|".join(value)

    def process_result_value(self, value: str | None, dialect: Any) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split("|")) if value else ()


def field(
    zh: str,
    *args: Any,
    help: str = "",
    example: str = "",
    codes: str | None = None,
    sensitive: bool = False,
    group: str = "",
    local: bool = False,
    index_of: str = "",
    measure: str = "",
    keyboard: str = "",
    **kwargs: Any,
) -> MappedColumn[Any]:
    """A column with what a person needs to know about it.

    `zh` label · `help` one sentence under the field · `example` a value for the import template · `codes` the code list its value
    belongs to (`seed/codes`) · `sensitive` shown in full only to those the edition lets `unmask` · `group` the heading it stands
    under in the form · `local` never leaves the school in an export for the national database · `index_of` the encrypted column
    this one is the blind index of · `measure` what a list's totals say of a number: `sum` (hours, people) or `mean` (scores) ·
    `keyboard` which one a phone shows (`email`, `url`, …): one line, however long.
    """
    info = {"zh": zh, "help": help, "example": example, "codes": codes, "sensitive": sensitive, "group": group, "local": local}
    kwargs.setdefault("active_history", True)  # an event tells what was there before, also when nobody had read it
    return mapped_column(*args, info={**info, "index_of": index_of, "measure": measure}, **kwargs)


def link(zh: str, *args: Any, **kwargs: Any) -> Any:
    """A relationship with its 中文 label."""
    return relationship(*args, info={"zh": zh}, **kwargs)


def sentence(text: str, name: str) -> CheckConstraint:
    """A CHECK constraint named like a sentence, e.g. `sentence("ended_on >= began_on", "ends_after_it_begins")`."""
    return CheckConstraint(text, name=name)


class Entity(Base):
    """A row a person can open: it has an id and a version, so that two editors cannot overwrite each other."""

    __abstract__ = True

    __zh__: ClassVar[str] = ""
    __subject__: ClassVar[Subject]
    __write_act__: ClassVar[Act] = Act.record
    __natural_key__: ClassVar[tuple[str, ...]] = ()
    """Attributes (columns or relationships) that identify the same row in another file; imports update by it."""

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    version: Mapped[int] = mapped_column(default=1, info={"zh": "版次"})

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if "__tablename__" in vars(cls) else {}

    @classmethod
    def lenses(cls) -> dict[Subject, Callable[[], ColumnElement[bool]] | None]:
        """The subjects under which a row of this model may be seen; the condition says which rows (None: all)."""
        return {cls.__subject__: None}
