"""`python -m tests.bench.data --engine sqlite --size city [--into FOLDER]`"""

from __future__ import annotations

import logging
from pathlib import Path

import click

from tests.bench.data.cache import ENGINES, FOLDER, filled
from tests.bench.data.school import DATA_KEY, PASSWORD
from tests.bench.data.sizes import SIZES


@click.command()
@click.option("--engine", type=click.Choice(list(ENGINES)), default="sqlite", show_default=True, help="資料庫。")
@click.option("--size", type=click.Choice(list(SIZES)), default="school", show_default=True, help="規模。")
@click.option("--into", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="放在哪個資料夾；已有就直接使用。")
@click.option("--hold", is_flag=True, help="PostgreSQL：按 Enter 才停止，其間可以連線。")
def main(engine: str, size: str, into: Path, hold: bool) -> None:
    """填一個量測用的資料庫，印出網址與帳號。"""
    logging.disable(logging.INFO)
    with filled(engine, SIZES[size], into, click.echo) as made:
        click.echo(f"{made.seconds:.1f} 秒" if made.seconds else "已經有了")
        click.echo(f"PORTFOLIO_DATABASE_URL={made.url}\nPORTFOLIO_DATA_KEY='{DATA_KEY}'")
        click.echo(f"帳號 {made.facts.clerk}（看全部）、{made.facts.teacher}（看自己任教的課），密碼 {PASSWORD}")
        click.echo(made.facts.to_json())
        if hold:
            input("按 Enter 結束 …")


if __name__ == "__main__":
    main()
