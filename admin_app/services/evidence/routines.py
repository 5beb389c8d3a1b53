"""The store's own work: copying every few minutes, sweeping and verifying every night."""

from __future__ import annotations

import datetime as dt
from typing import Any

from admin_app import clock, storage
from admin_app.services.evidence import copying, sweeping, verifying
from admin_app.services.jobs import Unworkable, Work, periodic
from admin_app.services.keeping.people import keepers
from admin_app.services.notices import notify
from models.evidence import StoreCheck

SUNDAY = 6
BROKEN = "學生檔案驗證發現 {problems} 項異常，請立即通知系統管理者，不要更換硬碟。明細由系統管理者執行 portfolio verify 取得。"
UNCOPIED = "有 {number} 個檔案無法複製到異地，請通知系統管理者檢查 PORTFOLIO_COPY_URL。"


@periodic("copy_files", zh="複製檔案到異地", minutes=5)
def copy_files(work: Work) -> dict[str, Any]:
    """Copy what has no copy yet; a receipt's second line is written only after the copy has been read back."""
    stores = storage.of_or_open(work.session, work.settings)
    if stores.copies is None:
        return {"text": "沒有設定異地儲存位置（PORTFOLIO_COPY_URL）。"}
    done, failed, last = 0, 0, 0
    while batch := copying.waiting(work.session, last):
        for stored in batch:
            last = stored.id
            if copying.copy(stores, stored, now=clock.now()):
                failed += 1
            else:
                done += 1
        work.commit()
    if failed and not done:
        raise Unworkable(UNCOPIED.format(number=failed))
    return {"text": f"複製 {done:,} 個檔案，失敗 {failed:,} 個。"}


@periodic("sweep_files", zh="清除沒有放進任何資料的檔案", daily_at="02:40")
def sweep_files(work: Work) -> dict[str, Any]:
    """Let go of what no record claimed within a day, of what belonged to records deleted for good, and of what is left of both."""
    stores, now, rows = storage.of_or_open(work.session, work.settings), clock.now(), 0
    sweeping.mark_recordless(work.session, now=now)
    work.commit()
    while number := sweeping.sweep_rows(work.session, now=now, trash_days=work.settings.trash_days):
        rows += number
        work.commit()
    while sweeping.sweep_contents(work.session):
        work.commit()
    files = 0
    for store in filter(None, (stores.files, stores.copies)):
        files += sweeping.sweep_orphans(work.session, store, now=now)
        work.commit()
    return {"text": f"清除收檔紀錄 {rows:,} 筆、檔案 {files:,} 個、未完成的傳送 {sweeping.sweep_arrivals(stores, now=now):,} 個。"}


@periodic("verify_files", zh="驗證學生檔案", daily_at="03:40")
def verify_files(work: Work) -> dict[str, Any]:
    """Rows, files and manifest every day and a seventh of the contents; all of them on Sundays. What is wrong is told at once."""
    stores, now = storage.of_or_open(work.session, work.settings), clock.now()
    check = verifying.start(work.session, now=now, whole=now.weekday() == SUNDAY)
    total, _, _ = verifying.held(work.session)

    def report(check: StoreCheck, findings: list[str]) -> None:
        work.progress(min(check.files, total), max(total, 1))

    verifying.run(work.session, stores, check, clock=clock.now, report=report)
    if check.problems:
        for account in keepers(work.session, on=now.date()):
            notify(work.session, account, BROKEN.format(problems=check.problems))
    return {"text": f"{verifying.summary(check)}。"}


@periodic("copy_manifest", zh="匯出收檔總帳到異地", daily_at="02:20")
def copy_manifest(work: Work) -> dict[str, Any]:
    """This month's lines, and yesterday's month when a new one has begun."""
    stores = storage.of_or_open(work.session, work.settings)
    if stores.copies is None:
        return {"text": "沒有設定異地儲存位置（PORTFOLIO_COPY_URL）。"}
    today = clock.today()
    months = dict.fromkeys((day.year, day.month) for day in (today - dt.timedelta(days=1), today))
    lines = sum(copying.copy_manifest(work.session, stores, dt.date(year, month, 1)) for year, month in months)
    return {"text": f"匯出收檔總帳 {lines:,} 行。"}
