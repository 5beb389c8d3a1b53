"""`python -m tests.bench [--engine pg] [--size city] [--quick]`; see docs/benchmarks.md."""

from __future__ import annotations

import logging
import os
import platform
import signal
import sys
from pathlib import Path

import click

from admin_app import clock
from tests.bench import report
from tests.bench.applications import everybody
from tests.bench.data import SIZES, filled
from tests.bench.data.cache import ENGINES, FOLDER
from tests.bench.measure import Effort, measure
from tests.bench.results import BenchFailed, Results, load

QUICK = Effort(rounds=2, requests=5, budget=1.0, seconds=1.0, warm_up=1)
MEASURED = ("school", "city")


def say(words: str) -> None:
    click.echo(words, err=True)


@click.command()
@click.option("--engine", type=click.Choice(["sqlite", "pg"]), multiple=True, help="只量這個資料庫；其餘沿用上次。")
@click.option("--size", type=click.Choice(list(SIZES)), multiple=True, help="只量這個規模；其餘沿用上次。")
@click.option("--quick", is_flag=True, help="一校、少量，只印出結果，不寫入 docs/benchmarks.md。")
@click.option("--resume", is_flag=True, help="今天已經量完的不再量。")
@click.option("--report-only", is_flag=True, help="不量，只以上次的結果重寫 docs/benchmarks.md。")
@click.option("--into", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="資料庫、環境與結果放在哪裡。")
def main(engine: tuple[str, ...], size: tuple[str, ...], quick: bool, resume: bool, report_only: bool, into: Path) -> None:
    """與原生與調校過的 Flask-Admin、Django 後台並排量測。"""
    logging.disable(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers started here end with it
    engines = ["postgresql" if each == "pg" else each for each in engine] or list(ENGINES)
    sizes = list(size) or (["school"] if quick else list(MEASURED))
    results = into / ("quick" if quick else "results")
    asked = [(each, name) for name in sizes for each in engines] if not report_only else []
    due = [pair for pair in asked if not (resume and _fresh(results, *pair))]
    failed = [f"{ENGINES[each]} {SIZES[name].zh}" for each, name in due if not _measured(each, name, into, results, quick=quick)]
    lines = report.lines({(each, name): load(results, each, name) for each in ENGINES for name in SIZES})
    click.echo("\n".join(lines))
    if any(lines) and not quick and not set(sizes) - set(MEASURED):
        report.keep(lines)
    if failed:
        raise SystemExit(f"沒有量完：{'、'.join(failed)}。下一次加上 --resume 只量這些。")


def _measured(engine: str, size: str, into: Path, results: Path, *, quick: bool) -> bool:
    """Whether it could be measured: one that fails does not keep the others from being measured."""
    try:
        one(engine, size, QUICK if quick else Effort(), into, results, quick=quick)
    except (OSError, BenchFailed) as error:
        say(f"{ENGINES[engine]} {SIZES[size].zh} 沒有量完：{error}")
        return False
    return True


def _fresh(results: Path, engine: str, size: str) -> bool:
    known = load(results, engine, size)
    return known is not None and known.measured_on == clock.today().isoformat() and bool(known.figures.get("done"))


def one(engine: str, size: str, effort: Effort, into: Path, folder: Path, *, quick: bool) -> None:
    """Fill, serve, measure one engine at one size, and keep what was measured."""
    with filled(engine, SIZES[size], into, say) as made:
        say(f"{ENGINES[engine]} {made.facts.version}，{SIZES[size].zh}：準備其他系統 …")
        cores = len(os.sched_getaffinity(0))
        results = Results(
            engine=engine,
            size=size,
            version=made.facts.version,
            measured_on=clock.today().isoformat(),
            machine=f"{cores} 核心，Python {platform.python_version()}，{platform.system()} {platform.machine()}",
            outcomes=made.facts.outcomes,
            students=made.facts.students,
            quick=quick,
            filled_in=made.seconds,
            load=os.getloadavg()[0],
        )
        folder.mkdir(parents=True, exist_ok=True)
        measure(everybody(made, into), made.facts, effort, results, folder / "servers.log", say)
        results.figure("done", "load", os.getloadavg()[0])
        results.save(folder)


if __name__ == "__main__":
    main()
