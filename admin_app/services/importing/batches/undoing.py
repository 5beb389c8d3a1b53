"""Undoing an imported batch: what it added goes, what it changed is put back, all or nothing, as long as nothing rests on it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import ForeignKey, func, inspect, select
from sqlalchemy.orm import Session, object_session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import require
from admin_app.services.exporting import display
from admin_app.services.importing.batches.journal import CHANGED, CREATED, REMOVED, thawed
from admin_app.services.importing.kind import UNSHOWN, Difference
from admin_app.services.importing.kinds import find_kind
from admin_app.services.importing.links import link_at
from admin_app.services.importing.reach import CHUNK, chunked, may_import, require_all, tables
from admin_app.services.importing.reading import Tell, say_nothing
from admin_app.services.importing.writing import noted
from admin_app.terms import Terms
from models.base import Entity
from models.catalogue import METADATA
from models.import_batch import ImportBatch, ImportRow, ImportState

DAYS = 90
"""How long a batch may be undone."""
MOST_NAMED = 50
OWN_TABLES = frozenset({ImportBatch.__tablename__, ImportRow.__tablename__})


class CannotUndoError(Exception):
    """Something rests on the batch, or its time is over; `reasons` are sentences. Nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(reasons[0])
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Entry:
    """One row of the batch as the journal has it."""

    model: type[Entity]
    id: int
    verb: str
    version: int


@dataclass
class Ledger:
    """Everything a batch did, oldest first, without the values."""

    entries: list[Entry]
    last: dict[tuple[type[Entity], int], Entry] = field(init=False)
    first: dict[tuple[type[Entity], int], Entry] = field(init=False)

    def __post_init__(self) -> None:
        self.last = {(each.model, each.id): each for each in self.entries}
        self.first = {(each.model, each.id): each for each in reversed(self.entries)}

    @cached_property
    def added(self) -> Mapping[type[Entity], list[int]]:
        """Ids of the rows that are there because of the batch."""
        return self._grouped(lambda key: self.first[key].verb == CREATED and self.last[key].verb != REMOVED)

    @cached_property
    def changed(self) -> Mapping[type[Entity], list[int]]:
        return self._grouped(lambda key: self.first[key].verb == CHANGED and self.last[key].verb != REMOVED)

    @cached_property
    def removed(self) -> Mapping[type[Entity], list[int]]:
        return self._grouped(lambda key: self.first[key].verb != CREATED and self.last[key].verb == REMOVED)

    @property
    def present(self) -> Iterator[tuple[type[Entity], int]]:
        """Every row that should be there now."""
        return ((model, number) for found in (self.added, self.changed) for model, ids in found.items() for number in ids)

    def _grouped(self, fits: Any) -> Mapping[type[Entity], list[int]]:
        found: dict[type[Entity], list[int]] = defaultdict(list)
        for key in self.last:
            if fits(key):
                found[key[0]].append(key[1])
        return found


def ledger(session: Session, batch: ImportBatch) -> Ledger:
    """What the batch did: one statement."""
    models = tables()
    columns = (ImportRow.kind, ImportRow.record_id, ImportRow.verb, ImportRow.version)
    rows = session.execute(select(*columns).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id))
    return Ledger([Entry(models[kind], number, verb, version) for kind, number, verb, version in rows])


def too_late(batch: ImportBatch, *, now: dt.datetime) -> str:
    """Why the batch cannot be undone at all; empty when it may be looked at."""
    if batch.state is ImportState.undone:
        return "這個批次已經撤銷過了，不能再撤銷一次。"
    if batch.state is not ImportState.imported or batch.imported_at is None:
        return "這個批次還沒有匯入，沒有可撤銷的資料。"
    if now > batch.imported_at + dt.timedelta(days=DAYS):
        return f"匯入已超過 {DAYS} 天，不能整批撤銷；請個別修改資料。"
    return ""


def obstacles(session: Session, found: Ledger, terms: Terms, *, on: dt.date) -> list[str]:
    """What rests on the batch, in sentences; empty when it can be undone."""
    return [*_closed(session, found, terms, on), *_changed_since(session, found), *_in_use(session, found)]


