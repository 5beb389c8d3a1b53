"""Where data about a person lies, found from the metadata: whatever table names them, their account, or a row that names them.

`about` says whether a row tells of the person; otherwise they only handled it (a teacher the grades of a class), and it is counted
but never copied for them: it tells of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, func, literal, select, union_all
from sqlalchemy.orm import Session

from admin_app.services.personal.people import Person, kind_of
from admin_app.services.trail.values import MODELS
from models.base import Base
from models.catalogue import METADATA
from models.event import Event
from models.people import Account, Student

ACCOUNT = Account.__tablename__
NOT_LISTED = {"event_check", "data_key", "purge_item"}
OWN_ACTIVITY = "account_id"
DONE_BY = "本人操作的稽核紀錄"


@dataclass(frozen=True)
class Holding:
    """Rows of one table that concern the person by one way. `number` is how many."""

    table: Table
    way: str
    about: bool
    where: Callable[[], ColumnElement[bool]]
    number: int = 0

    @property
    def key(self) -> str:
        return f"{self.table.name}.{self.way}" if self.way else self.table.name

    @property
    def zh(self) -> str:
        return zh_of(self.table)

    @property
    def way_zh(self) -> str:
        """As what the rows name the person, e.g. 任課教師; nothing where that says nothing."""
        info = self.table.columns[self.way].info if self.way in self.table.columns else {}
        named = str(info.get("zh") or "")
        return "" if named in ("學生", "教職員", "家長", "帳號", "帳號編號") else named

    def counted(self) -> Select[Any]:
        counted: Any = select(literal(self.key).label("key"), func.count().label("number"))
        return counted.select_from(self.table).where(self.where())  # type: ignore[no-any-return]


def of(session: Session, person: Person) -> list[Holding]:
    """Every holding with at least one row, with their numbers: one statement."""
    found = {each.key: each for each in _ways(person)}
    counts = session.execute(union_all(*(each.counted() for each in found.values())))
    numbers = {key: number for key, number in counts if number}
    return [_with(each, numbers[key]) for key, each in found.items() if key in numbers]


def done_by(session: Session, account: Account | None) -> int:
    """How many events tell of what the person did."""
    if account is None:
        return 0
    return session.scalar(select(func.count()).select_from(Event).where(Event.account_id == account.id)) or 0


def zh_of(table: Table) -> str:
    """What a table's rows are called."""
    model = next((mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table), None)
    return str(getattr(model, "__zh__", "") or table.name)


def _with(each: Holding, number: int) -> Holding:
    return replace(each, number=number)


def _ways(person: Person) -> Iterator[Holding]:
    own = METADATA.tables[person.__tablename__]
    yield Holding(own, "", True, lambda: own.c.id == person.id)
    account = select(Account.id).where(getattr(Account, f"{kind_of(person)}_id") == person.id)
    seen = {own.name}
    for table, key in _naming({own.name}):
        seen.add(table.name)
        yield Holding(table, key.parent.name, _about(table, key, person), _is(table, key, person.id))
    for table, key in _naming({ACCOUNT}):
        yield Holding(table, key.parent.name, key.parent.name == OWN_ACTIVITY, _within(table, key, account))
    yield from _among(person)
    yield from _one_step_on(person, own, seen)


def _naming(names: set[str]) -> Iterator[tuple[Table, ForeignKey]]:
    """Tables with a foreign key to one of these, and that key."""
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: str(key.parent.name)):
            if key.column.table.name in names and table.name not in NOT_LISTED:
                yield table, key


def _about(table: Table, key: ForeignKey, person: Person) -> bool:
    """A row that must name a student tells of that student, whoever else it names."""
    if isinstance(person, Student):
        return True
    model = MODELS.get(table.name)
    names_a_student = "student_id" in table.columns and not table.columns["student_id"].nullable
    told_of_others = names_a_student or hasattr(model, "among")
    return table.name == "guardianship" or not told_of_others


def _among(person: Person) -> Iterator[Holding]:
    """Rows that name students by a list of their own, e.g. a consultation."""
    if not isinstance(person, Student):
        return
    for name, model in MODELS.items():
        if hasattr(model, "among"):
            condition: Any = model.among(select(Student.id).where(Student.id == person.id), every=False)
            yield Holding(METADATA.tables[name], "", True, partial(_same, condition))


def _one_step_on(person: Person, own: Table, seen: set[str]) -> Iterator[Holding]:
    """Rows that hang on a row that names the person and on nobody else, e.g. the 代理 of an appointment."""
    people = {"student", "staff", "guardian", ACCOUNT}
    direct = [(table, key) for table, key in _naming({own.name}) if table.name not in (*people, "guardianship")]
    for table, key in direct:
        for child, to in _naming({table.name}):
            names = {each.column.table.name for each in child.foreign_keys}
            if child.name in seen or ("student" in names and own.name != "student"):
                continue
            ids = select(table.c.id).where(table.c[key.parent.name] == person.id)
            if _about(table, key, person):
                yield Holding(child, to.parent.name, _about(child, to, person), _within(child, to, ids))


def _is(table: Table, key: ForeignKey, number: int) -> Callable[[], ColumnElement[bool]]:
    return lambda: table.c[key.parent.name] == number


def _within(table: Table, key: ForeignKey, ids: Select[Any]) -> Callable[[], ColumnElement[bool]]:
    return lambda: table.c[key.parent.name].in_(ids)


def _same(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition


def told(holdings: Sequence[Holding]) -> list[Holding]:
    """Those whose rows tell of the person."""
    return [each for each in holdings if each.about]


def handled(holdings: Sequence[Holding]) -> list[Holding]:
    """Those whose rows the person only handled."""
    return [each for each in holdings if not each.about]
