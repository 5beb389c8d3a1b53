"""`portfolio import` and `portfolio template`: files in, findings and a file to mend out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.config import ConfigError, Settings, read_settings
from admin_app.database import app_session, refresh_statistics
from admin_app.services import importing
from admin_app.services.codes import load_codes

MEND_FOLDER = "imports"
MEND_SUFFIX = f"_{importing.MEND}"
T = TypeVar("T")
NOT_READY = "資料庫還不能使用。請先執行 portfolio init，並確認 PORTFOLIO_DATABASE_URL。"


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只列出會有什麼變更，不寫入。")
def import_command(kind: str, file: Path, dry_run: bool) -> None:
    """匯入 KIND（例如 students、staff、courses、teaching、grade）的檔案 FILE：CSV、TXT 或 XLSX。

    正確的列都會匯入；須修正的列另存成檔案，改好後再匯入一次即可。有任何一列須修正，或檔案無法讀取時，結束代碼為 1。
    """
    settings = _settings()
    with app_session(settings) as session:
        sign(session, Signature(None, "系統管理者（命令列）", via=f"portfolio import {kind}"))
        folder = settings.data_dir / MEND_FOLDER
        good = _said(lambda: run_import(session, kind, file, on=clock.today(), dry_run=dry_run, folder=folder))
    raise SystemExit(0 if good else 1)


@click.command("template")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
def template_command(kind: str, file: Path) -> None:
    """產生 KIND 的空白匯入範本 FILE（XLSX），第二張工作表說明每一欄。"""
    with app_session(_settings()) as session:
        _said(lambda: write_template(session, kind, file))
    click.echo(f"已產生範本：{file}")


def run_import(session: Session, kind: str, path: Path, *, on: dt.date, dry_run: bool, folder: Path) -> bool:
    """Import a file and print what happens. Returns whether every row was good; those that were not go into `folder`."""
    plan = importing.plan(session, kind, path, on=on)
    for line in plan.summary():
        click.echo(line)
    if dry_run:
        click.echo("這是試算，沒有寫入任何資料。")
        return not plan.bad
    click.echo(f"{importing.commit(session, plan)}。")
    refresh_statistics(session)
    if plan.bad:
        target = folder / f"{path.stem.removesuffix(MEND_SUFFIX)}{MEND_SUFFIX}.csv"
        importing.write_bad_rows(plan, target)
        click.echo(f"須修正的 {plan.bad} 筆已存到 {target}，照「{importing.MEND}」欄改好後，再匯入這個檔案即可。")
    return not plan.bad


def write_template(session: Session, kind: str, path: Path) -> None:
    """Write a kind's template, with the values of its code lists as the school has them."""
    codes = load_codes(session, importing.code_lists(kind), year=None)
    path.write_bytes(importing.template(kind, codes))


def _settings() -> Settings:
    try:
        return read_settings()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def _said(work: Callable[[], T]) -> T:
    """What went wrong as one sentence, never a traceback."""
    try:
        return work()
    except (importing.TableError, importing.UnknownKindError, importing.ImportConflictError) as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError:
        raise click.ClickException(NOT_READY) from None
    except OSError as error:
        raise click.ClickException(f"無法寫入檔案：{error.filename}") from None
