"""`portfolio files …`: the store looked at, the manifest handed out, uploads let in again. `portfolio verify` proves both."""

from __future__ import annotations

import sys

import click
from sqlalchemy.orm import Session

from admin_app import clock, storage
from admin_app.audit import Signature, sign, track
from admin_app.config import ConfigError, Settings, read_settings
from admin_app.database import app_session
from admin_app.services.evidence import manifest, stopping, verifying
from admin_app.services.evidence.limits import size_zh
from models.evidence import StoreCheck
from models.verbs import Verb

WHO = "系統管理者（命令列）"


def verify_files(session: Session, settings: Settings, *, resume: bool = False) -> int:
    """Verify every file and print what is wrong; how many problems."""
    stores = storage.of_or_open(session, settings)
    check = (verifying.unfinished(session) if resume else None) or verifying.start(session, now=clock.now())
    session.commit()

    def report(check: StoreCheck, findings: list[str]) -> None:
        for finding in findings:
            click.echo(finding)
        session.commit()

    verifying.run(session, stores, check, clock=clock.now, report=report)
    click.echo(f"{verifying.summary(check)}。")
    return check.problems


@click.group("files")
def files() -> None:
    """學生檔案：儲存狀態、收檔總帳、恢復收檔。"""


@files.command("status")
def status_command() -> None:
    """儲存位置、檔案數、尚未備份到異地的檔案、最近一次驗證、是否暫停收檔。"""
    with app_session(_settings()) as session:
        stores = storage.of_or_open(session, _settings())
        total, size, uncopied = verifying.held(session)
        click.echo(f"儲存位置：{stores.files}")
        click.echo(f"異地：{stores.copies or '沒有設定（PORTFOLIO_COPY_URL）'}")
        click.echo(f"檔案 {total:,} 個，{size_zh(size)}；尚未備份到異地 {uncopied:,} 個")
        check = verifying.latest(session)
        click.echo(f"最近一次驗證：{check.finished_at:%Y-%m-%d %H:%M} {verifying.summary(check)}" if check else "尚未驗證過")
        reason = stopping.stopped(session)
        click.echo(f"暫停收檔：{reason}" if reason else "收檔中")


@files.command("resume")
def resume_command() -> None:
    """恢復收檔。先檢查硬碟與檔案系統（dmesg、smartctl），並執行 portfolio verify。"""
    with app_session(_settings()) as session:
        sign(session, Signature(None, WHO, via="portfolio files resume"))
        ended = stopping.resume(session, WHO, now=clock.now())
        if ended:
            track(session, Verb.update.name, "store_stop", note="恢復收檔")
        session.commit()
    click.echo("已恢復收檔。" if ended else "沒有暫停收檔，不必恢復。")


@files.command("manifest")
@click.option("--after", type=int, default=0, help="只印這一行之後的。")
def manifest_command(after: int) -> None:
    """印出收檔總帳，每行以定位字元分隔；欄位見 docs/files.md，最後一欄是前面各欄的 SHA-256。"""
    with app_session(_settings()) as session:
        for line in manifest.export(session, after):
            sys.stdout.write(line)


def _settings() -> Settings:
    try:
        return read_settings()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
