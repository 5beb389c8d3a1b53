"""The table: printed, and kept in docs/benchmarks.md between two markers."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from admin_app import clock
from tests.bench.measure import Results
from tests.bench.peers import OURS, STOCK
from tests.bench.school import School

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- 量測結果開始 -->", "<!-- 量測結果結束 -->"
PREFACE = f"""# 效能量測

`make bench` 在同一台機器、同一次執行裡，把本系統和照 Flask-Admin 教學寫成的原生版（`tests/bench/stock.py`）放在同一個資料庫上，
輪流詢問相同的事：同樣的列、同樣的欄、同樣的排序。兩者都以 gunicorn（gthread，4 執行緒）在本機執行；單一請求與匯出用 1 個工作行程，
同時 8 人的吞吐量用 2 個。資料是虛構的學生與五個學期的成績，先後放在 SQLite 與 PostgreSQL。

毫秒數隨機器而異，只有比值可以互相比較。「比值」是各回合比值的中位數，所以不一定等於前兩欄相除。

{BEGIN}
{END}
"""


@dataclass(frozen=True)
class Line:
    """One measurement in words. `goal` is what the ratio (or our own figure) should reach."""

    name: str
    zh: str
    unit: str
    digits: int = 1
    goal: str = ""


LINES = (
    Line("term", "清單第 1 頁：本學期 {term:,} 筆，50 列 × 8 欄", "毫秒", goal="≤ 0.3 倍"),
    Line("whole", "清單第 1 頁：全部 {whole:,} 筆，50 列 × 8 欄", "毫秒", goal="≤ 0.3 倍"),
    Line("throughput", "清單第 1 頁：同時 8 人", "頁／秒"),
    Line("edit_get", "編輯表單：開啟", "毫秒"),
    Line("edit_post", "編輯表單：儲存", "毫秒"),
    Line("csv", "匯出 CSV：{whole:,} 筆 × 18 欄", "秒", 2, goal="≤ 0.25 倍（期望 0.2）"),
)


def table(school: School, engine: str, results: Results, counted: Mapping[int, int]) -> list[str]:
    """One engine's table in Markdown."""
    rows = ["| 項目 | 原生 Flask-Admin | 本系統 | 比值 | 目標 |", "|---|---:|---:|---:|---|"]
    rows += [_compared(line, school, results) for line in LINES]
    rows += _plain(results, counted)
    return [f"## {engine} {school.version}", "", *rows, ""]


def _compared(line: Line, school: School, results: Results) -> str:
    zh = line.zh.format(term=school.semester_grades, whole=school.grades)
    theirs, mine = (f"{results.of(peer, line.name):,.{line.digits}f} {line.unit}" for peer in (STOCK, OURS))
    return f"| {zh} | {theirs} | {mine} | {results.ratio(line.name, OURS, STOCK):.2f} | {line.goal} |"


def _plain(results: Results, counted: Mapping[int, int]) -> Iterator[str]:
    theirs, mine = (results.most(peer, "csv_memory") for peer in (STOCK, OURS))
    sizes = f"{theirs:,.1f} MiB | {mine:,.1f} MiB | {mine / theirs:.2f}"
    yield f"| 匯出時比閒置多用的記憶體（各回合最高） | {sizes} | ≤ 32 MiB（期望 16） |"
    theirs, mine = (results.of(peer, "bytes") / 1000 for peer in (STOCK, OURS))
    yield f"| 50 列清單的 HTML | {theirs:,.1f} kB | {mine:,.1f} kB | {mine / theirs:.2f} | ≤ 40 kB |"
    per_size = "、".join(f"{size} 列 {count} 句" for size, count in counted.items())
    yield f"| 每頁清單的 SQL 敘述 | | {per_size} | | ≤ 6 句 |"


def conditions(students: int, rounds: int) -> list[str]:
    """When and on what this was measured."""
    cores = len(os.sched_getaffinity(0))
    machine = f"{cores} 核心，Python {platform.python_version()}，{platform.system()} {platform.machine()}"
    return [f"量測日期 {clock.today().isoformat()}；{machine}；學生 {students:,} 人；{rounds} 回合。", ""]


def keep(lines: list[str]) -> None:
    """Put the lines between the markers of the page; the page is begun when there is none."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else PREFACE
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, END + after]), encoding="utf-8")
