"""The jobs: a backup whenever one is due or asked for, a look at whether the older ones are still there, and the alarm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from admin_app import clock
from admin_app.rulebook import load_rulebook
from admin_app.services.jobs import Unworkable, Work, job, periodic
from admin_app.services.keeping import alarm, drills, records
from admin_app.services.keeping.backing_up import Made, back_up
from admin_app.services.keeping.evidence_files import evidence_store
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.people import keepers
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.notices import notify
from admin_app.terms import load_terms
from models.notice import Notice

PAGE = "/keeping"
AGAIN_AFTER = dt.timedelta(hours=23)
NO_PLACE = "還沒有設定備份位置，沒有備份。請系統管理者設定 PORTFOLIO_BACKUP_DIR，見 docs/backup.md。"


@periodic("keep_backups", zh="定期備份", minutes=60)
def keep_backups(work: Work) -> dict[str, Any]:
    """Once an hour: is a backup due, are those there still there, does anybody have to be told."""
    now = clock.now()
    try:
        text = _turn(work, now)
    except KeepingError as error:
        text = str(error)
    _ring(work, now)
    return {"text": text}


@job("backup_now", zh="立即備份", most_attempts=1)
def backup_now(work: Work) -> dict[str, Any]:
    """A backup somebody asked for."""
    if work.settings.backup_dir is None:
        raise Unworkable(NO_PLACE)
    try:
        made = _make(work, Folder(work.settings.backup_dir))
    except KeepingError as error:
        raise Unworkable(str(error)) from None
    return {"text": f"還原點 {made.name} 已寫入並重新讀過。", "url": PAGE}


def _turn(work: Work, now: dt.datetime) -> str:
    if work.settings.backup_dir is None:
        return NO_PLACE
    folder = Folder(work.settings.backup_dir)
    gone = records.find_gone(work.session, folder, now=now)
    work.commit()
    newest = next(iter(records.usable(work.session, 1)), None)
    if newest is not None and now - newest.taken_at < dt.timedelta(hours=work.settings.backup_hours, minutes=-5):
        return f"還沒到時間；不能再用的還原點 {len(gone)} 個。"
    made = _make(work, folder)
    thinned = records.thin_out(work.session, folder, days=work.settings.backup_days, now=now)
    return f"還原點 {made.name} 已寫入並重新讀過，清除舊的 {len(thinned)} 個。"


def _make(work: Work, folder: Folder) -> Made:
    """The job's own transaction is ended first, so that the copy does not wait for it."""
    work.commit()
    files = evidence_store(work.settings)
    made = back_up(work.engine, files, folder, now=clock.now(), told=lambda done, total, zh: work.progress(done, total, zh))
    records.record(work.session, work.settings, folder, made, now=clock.now())
    work.commit()
    return made


def _ring(work: Work, now: dt.datetime) -> None:
    """Once a day while the newest restore point is too old."""
    found = alarm.backup_alarm(work.session, now)
    if not found.rings:
        return
    for account in keepers(work.session, on=now.date()):
        lately = select(Notice.id).where(Notice.account_id == account, Notice.url == PAGE, Notice.created_at > now - AGAIN_AFTER)
        if work.session.scalar(lately.limit(1)) is None:
            notify(work.session, account, found.sentence, PAGE)


@job("restore_drill", zh="還原演練", most_attempts=1)
def restore_drill(work: Work) -> dict[str, Any]:
    """A drill somebody asked for. What it finds is filed whether it passes or not."""
    if work.settings.backup_dir is None:
        raise Unworkable(NO_PLACE)
    today = clock.today()
    edition = load_terms(work.session, on=today).edition_id(today)
    rulebook = load_rulebook(work.session, edition) if edition else None
    work.commit()
    drill = drills.run(
        work.session,
        work.settings,
        Folder(work.settings.backup_dir),
        rulebook,
        work.account_id,
        now=clock.now(),
        told=lambda done, total, zh: work.progress(done, total, zh),
    )
    drills.finish(drill, now=clock.now())
    work.session.flush()
    text = "通過，請到這一頁看過筆數後簽署。" if drill.passed else f"沒有通過：{drill.problem}"
    return {"text": text, "url": f"{PAGE}/drills/{drill.id}"}
