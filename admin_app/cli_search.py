"""`portfolio search`: what names and titles are found by, verified and made anew."""

from __future__ import annotations

import click

from admin_app.config import read_settings
from admin_app.database import app_session, refresh_statistics
from admin_app.services import finding


@click.group()
def search() -> None:
    """搜尋用的字表：平常隨資料一起更新，不必操作。"""


@search.command()
def verify() -> None:
    """比對字表與資料是否一致；不一致時以狀態 1 結束。"""
    with app_session(read_settings()) as session:
        drifts = finding.verify(session)
    for each in drifts:
        click.echo(f"{each.table}.{each.column}：少 {each.missing:,} 筆，多 {each.left_over:,} 筆")
    if drifts:
        raise click.ClickException("字表與資料不一致，請執行 portfolio search rebuild。")
    click.echo("字表與資料一致。")


@search.command()
def rebuild() -> None:
    """依資料重做字表，並更新資料庫的統計。"""
    with app_session(read_settings()) as session:
        number = finding.rebuild(session)
        session.commit()
        refresh_statistics(session)
    click.echo(f"已重做字表，共 {number:,} 筆。")
