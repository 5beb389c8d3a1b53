"""Carrying a checked batch out: exactly what its check said, every row judged by the policy, all rows or none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import require
from admin_app.services.importing.batches.checking import outlook, plan_batch
from admin_app.services.importing.batches.journal import journal
from admin_app.services.importing.batches.keeping import Store
from admin_app.services.importing.kinds import find_kind
from admin_app.services.importing.plan import Plan, Result
from admin_app.services.importing.reach import may_import, require_all
from admin_app.services.importing.reading import Tell, say_nothing
from admin_app.services.importing.writing import write
from models.import_batch import ImportBatch, ImportState

NOT_CHECKED = "這個批次還沒有檢查完成，或已經匯入，請回到批次頁面查看。"
NOTHING = "沒有可匯入的資料：檔案與現有資料相同，或每一列都須修正。"
CHANGED = "檢查之後，系統裡的資料有異動，匯入結果會和剛才看到的不同，所以還沒有匯入。請再看一次下面的結果，確認後再匯入。"


class CannotCarryOutError(Exception):
    """The batch is not ready to be imported; nothing was written."""


class OutlookChangedError(Exception):
    """The school is no longer as it was at the check; nothing was written. Carries the new plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(CHANGED)
        self.plan = plan


def carry_out(
    session: Session, store: Store, batch: ImportBatch, *, by: Actor, now: dt.datetime, tell: Tell = say_nothing
) -> Result:
    """Import the batch; the caller commits, and rolls everything back on any exception.

    Raises Denied, TableError, FileGoneError, CannotCarryOutError and OutlookChangedError, and whatever the database refuses.
    """
    verdict = require(may_import(by, find_kind(batch.kind)))
    require_ready(batch)
    plan = plan_batch(session, store, batch, by=by, on=now.date(), tell=tell)
    if outlook(plan) != batch.outlook:
        raise OutlookChangedError(plan)
    audit.acting(session, verdict)
    with journal(session, batch.id) as written:
        result = write(session, plan, note=f"匯入 {batch}", tell=tell)
    require_all(session, by, written.rows)
    batch.state, batch.imported_at, batch.problem = ImportState.imported, now, ""
    facts: dict[str, Any] = {"新增": result.added, "更新": result.changed, "另新增": result.extras, "未匯入": result.bad}
    audit.track(session, "imported", plan.kind.model.__tablename__, note=str(batch), 批次=batch.id, **facts)
    return result


def require_ready(batch: ImportBatch) -> None:
    """Raise CannotCarryOutError unless the batch was checked and would change something."""
    if batch.state is not ImportState.checked:
        raise CannotCarryOutError(NOT_CHECKED)
    if not (batch.added or batch.changed or batch.also):
        raise CannotCarryOutError(NOTHING)
