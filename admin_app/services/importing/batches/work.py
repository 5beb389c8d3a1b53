"""The jobs of an import: check, carry out, undo; and a nightly sweep of files nobody needs any more."""

from __future__ import annotations

import time
from typing import Any, NoReturn

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_app import audit, clock
from admin_app.policy import Denied
from admin_app.services.acting import actor_for
from admin_app.services.importing.batches import carrying, undoing
from admin_app.services.importing.batches.checking import note_check, plan_batch
from admin_app.services.importing.batches.keeping import FileGoneError, Store
from admin_app.services.importing.batches.sweeping import sweep
from admin_app.services.importing.kinds import find_kind
from admin_app.services.importing.reading import Tell
from admin_app.services.jobs import Unworkable, Work, job, periodic
from admin_app.services.tabular import TableError
from admin_app.terms import load_terms
from models.import_batch import ImportBatch, ImportState

CHECK, COMMIT, UNDO = "import_check", "import_commit", "import_undo"
LONGEST = 15 * 60
TOO_LONG = f"這個檔案超過 {LONGEST // 60} 分鐘還沒有處理完，已停止，沒有寫入任何資料。請把檔案分成幾份再匯入。"
RACED = "處理期間有人異動了相同的資料，這次沒有寫入任何一筆。請重新檢查後再試一次。"


@job(CHECK, zh="檢查匯入檔")
def check(work: Work, batch_id: int) -> dict[str, Any]:
    """Say what the file would do. The plan is made on a session of its own, so that nothing of it can be written."""
    store, now = Store(work.settings.data_dir), clock.now()
    try:
        with Session(work.engine) as looking:
            batch = looking.get_one(ImportBatch, batch_id)
            by = actor_for(looking, work.account_id, on=now.date())
            plan = plan_batch(looking, store, batch, by=by, on=now.date(), tell=_teller(work))
            mine = work.session.get_one(ImportBatch, batch_id)
            note_check(store, mine, plan, now=now)
    except (TableError, FileGoneError, Denied) as error:
        _fail(work, batch_id, str(error))
    said = f"將新增 {mine.added} 筆、更新 {mine.changed} 筆，須修正 {mine.bad} 筆"
    audit.track(work.session, "preview", find_kind(mine.kind).model.__tablename__, note=f"{mine}：{said}", 批次=batch_id)
    return _result(batch_id, f"{said}。")


@job(COMMIT, zh="匯入")
def commit(work: Work, batch_id: int) -> dict[str, Any]:
    """Import a checked batch: with the job's own end, one transaction. Found already done, it is left as it is."""
    store, now, session = Store(work.settings.data_dir), clock.now(), work.session
    batch = session.get_one(ImportBatch, batch_id)
    if batch.state is ImportState.imported:
        return _result(batch_id, "這個批次已經匯入。")
    try:
        by = actor_for(session, work.account_id, on=now.date())
        result = carrying.carry_out(session, store, batch, by=by, now=now, tell=_teller(work))
    except carrying.OutlookChangedError as error:
        return _look_again(work, batch_id, store, error)
    except (IntegrityError, StaleDataError):
        _fail(work, batch_id, RACED)
    except (TableError, FileGoneError, Denied, carrying.CannotCarryOutError) as error:
        _fail(work, batch_id, str(error))
    return _result(batch_id, f"{result}。")


@job(UNDO, zh="撤銷匯入")
def undo(work: Work, batch_id: int) -> dict[str, Any]:
    """Undo an imported batch: with the job's own end, one transaction."""
    now, session = clock.now(), work.session
    batch = session.get_one(ImportBatch, batch_id)
    if batch.state is ImportState.undone:
        return _result(batch_id, "這個批次已經撤銷。")
    try:
        by = actor_for(session, work.account_id, on=now.date())
        found = undoing.undo(session, batch, load_terms(session, on=now.date()), by=by, now=now, tell=_teller(work))
        session.flush()
    except (IntegrityError, StaleDataError):
        raise Unworkable(RACED) from None
    except undoing.CannotUndoError as error:
        raise Unworkable(f"沒有撤銷：{'；'.join(error.reasons[:3])}") from None
    said = undoing.counts(found)
    return _result(batch_id, f"已移除 {said['移除']} 筆、復原 {said['復原']} 筆。")


@periodic("import_sweep", zh="移除過期的匯入檔", daily_at="03:40")
def sweep_files(work: Work) -> dict[str, Any]:
    """Files of batches finished or left alone days ago, and the former values of those that can no longer be undone."""
    return {"text": f"移除 {sweep(work.session, Store(work.settings.data_dir), now=clock.now())} 個檔案。"}


def _look_again(work: Work, batch_id: int, store: Store, error: carrying.OutlookChangedError) -> dict[str, Any]:
    """The school has moved on since the check: show what would happen now instead of doing it."""
    work.session.rollback()
    batch = work.session.get_one(ImportBatch, batch_id)
    note_check(store, batch, error.plan, now=clock.now())
    batch.problem = str(error)
    return _result(batch_id, "還沒有匯入：檢查之後資料有異動，請再看一次結果。")


def _fail(work: Work, batch_id: int, sentence: str) -> NoReturn:
    """Keep why nothing was written, and end the job with it."""
    work.session.rollback()
    batch = work.session.get_one(ImportBatch, batch_id)
    batch.state, batch.problem = ImportState.failed, sentence
    work.commit()
    raise Unworkable(sentence)


def _teller(work: Work) -> Tell:
    """Hands progress on, and stops what takes too long."""
    begun = time.monotonic()

    def tell(done: int, total: int, message: str) -> None:
        if time.monotonic() - begun > LONGEST:
            raise Unworkable(TOO_LONG)
        work.progress(done, total, message)

    return tell


def _result(batch_id: int, text: str) -> dict[str, Any]:
    return {"text": text, "url": f"/imports/{batch_id}"}
