"""Carrying out a confirmed clearing: chunk by chunk, each with its events in one transaction, so that it may die at any point.

An event keeps that a record was cleared, by whom and when; no value of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, Table, and_, delete, exists, func, not_, select, update
from sqlalchemy.orm import Session

from admin_app import audit, clock
from admin_app.audit import Signature, sign
from admin_app.services.evidence.sweeping import let_go
from admin_app.services.jobs import Unworkable, Work, job
from admin_app.services.retention.due import THROUGH, Limits, belongs, kinds, outlived, read_limits, references
from admin_app.services.retention.proposing import JOB
from models import grams
from models.catalogue import METADATA
from models.evidence import UploadedFile
from models.personal_data import PurgeItem, PurgeRun, PurgeState
from models.verbs import Verb

CHUNK = 500
RECORDED = {audit.BULK_ALLOWED: True, "synchronize_session": False}
Report = Callable[[int, int], None]


@job(JOB, zh="清除屆期資料")
def run_job(work: Work, run_id: int) -> dict[str, str]:
    """Clear what was confirmed. It commits chunk by chunk on sessions of its own."""
    signed = audit.signature(work.session)
    run = carry_out(work.engine, run_id, signed, lambda done, total: work.progress(done, total, "清除中"))
    return {"text": f"已清除 {run.removed:,} 筆，保留 {run.spared:,} 筆", "url": f"/retention/{run.id}"}


def carry_out(engine: Engine, run_id: int, signed: Signature, report: Report, *, size: int = CHUNK) -> PurgeRun:
    """Clear a confirmed run to its end; running it again goes on where it stopped."""
    with Session(engine, expire_on_commit=False) as session:
        sign(session, signed)
        run = session.get(PurgeRun, run_id)
        if run is None or run.state not in (PurgeState.confirmed, PurgeState.done):
            raise Unworkable("這一次清除還沒有第二人確認，沒有清除任何資料。")
        limits = read_limits(session, on=run.on)
        for table in kinds(limits):
            while ids := _next(session, run, table.name, size):
                _chunk(session, run, table, ids, limits)
                session.commit()
                report(run.removed + run.spared, run.total)
        _finish(session, run)
        session.commit()
        return run


def _next(session: Session, run: PurgeRun, kind: str, size: int) -> Sequence[int]:
    items = select(PurgeItem.record_id).where(PurgeItem.run_id == run.id, PurgeItem.kind == kind)
    return session.scalars(items.order_by(PurgeItem.record_id).limit(size)).all()


def _chunk(session: Session, run: PurgeRun, table: Table, ids: Sequence[int], limits: Limits) -> None:
    """Clear those of `ids` that may still go; all of them leave the list."""
    going = list(session.scalars(select(table.c.id).where(table.c.id.in_(ids), *_may_still(table, limits))))
    _belongings(session, table, going)
    if going:
        if table.name in grams.GRAMMED:
            grams.forget(session.connection(), grams.stored(session.connection(), table, going))
        if table.name == UploadedFile.__tablename__:
            let_go(session, going, now=clock.now())
        session.execute(delete(table).where(table.c.id.in_(going)), execution_options=RECORDED)
        audit.track_rows(session, Verb.purge.name, table.name, going, note=f"屆期清除第 {run.id} 次")
    listed = delete(PurgeItem).where(PurgeItem.run_id == run.id, PurgeItem.kind == table.name, PurgeItem.record_id.in_(ids))
    session.execute(listed, execution_options=RECORDED)
    run.removed += len(going)
    run.spared += len(ids) - len(going)


def _may_still(table: Table, limits: Limits) -> list[Any]:
    """Whatever referred to the rows was cleared before them; what refers to one now keeps it. A time that runs from other rows
    was checked when the run was confirmed: those rows are gone by now."""
    held = []
    for child, column in references(table.name):
        other = child.alias()
        held.append(not_(exists().where(other.c[column] == table.c.id)))
    timely = [] if table.name in THROUGH else [outlived(table, table.name, limits)]
    return [and_(*held), *timely] if held else timely


def _belongings(session: Session, table: Table, ids: Sequence[int]) -> None:
    """What is no record of its own goes along; where it may stand alone it forgets whom it was about."""
    for other in METADATA.sorted_tables:
        for key in other.foreign_keys if belongs(other) and other.name != PurgeItem.__tablename__ else ():
            if key.column.table is table and ids:
                column = other.c[key.parent.name]
                stmt = update(other).values({column: None}) if column.nullable else delete(other)
                session.execute(stmt.where(column.in_(ids)), execution_options=RECORDED)


def _finish(session: Session, run: PurgeRun) -> None:
    left = session.scalar(select(func.count()).select_from(PurgeItem).where(PurgeItem.run_id == run.id)) or 0
    if run.state is PurgeState.done:
        return
    drop = delete(PurgeItem).where(PurgeItem.run_id == run.id)
    session.execute(drop, execution_options=RECORDED)
    run.spared += left
    run.state, run.finished_at = PurgeState.done, clock.now()
