"""The tables: printed, and kept in docs/benchmarks.md between two markers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.bench.applications import OURS, RAW, SEARCHED
from tests.bench.data.cache import ENGINES
from tests.bench.data.sizes import SIZES
from tests.bench.goals import NAMES, judged
from tests.bench.page import put
from tests.bench.results import Results

BEGIN, END = "<!-- 量測結果開始 -->", "<!-- 量測結果結束 -->"
ENOUGH = 30
TIMES = {
    "list1": "清單第 1 頁（班級、座號、名稱）",
    "newest": "清單第 1 頁，最新在前",
    "mine": "只有本人任教的（列級權限）",
    "deep": "深頁（80% 處；本系統：最後一頁的前一頁）",
    "sort": "依學生姓名排序",
    "search": f"搜尋「{SEARCHED}」",
    "filter": "篩選狀態與班級",
    "edit_get": "開啟編輯表單",
    "edit_post": "儲存編輯表單",
    "csv": "匯出約 100,000 筆",
}
"""What is timed, in milliseconds."""
Found = Mapping[tuple[str, str], Results | None]


def lines(found: Found) -> list[str]:
    """The whole part of the page."""
    told: list[str] = []
    for engine, zh in ENGINES.items():
        school, city = found.get((engine, "school")), found.get((engine, "city"))
        known = [each for each in (school, city) if each]
        if not known:
            continue
        told += ["", f"## {zh} {known[0].version}", "", *_conditions(known)]
        if school and city:
            told += ["", *_goals(list(ENGINES).index(engine), school, city)]
        for each in known:
            told += ["", *_table(each)]
    return [*told, ""]


def keep(told: list[str]) -> None:
    put(BEGIN, END, told)


def _conditions(known: list[Results]) -> Iterator[str]:
    for each in known:
        size = f"{SIZES[each.size].zh}：{each.students:,} 名學生、{each.outcomes:,} 筆成果"
        after = each.figures.get("done", {}).get("load", each.load)
        unfinished = "" if "done" in each.figures else "這一份沒有量完三個回合，數字僅供參考。"
        yield f"- {size}；{each.measured_on}，{each.machine}；前後一分鐘平均負載 {each.load:.1f}、{after:.1f}。{unfinished}"


def _goals(place: int, school: Results, city: Results) -> Iterator[str]:
    yield "| 目標 | 應為 | 實測 | | 說明 |"
    yield "|---|---|---:|:-:|---|"
    for goal, value, word, reached in judged(place, school, city):
        yield f"| {goal.zh} | {goal.said(place)} | {value:.2f} | {'✔' if reached else '✘'} | {word} |"


def _table(results: Results) -> Iterator[str]:
    apps = [app for app in NAMES if app in results.rounds]
    yield f"### {SIZES[results.size].zh}"
    yield ""
    yield "| 毫秒（本系統是它的幾倍） | " + " | ".join(NAMES[app] for app in apps) + " |"
    yield "|---|" + "---:|" * len(apps)
    for name, zh in TIMES.items():
        if any(results.has(app, name) for app in apps):
            yield f"| {zh} | " + " | ".join(_cell(results, app, name) for app in apps) + " |"
    yield from _throughputs(results, apps)
    yield from _plain(results, apps)


def _cell(results: Results, app: str, name: str) -> str:
    """The median, what ours is of it, and how many samples when there are few."""
    if not results.has(app, name):
        return "–"
    told = f"{results.of(app, name):,.1f}"
    if app != OURS and (mine := "list1" if name == "newest" else name) in results.rounds[OURS]:
        ratio = results.ratio(mine, OURS, app, name)
        told += f"（{ratio:.2f}）"
    few = results.count(app, name)
    return told if few >= ENOUGH or name == "csv" else f"{told} n={few}"


def _throughputs(results: Results, apps: list[str]) -> Iterator[str]:
    for name, zh in (("list1", "清單第 1 頁"), ("mine", "本人任教的")):
        key = f"throughput {name}"
        if results.has(OURS, key):
            cells = (_rate(results, app, key) for app in apps)
            yield f"| {zh}：16 條連線，頁／秒 | " + " | ".join(cells) + " |"


def _rate(results: Results, app: str, key: str) -> str:
    if not results.has(app, key):
        return "–"
    told = f"{results.of(app, key):,.1f}"
    return told if app == OURS else f"{told}（{results.ratio(key, OURS, app):.1f}）"


def _plain(results: Results, apps: list[str]) -> Iterator[str]:
    figures = results.figures
    rows = {
        "匯出時比閒置多用的記憶體，MiB": lambda app: f"{results.most(app, 'csv memory'):.1f}",
        "SQL 敘述：第 1 頁／本人／編輯": lambda app: "／".join(
            f"{figures[app][f'statements {name}']:.0f}" for name in ("list1", "mine", "edit_get")
        ),
        "HTML：第 1 頁／編輯，kB": lambda app: "／".join(
            f"{figures[app][f'bytes {name}'] / 1000:.1f}" for name in ("list1", "edit_get")
        ),
        "gzip 後：第 1 頁，kB": lambda app: f"{figures[app]['packed list1'] / 1000:.1f}",
    }
    for zh, tell in rows.items():
        cells = []
        for app in apps:
            try:
                cells.append(tell(app))
            except KeyError:
                cells.append("–")
        if set(cells) != {"–"}:
            yield f"| {zh} | " + " | ".join(cells) + " |"
    shares = [share for app in apps if results.has(app, "client share") for share in [results.most(app, "client share")]]
    if shares and results.has(RAW, "client ceiling"):
        ceiling = results.of(RAW, "client ceiling")
        yield ""
        yield f"量測程式自己：每秒最多能收 {ceiling:,.0f} 份小回覆；量吞吐量時最多用了一個核心的 {max(shares):.0%}，不是瓶頸。"
