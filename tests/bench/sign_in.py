"""`python -m tests.bench.sign_in [--count 1000 --seconds 300]`: sign-ins under load with the hashing cost on, and what a wrong
password costs for a name that exists and for one that does not."""

from __future__ import annotations

import logging
import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.database import engine_options
from admin_app.services.passwords.hashing import USUAL
from models.people import Account
from models.sign_in import SignInCounter, SignInSession
from tests.bench.applications import ours
from tests.bench.client import Client
from tests.bench.data import Filled, Size
from tests.bench.data.cache import ENGINES
from tests.bench.data.school import PASSWORD, build
from tests.bench.empty import database
from tests.bench.page import PAGE
from tests.bench.results import BenchFailed
from tests.bench.server import serving

BEGIN, END = "<!-- 登入量測開始 -->", "<!-- 登入量測結束 -->"
AT_ONCE = 16
BATCH = 40


@click.command()
@click.option("--count", default=1_000, show_default=True, help="登入次數。")
@click.option("--seconds", default=300, show_default=True, help="平均分散在幾秒內。")
@click.option("--engine", type=click.Choice(list(ENGINES)), multiple=True, help="只量這個資料庫。")
@click.option("--samples", default=200, show_default=True, help="密碼錯各量幾次。")
@click.option("--keep/--no-keep", default=True, help="寫入 docs/benchmarks.md。")
def main(count: int, seconds: int, engine: tuple[str, ...], samples: int, keep: bool) -> None:
    """登入尖峰：平均到達，每次都算 Argon2id。"""
    logging.disable(logging.INFO)
    lines = [
        "| 資料庫 | 登入 | 用時 | 中位數 | p95 | 最久 | 失敗 | 每次的處理器時間 | 密碼錯：有此帳號 | 密碼錯：沒有 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in engine or ENGINES:
        with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url:
            lines.append(_one(ENGINES[name], url, Path(folder), count, seconds, samples))
            click.echo(lines[-1])
    if keep:
        _keep(lines, count, seconds, samples)


def _one(zh: str, url: str, folder: Path, count: int, seconds: int, samples: int) -> str:
    made = Filled(url, build(url, Size("sign_in", "登入", students=count, cohorts=60, staff=20, outcomes=0)), 0.0)
    names = _usernames(url)
    with serving(ours(made), log=folder / "server.log") as server:
        before = server.cpu()
        times, failed, took = _arrivals(server.port, names, seconds)
        each = (server.cpu() - before) / count
        _all_are_kept(url, count - failed)
        strangers = [f"999{number:06}" for number in range(samples)]
        known, unknown = (_wrong(server.port, url, asked[:samples]) for asked in (names, strangers))
    times.sort()
    p95 = times[int(len(times) * 0.95) - 1]
    figures = [f"{count:,}", f"{took:.0f} 秒", *(f"{1000 * one:.0f} 毫秒" for one in (statistics.median(times), p95, times[-1]))]
    return (
        "| "
        + " | ".join(
            [zh, *figures, str(failed), f"{1000 * each:.0f} 毫秒", f"{1000 * known:.0f} 毫秒", f"{1000 * unknown:.0f} 毫秒"]
        )
        + " |"
    )


def _usernames(url: str) -> list[str]:
    """Every student's."""
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        found = list(session.scalars(select(Account.username).where(Account.student_id.is_not(None)).order_by(Account.id)))
    engine.dispose()
    return found


def _arrivals(port: int, names: list[str], seconds: int) -> tuple[list[float], int, float]:
    """Seconds each sign-in took from the moment it was due, how many failed, and how long all of it took."""
    times: list[float] = []
    failed = 0
    lock, start = threading.Lock(), time.perf_counter() + 1

    def one(number: int) -> None:
        nonlocal failed
        due = start + number * seconds / len(names)
        time.sleep(max(0.0, due - time.perf_counter()))
        right = _sign_in(port, names[number])
        with lock:
            times.append(time.perf_counter() - due)
            failed += not right

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(len(names))))
    return times, failed, time.perf_counter() - start


def _sign_in(port: int, username: str) -> bool:
    """The sign-in page and the sign-in, as a browser does it."""
    client = Client(port)
    client.open_sign_in()
    try:
        client.try_password(username, PASSWORD, expect=302)
    except BenchFailed:
        return False
    return True


def _all_are_kept(url: str, expected: int) -> None:
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        found = session.scalar(select(func.count(SignInSession.id)))
    engine.dispose()
    if found != expected:
        raise SystemExit(f"登入 {expected} 次，資料庫有 {found} 個登入")


def _wrong(port: int, url: str, names: list[str]) -> float:
    """The median answer to a wrong password; counters are cleared now and then so that nobody is locked."""
    engine, times = create_engine(**engine_options(url)), []
    for number, name in enumerate(names):
        if number % BATCH == 0:
            with engine.begin() as connection:
                connection.execute(delete(SignInCounter.__table__))  # type: ignore[arg-type]
        client = Client(port)
        client.open_sign_in()
        times.append(client.try_password(name, "不是這個", expect=403).seconds)
    engine.dispose()
    return statistics.median(times)


def _keep(lines: list[str], count: int, seconds: int, samples: int) -> None:
    """Put the table between its markers in docs/benchmarks.md."""
    text = PAGE.read_text(encoding="utf-8")
    if BEGIN not in text:
        text = text.rstrip("\n") + f"\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    cost = f"Argon2id {USUAL.memory // 1024} MiB、{USUAL.passes} 次、平行 {USUAL.lanes}"
    said = [
        "## 登入尖峰",
        "",
        f"{clock.today()} 在 {os.cpu_count()} 核心的機器上，{count:,} 次登入平均分散在 {seconds} 秒（同時最多 {AT_ONCE} 人），",
        f"伺服器 2 個工作行程各 4 執行緒，{cost}，每次都真的算。",
        "時間從該登入的時刻算到收完回覆，含開登入頁；量測程式與伺服器同一台機器。",
        f"「密碼錯」各 {samples} 次的中位數：有沒有這個帳號，答覆一樣久。",
        "",
        *lines,
    ]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(said) + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