def undo(session: Session, batch: ImportBatch, terms: Terms, *, by: Actor, now: dt.datetime, tell: Tell = say_nothing) -> Ledger:
    """Put everything back; the caller commits. Raises CannotUndoError and Denied with nothing changed."""
    verdict = require(may_import(by, find_kind(batch.kind)))
    late = too_late(batch, now=now)
    if late:
        raise CannotUndoError([late])
    found = ledger(session, batch)
    reasons = obstacles(session, found, terms, on=now.date())
    if reasons:
        raise CannotUndoError(reasons)
    require_all(session, by, found.present)
    audit.acting(session, verdict)
    with noted(session, f"撤銷匯入 {batch}"):
        _put_back(session, batch, len(found.entries), tell)
    require_all(session, by, ((model, number) for model, ids in found.changed.items() for number in ids))
    batch.state, batch.undone_at, batch.undone_by_id = ImportState.undone, now, by.account_id
    kind = find_kind(batch.kind).model.__tablename__
    audit.track(session, "undo_import", kind, note=str(batch), 批次=batch.id, **counts(found))
    return found


def counts(found: Ledger) -> dict[str, Any]:
    """How many rows undoing removes and puts back."""
    back = sum(map(len, found.changed.values())) + sum(map(len, found.removed.values()))
    return {"移除": sum(map(len, found.added.values())), "復原": back}


def _closed(session: Session, found: Ledger, terms: Terms, on: dt.date) -> Iterator[str]:
    """A closed semester's rows can only be read."""
    for model, ids in _merged(found.added, found.changed).items():
        column = getattr(model, "semester_id", None)
        if column is None:
            continue
        named = {each for some in chunked(ids) for each in session.scalars(select(column).where(model.id.in_(some)).distinct())}
        for term in (term for term in terms.all if term.id in named and not term.open_on(on)):
            yield f"{term.zh}的{model.__zh__}只能查閱，不能撤銷。"


def _changed_since(session: Session, found: Ledger) -> Iterator[str]:
    """Rows that have another version than the batch left them with, or are no longer there."""
    for model, ids in _merged(found.added, found.changed).items():
        versions: dict[int, int] = {}
        for some in chunked(ids):
            versions |= _pairs(session, select(model.id, model.version).where(model.id.in_(some)))
        gone = [number for number in ids if number not in versions]
        other = [number for number in ids if number in versions and versions[number] != found.last[model, number].version]
        yield from _named(session, model, other, "匯入之後已被修改")
        if gone:
            yield f"{model.__zh__}：有 {len(gone)} 筆匯入之後已被刪除。"


def _in_use(session: Session, found: Ledger) -> Iterator[str]:
    """Rows the batch added that a row of somebody else's points at."""
    for model, ids in found.added.items():
        uses: dict[int, Counter[str]] = defaultdict(Counter)
        for key in _pointing_at(model):
            _count_uses(session, found, key, ids, uses)
        for number, used in list(uses.items())[:MOST_NAMED]:
            by = "、".join(f"{zh} {count} 筆" for zh, count in used.items())
            yield f"{model.__zh__}「{_label(session, model, number)}」已被使用：{by}。"
        if len(uses) > MOST_NAMED:
            yield f"{model.__zh__}：另有 {len(uses) - MOST_NAMED} 筆也已被使用。"


def _count_uses(session: Session, found: Ledger, key: ForeignKey, ids: Sequence[int], uses: dict[int, Counter[str]]) -> None:
    table, model = key.parent.table, tables().get(key.parent.table.name)
    own = set(found.added.get(model, ())) if model else set()
    zh = model.__zh__ if model else table.name
    for some in chunked(ids):
        if own:
            rows = session.execute(select(key.parent, table.c.id).where(key.parent.in_(some)))
            uses_here = Counter(pointed for pointed, number in rows if number not in own)
        else:
            grouped = select(key.parent, func.count()).where(key.parent.in_(some)).group_by(key.parent)
            uses_here = Counter(_pairs(session, grouped))
        for pointed, count in uses_here.items():
            uses[pointed][zh] += count


