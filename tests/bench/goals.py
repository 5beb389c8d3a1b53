"""What the grid is meant to reach beside the others, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.applications import DJANGO, OURS, RAW, STOCK, TUNED
from tests.bench.results import Results

NAMES = {OURS: "本系統", STOCK: "Flask-Admin 原生", TUNED: "Flask-Admin 調校", DJANGO: "Django 調校", RAW: "raw"}
EASY = "對方改用最省的排序（最新在前）時 {:.2f}"
FULL = (STOCK, TUNED, DJANGO)
LISTS = {
    "deep": "深頁",
    "sort": "依學生姓名排序",
    "search": "搜尋",
    "filter": "篩選",
    "mine": "只有本人的",
}


@dataclass(frozen=True)
class Goal:
    """`limits`: SQLite, PostgreSQL; with `at_least` the figure should be that or more. `of`: the figure and a word about it."""

    zh: str
    unit: str
    limits: tuple[float, float]
    of: Callable[[Results, Results], tuple[float, str]]
    aims: tuple[float | None, float | None] = (None, None)
    at_least: bool = False

    def said(self, place: int) -> str:
        """The goal in words, for SQLite (0) or PostgreSQL (1)."""
        sign = "≥" if self.at_least else "≤"
        aim = self.aims[place]
        return f"{sign} {self.limits[place]:g}{self.unit}" + (f"（期望 {aim:g}）" if aim is not None else "")

    def reached(self, value: float, place: int) -> bool:
        """Rounded as it is printed: a figure that reads like the goal has reached it."""
        value = round(value, 2)
        return value >= self.limits[place] if self.at_least else value <= self.limits[place]


def _page1_of(peer: str) -> Callable[[Results, Results], tuple[float, str]]:
    def of(school: Results, city: Results) -> tuple[float, str]:
        return school.ratio("list1", OURS, peer), EASY.format(school.ratio("list1", OURS, peer, "newest"))

    return of


def _throughput(school: Results, city: Results) -> tuple[float, str]:
    best = max(FULL, key=lambda peer: school.of(peer, "throughput list1"))
    return school.ratio("throughput list1", OURS, best), f"最好的是 {NAMES[best]}"


def _city_of_both(school: Results, city: Results) -> tuple[float, str]:
    worst = max((TUNED, DJANGO), key=lambda peer: city.ratio("list1", OURS, peer))
    easy = max(city.ratio("list1", OURS, peer, "newest") for peer in (TUNED, DJANGO))
    return city.ratio("list1", OURS, worst), EASY.format(easy)


def _city_of_school(school: Results, city: Results) -> tuple[float, str]:
    return city.of(OURS, "list1") / school.of(OURS, "list1"), ""


def _every_list(school: Results, city: Results) -> tuple[float, str]:
    found = {name: city.within(OURS, name, "list1") for name in LISTS if city.has(OURS, name)}
    worst = max(found, key=lambda name: found[name])
    return found[worst], f"最差：{LISTS[worst]}"


def _edit(name: str) -> Callable[[Results, Results], tuple[float, str]]:
    def of(school: Results, city: Results) -> tuple[float, str]:
        both = {each.size: each.ratio(name, OURS, DJANGO) for each in (school, city)}
        return max(both.values()), f"一校 {both[school.size]:.2f}，全市 {both[city.size]:.2f}"

    return of


def _csv_of(peer: str) -> Callable[[Results, Results], tuple[float, str]]:
    return lambda school, city: (city.ratio("csv", OURS, peer), "")


def _memory(school: Results, city: Results) -> tuple[float, str]:
    return city.most(
        OURS, "csv memory"
    ), f"Flask-Admin {city.most(TUNED, 'csv memory'):.0f}，Django {city.most(DJANGO, 'csv memory'):.0f}"


def _statements(school: Results, city: Results) -> tuple[float, str]:
    names = [name for name in school.figures[OURS] if name.startswith("statements") and "edit" not in name]
    return max(each.figures[OURS][name] for each in (school, city) for name in names), ""


def _bytes(school: Results, city: Results) -> tuple[float, str]:
    packed = school.figures[OURS]["packed list1"] / 1000
    return school.figures[OURS]["bytes list1"] / 1000, f"壓縮後 {packed:.1f} kB"


def _row_filter(school: Results, city: Results) -> tuple[float, str]:
    both = {each.size: each.within(OURS, "mine", "list1") for each in (school, city)}
    return max(both.values()), f"一校 {both[school.size]:.2f}，全市 {both[city.size]:.2f}"


def _raw(school: Results, city: Results) -> tuple[float, str]:
    """By the floor's cheapest order: a plain statement for ours would have the floor sort every row."""
    return school.ratio("list1", OURS, RAW, "newest"), f"raw 也照班級、座號排時 {school.ratio('list1', OURS, RAW):.2f}"


GOALS = (
    Goal("一校，清單第 1 頁：原生 Flask-Admin 的", " 倍", (0.2, 0.3), _page1_of(STOCK), (0.12, 0.2)),
    Goal("一校，清單第 1 頁：調校過的 Django 的", " 倍", (0.2, 0.25), _page1_of(DJANGO), (0.1, 0.15)),
    Goal("一校，16 條連線的吞吐量：最好的完整對手的", " 倍", (6, 5), _throughput, (12, 8), at_least=True),
    Goal("全市，清單第 1 頁：兩者中較快者的", " 倍", (0.12, 0.12), _city_of_both),
    Goal("全市，清單第 1 頁：本系統一校的", " 倍", (1.5, 1.5), _city_of_school),
    Goal("全市，其餘每種清單：第 1 頁的", " 倍", (3, 3), _every_list),
    Goal("開啟編輯表單：Django 的", " 倍", (0.5, 0.5), _edit("edit_get"), (0.25, 0.25)),
    Goal("儲存編輯表單：Django 的", " 倍", (0.8, 0.8), _edit("edit_post"), (0.5, 0.5)),
    Goal("匯出約 100,000 筆：Flask-Admin 的", " 倍", (0.2, 0.2), _csv_of(TUNED)),
    Goal("匯出約 100,000 筆：Django 的", " 倍", (0.6, 0.8), _csv_of(DJANGO)),
    Goal("匯出時比閒置多用的記憶體（各回合最高）", " MiB", (16, 16), _memory),
    Goal("每頁清單的 SQL 敘述", " 句", (6, 6), _statements),
    Goal("50 列清單的 HTML，未壓縮", " kB", (40, 40), _bytes, (25, 25)),
    Goal("有列級權限（本人任教）比沒有", " 倍", (1.2, 1.2), _row_filter),
    Goal("一校，清單第 1 頁：raw（含總筆數，最新在前）的", " 倍", (6, 6), _raw, (3, 3)),
)


def judged(place: int, school: Results, city: Results) -> Iterator[tuple[Goal, float, str, bool]]:
    """Each goal with its figure, a word about it, and whether it is reached."""
    for goal in GOALS:
        value, word = goal.of(school, city)
        yield goal, value, word, goal.reached(value, place)
