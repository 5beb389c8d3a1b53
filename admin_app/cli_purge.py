"""`portfolio purge`: the dry run on the command line, and carrying out a run two people agreed on."""

from __future__ import annotations

import click
from sqlalchemy import Engine

from admin_app import clock
from admin_app.audit import Signature
from admin_app.config import read_settings
from admin_app.database import app_session
from admin_app.services.jobs import Unworkable
from admin_app.services.retention import proposing
from admin_app.services.retention.purging import carry_out
from models.values.roc import format_roc


@click.command()
@click.option("--dry-run", is_flag=True, help="只列出今天各種資料有幾筆屆期，不寫入。")
@click.option("--run", "number", type=int, help="繼續辦理已由第二人確認的第幾次清除。")
def purge(dry_run: bool, number: int | None) -> None:
    """列出屆期的資料，或繼續一次已確認的清除。提出與確認在網頁「屆期資料」辦理，須兩個不同的人。"""
    with app_session(read_settings()) as session:
        if number is None or dry_run:
            return _print(proposing.dry_run(session, on=clock.today()))
        bind = session.get_bind()
        assert isinstance(bind, Engine)  # noqa: S101 - app_session binds one
        signed = Signature(None, "系統管理者（命令列）", via=f"portfolio purge --run {number}")
        try:
            run = carry_out(bind, number, signed, lambda done, total: click.echo(f"{done:,}／{total:,}"))
        except Unworkable as error:
            raise click.ClickException(str(error)) from None
    return click.echo(f"已清除 {run.removed:,} 筆，保留 {run.spared:,} 筆。")


def _print(lines: list[proposing.Line]) -> None:
    for line in lines:
        span = f"，起算日 {format_roc(line.oldest)} 至 {format_roc(line.newest)}" if line.oldest and line.newest else ""
        kept = f"，另 {line.kept:,} 筆仍被引用而保留" if line.kept else ""
        years = "".join(f"\n    {zh} {number:,} 筆" for zh, number in line.years)
        click.echo(f"{line.zh}：{line.number:,} 筆屆期{span}{kept}{years}")
    click.echo(f"共 {sum(line.number for line in lines):,} 筆。這是試算，沒有清除任何資料。")