def _pointing_at(model: type[Entity]) -> list[ForeignKey]:
    """Every foreign key to the model's table."""
    return [
        key
        for table in METADATA.sorted_tables
        if table.name not in OWN_TABLES
        for key in table.foreign_keys
        if key.column.table is model.__table__
    ]


def _named(session: Session, model: type[Entity], ids: Sequence[int], what: str) -> Iterator[str]:
    for number in ids[:MOST_NAMED]:
        yield f"{model.__zh__}「{_label(session, model, number)}」{what}。"
    if len(ids) > MOST_NAMED:
        yield f"{model.__zh__}：另有 {len(ids) - MOST_NAMED} 筆{what}。"


def _label(session: Session, model: type[Entity], number: int) -> str:
    found = session.get(model, number)
    return str(found) if found is not None else f"編號 {number}"


def _put_back(session: Session, batch: ImportBatch, total: int, tell: Tell) -> None:
    """Backwards through the journal, a run of like entries at a time."""
    columns = (ImportRow.kind, ImportRow.verb, ImportRow.record_id, ImportRow.before)
    rows = session.execute(select(*columns).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id.desc())).all()
    models, done = tables(), 0
    for (kind, verb), run in groupby(rows, key=lambda row: (row.kind, row.verb)):
        for some in _chunks(list(run)):
            tell(done, total, "撤銷")
            _reverse(session, models[kind], verb, some)
            session.flush()
            done += len(some)


def _reverse(session: Session, model: Any, verb: str, rows: Sequence[Any]) -> None:
    if verb == REMOVED:
        session.add_all([model(**thawed(model, row.before)) for row in rows])
        return
    here = {each.id: each for each in session.scalars(select(model).where(model.id.in_([row.record_id for row in rows])))}
    for row in rows:
        entity = here[row.record_id]
        if verb == CREATED:
            session.delete(entity)
            continue
        for key, value in thawed(model, row.before).items():
            setattr(entity, key, value)


def _pairs(session: Session, stmt: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(stmt)}


def _merged(*found: Mapping[type[Entity], Iterable[int]]) -> dict[type[Entity], list[int]]:
    every: dict[type[Entity], list[int]] = defaultdict(list)
    for each in found:
        for model, ids in each.items():
            every[model] += ids
    return every


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK))


def removals(session: Session, found: Ledger, *, most: int = 10) -> list[str]:
    """Some of the rows that would be removed, by name."""
    named = ((model, ids[:most]) for model, ids in found.added.items())
    return [str(row) for model, ids in named for row in session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id))]


def restorations(session: Session, batch: ImportBatch, *, most: int = MOST_NAMED) -> list[Difference]:
    """Some of the values that would be put back, as they stand now and as they were. Personal data is named, not shown."""
    columns = (ImportRow.kind, ImportRow.record_id, ImportRow.before)
    changed = select(*columns).where(ImportRow.batch_id == batch.id, ImportRow.verb == CHANGED).order_by(ImportRow.id).limit(most)
    shown: list[Difference] = []
    for kind, number, before in session.execute(changed):
        model = tables()[kind]
        row = session.get(model, number)
        if row is not None:
            shown += [_restoration(row, key, value) for key, value in thawed(model, before or "{}").items()]
    return shown[:most]


def _restoration(row: Entity, key: str, value: Any) -> Difference:
    column = inspect(type(row)).columns[key]
    zh = str(column.info.get("zh", key))
    if column.info.get("sensitive"):
        return Difference(0, str(row), zh, UNSHOWN, UNSHOWN)
    link = link_at(type(row), key)
    if link is None:
        return Difference(0, str(row), zh, display(getattr(row, key)), display(value))
    session = object_session(row)
    then = session.get(link.mapper.class_, value) if session is not None and value is not None else None
    return Difference(0, str(row), zh, str(getattr(row, link.key) or ""), str(then or ""))
