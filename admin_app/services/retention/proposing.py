"""The dry run: how many of each kind would go and which; then two people: the second confirms exactly what the first saw."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, delete, func, insert, literal, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import Conflict, Forbidden

from admin_app import audit
from admin_app.services.jobs import defer
from admin_app.services.personal.holdings import zh_of
from admin_app.services.retention.due import Limits, due, entry_year, kinds, outlived, read_limits, since
from models.catalogue import METADATA
from models.personal_data import PurgeItem, PurgeRun, PurgeState
from models.verbs import Verb

BATCH = 2_000
JOB = "purge_expired"
NOTHING = "沒有任何資料屆期，不必清除。"
CHANGED = "名單與提出時不同（期間有資料或期限變動）。請撤回這一次，重新試算後再提出。"
SAME_PERSON = "屆期清除須由另一個人確認，提出人不能自己確認。"


@dataclass(frozen=True)
class Line:
    """One kind of a dry run. `kept`: their time is up, but something that stays still refers to them."""

    kind: str
    zh: str
    number: int
    kept: int
    oldest: dt.date | None
    newest: dt.date | None
    years: Sequence[tuple[str, int]]


def dry_run(session: Session, *, on: dt.date) -> list[Line]:
    """What would go on a day, kind by kind; kinds of which nothing's time is up are left out. Nothing is written."""
    limits = read_limits(session, on=on)
    lines = (_line(session, table, limits) for table in kinds(limits))
    return sorted((line for line in lines if line.number or line.kept), key=lambda line: line.zh)


def propose(session: Session, *, by: int, on: dt.date, now: dt.datetime) -> PurgeRun:
    """Keep the list of what would go, for a second person to confirm. Raises Conflict when there is nothing, or one is waiting."""
    waiting = select(PurgeRun.id).where(PurgeRun.state.in_((PurgeState.proposed, PurgeState.confirmed)))
    if session.scalar(waiting) is not None:
        raise Conflict("已有一次清除還沒辦完，請先確認或撤回。")
    limits = read_limits(session, on=on)
    run = PurgeRun(on=on, digest="", total=0, proposed_by_id=by, proposed_at=now)
    session.add(run)
    session.flush()
    for table in kinds(limits):
        ids = _due_ids(table, limits)
        listed = select(literal(run.id), literal(table.name), ids.subquery().c.id)
        session.execute(insert(PurgeItem).from_select(["run_id", "kind", "record_id"], listed))
    run.total, run.digest = digest_of(_items(session, run.id))
    if not run.total:
        session.rollback()
        raise Conflict(NOTHING)
    session.flush()
    return run


def confirm(session: Session, run: PurgeRun, *, by: int, now: dt.datetime) -> None:
    """The second person confirms; the clearing begins. What would go now must be exactly what was proposed."""
    _must_wait(run)
    if run.proposed_by_id == by:
        raise Forbidden(SAME_PERSON)
    limits = read_limits(session, on=run.on)
    present = ((table.name, number) for table in kinds(limits) for number in session.scalars(_due_ids(table, limits)))
    if digest_of(sorted(present)) != (run.total, run.digest) or digest_of(_items(session, run.id)) != (run.total, run.digest):
        raise Conflict(CHANGED)
    run.state, run.confirmed_by_id, run.confirmed_at = PurgeState.confirmed, by, now
    audit.track(session, Verb.purge.name, PurgeRun.__tablename__, record=run, note=f"確認清除 {run.total} 筆", 名單摘要=run.digest)
    defer(session, JOB, by=by, dedupe=f"{JOB}:{run.id}", run_id=run.id)


def withdraw(session: Session, run: PurgeRun) -> None:
    """Take a proposal back; nothing was cleared."""
    _must_wait(run)
    run.state = PurgeState.withdrawn
    session.execute(delete(PurgeItem).where(PurgeItem.run_id == run.id), execution_options={audit.BULK_ALLOWED: True})


def listed(session: Session, run: PurgeRun) -> list[tuple[str, int]]:
    """(kind in words, how many) of what is still to go."""
    stmt = select(PurgeItem.kind, func.count()).where(PurgeItem.run_id == run.id).group_by(PurgeItem.kind)
    return sorted((zh_of(METADATA.tables[kind]), number) for kind, number in session.execute(stmt))


def digest_of(items: Iterable[tuple[str, int]]) -> tuple[int, str]:
    """(how many, SHA-256 over the lines `kind:id`) of items in order."""
    found, number = hashlib.sha256(), 0
    for kind, record in items:
        found.update(f"{kind}:{record}\n".encode())
        number += 1
    return number, found.hexdigest()


def _must_wait(run: PurgeRun) -> None:
    if run.state is not PurgeState.proposed:
        raise Conflict(f"這一次{run.state.zh}，不能再確認或撤回。")


def _items(session: Session, run_id: int) -> Iterator[tuple[str, int]]:
    rows = session.execute(select(PurgeItem.kind, PurgeItem.record_id).where(PurgeItem.run_id == run_id))
    return iter(sorted((kind, record) for kind, record in rows))


def _due_ids(table: Table, limits: Limits) -> Select[Any]:
    row = table.alias()
    return select(row.c.id).where(due(row, table.name, limits))


def _line(session: Session, table: Table, limits: Limits) -> Line:
    row = table.alias()
    day = since(row, table.name, limits.rules[table.name][0])
    if day is None:
        return Line(table.name, zh_of(table), 0, 0, None, None, ())
    over = session.scalar(select(func.count()).select_from(row).where(outlived(row, table.name, limits))) or 0
    if not over:  # most kinds: who refers to their rows need not be asked
        return Line(table.name, zh_of(table), 0, 0, None, None, ())
    goes = due(row, table.name, limits)
    number, oldest, newest = session.execute(select(func.count(), func.min(day), func.max(day)).select_from(row).where(goes)).one()
    return Line(table.name, zh_of(table), number, over - number, _day(oldest), _day(newest), _years(session, row, table, goes))


def _years(session: Session, row: Any, table: Table, goes: Any) -> list[tuple[str, int]]:
    year = entry_year(row, table.name)
    if year is None:
        return []
    rows = select(year.label("year")).select_from(row).where(goes).subquery()
    found = session.execute(select(rows.c.year, func.count()).group_by(rows.c.year).order_by(rows.c.year))
    return [(f"{each} 學年度入學" if each else "未填入學年度", number) for each, number in found]


def _day(value: Any) -> dt.date | None:
    """SQLite gives the least and greatest of an expression back as it stores them."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value[:10])
    return value.date() if isinstance(value, dt.datetime) else value
