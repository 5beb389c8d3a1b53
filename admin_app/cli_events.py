"""`portfolio seal`, `portfolio verify` and `portfolio events …`: the audit trail kept, proved and handed out."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign, track
from admin_app.cli_files import verify_files
from admin_app.config import ConfigError, Settings, read_settings
from admin_app.database import app_session
from admin_app.services.audit import checking, expiring, exporting
from admin_app.services.audit.sealing import seal
from models.event_segment import EventCheck
from models.values.roc import format_roc, parse_date
from models.verbs import Verb

WHO = "系統管理者（命令列）"
BUSY = "有人正在使用這個月份的稽核紀錄，請稍後再執行一次。"


class SchoolDate(click.ParamType[dt.date]):
    """A date as a school writes it: 1150801, 115/8/1 or 2026-08-01."""

    name = "日期"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            found = parse_date(str(value))
        except ValueError:
            found = None
        return found or self.fail(f"「{value}」不是日期，請寫成 1150801 或 2026-08-01。", param, ctx)


DAY = SchoolDate()


@contextlib.contextmanager
def _opened(via: str) -> Iterator[tuple[Session, Settings]]:
    try:
        settings = read_settings()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    with app_session(settings) as session:
        sign(session, Signature(None, WHO, via=via))
        yield session, settings


@click.command("seal")
def seal_command() -> None:
    """封存已完成的稽核紀錄。平常由背景工作每五分鐘執行一次。"""
    with _opened("portfolio seal") as (session, _):
        try:
            made = seal(session, now=clock.now())
            session.commit()
        except IntegrityError:
            raise click.ClickException("另一個封存工作正在執行，不必再執行一次。") from None
    click.echo(f"封存 {sum(each.count for each in made):,} 筆，{len(made)} 段。")


@click.command("verify")
@click.option("--since", type=DAY, help="只驗證這一天以後封存的，例如 1150801。")
@click.option("--resume", is_flag=True, help="接著上次中斷的地方，繼續驗證全部。")
@click.option("--only", type=click.Choice(["events", "files"]), help="只驗證稽核紀錄（events）或學生檔案（files）。")
def verify_command(since: dt.date | None, resume: bool, only: str | None) -> None:
    """驗證稽核紀錄（逐筆驗證碼、各段的筆數與順序、封存鏈）與學生檔案（紀錄、檔案、SHA-256、收檔總帳）。有任何異常時，結束代碼為 1。

    指定 --since 時只驗證那一天以後封存的稽核紀錄。
    """
    with _opened("portfolio verify") as (session, settings):
        problems = verify_files(session, settings, resume=resume) if only != "events" and since is None else 0
        if only != "files":
            problems += _verify_events(session, settings, since, resume=resume)
    raise SystemExit(1 if problems else 0)


def _verify_events(session: Session, settings: Settings, since: dt.date | None, *, resume: bool) -> int:
    """Verify the trail and print what is wrong; how many problems."""
    start = dt.datetime.combine(since, dt.time()) if since else None
    check = (checking.unfinished(session) if resume else None) or checking.start(session, now=clock.now(), since=start)
    session.commit()
    anchors = checking.read_anchors(settings.data_dir)
    checking.run(session, check, clock=clock.now, anchors=anchors, report=_say(session))
    checking.note_anchor(settings.data_dir, check)
    click.echo(f"{checking.summary(check)}。")
    if check.last_digest:
        click.echo(f"最後一段的封條：{check.last_number} {check.last_digest}")
    return check.problems


def _say(session: Session) -> checking.Report:
    """Print what is found, and keep how far the run is."""
    kept_at = [clock.now()]

    def report(check: EventCheck, findings: list[str]) -> None:
        for finding in findings:
            click.echo(finding)
        if check.finished_at or findings or clock.now() - kept_at[0] > dt.timedelta(seconds=2):
            session.commit()
            kept_at[0] = clock.now()
            if not check.finished_at:
                click.echo(f"已驗證到第 {check.last_number} 段，{check.events:,} 筆 …", err=True)

    return report


@click.group("events")
def events() -> None:
    """稽核紀錄的匯出與保存期限。"""


@events.command("export")
@click.option("--from", "begins", type=DAY, required=True, help="起日，例如 1150801。")
@click.option("--to", "ends", type=DAY, required=True, help="迄日（含）。")
@click.option("--file", type=click.Path(path_type=Path), help="寫到這個檔案（只有擁有者可讀）；不指定則印出。")
@click.option("--in-full", is_flag=True, help="不遮蔽身分證號等敏感欄位。")
@click.option("--purpose", default="", help="用途，會記在稽核紀錄裡；與 --in-full 一起用時必填。")
def export_command(begins: dt.date, ends: dt.date, file: Path | None, in_full: bool, purpose: str) -> None:
    """把一段期間的稽核紀錄匯出為 JSON Lines，一行一筆。敏感欄位預設遮蔽；匯出本身也會留下紀錄。"""
    if in_full and not purpose.strip():
        raise click.UsageError("不遮蔽敏感欄位時，請以 --purpose 說明用途。")
    with _opened("portfolio events export") as (session, _):
        number = 0
        with _target(file) as out:
            for line in exporting.json_lines(session, begins, ends, in_full=in_full):
                out.write(line + "\n")
                number += 1
        note = "，".join(filter(None, [f"{format_roc(begins)}–{format_roc(ends)}", "未遮蔽" if in_full else "", purpose.strip()]))
        track(session, Verb.export.name, "event", note=note, 筆數=number)
        session.commit()
    click.echo(f"匯出 {number:,} 筆。", err=True)


@contextlib.contextmanager
def _target(file: Path | None) -> Iterator[TextIO]:
    """Where the lines go. A file appears whole or not at all."""
    if file is None:
        yield sys.stdout
        return
    draft = file.with_name(f"{file.name}.part")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            yield out
        draft.replace(file)
    except OSError as error:
        raise click.ClickException(f"無法寫入檔案：{error.filename}") from None
    finally:
        draft.unlink(missing_ok=True)


@events.command("expire")
@click.option("--dry-run", is_flag=True, help="只列出會清除哪些月份。")
def expire_command(dry_run: bool) -> None:
    """清除保存期滿（PORTFOLIO_EVENT_MONTHS）的月份，留下封存段。平常由背景工作每天執行。"""
    with _opened("portfolio events expire") as (session, settings):
        found = expiring.due(session, today=clock.today(), months=settings.event_months)
        if not found:
            click.echo(f"沒有超過 {settings.event_months} 個月的稽核紀錄。")
        for month in found:
            waiting = f"，{month.waiting} 筆待封存" if month.waiting else ""
            click.echo(f"{month.zh}：{month.events:,} 筆，{month.segments} 段{waiting}")
            if not dry_run:
                _expire(session, month)
    click.echo("這是試算，沒有清除任何資料。" if dry_run else "完成。")


def _expire(session: Session, month: expiring.Month) -> None:
    try:
        expiring.expire(session, month, now=clock.now())
        session.commit()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OperationalError:
        raise click.ClickException(BUSY) from None
