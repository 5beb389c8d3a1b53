"""Ratios are medians of rounds, a missed goal says so, and the page keeps what others wrote on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.applications import DJANGO, OURS, RAW, STOCK, TUNED
from tests.bench.goals import GOALS, judged
from tests.bench.page import put
from tests.bench.results import Results, load

TIMED = ("list1", "newest", "mine", "deep", "sort", "search", "filter", "edit_get", "edit_post", "csv")


def results(size: str, *, ours: float = 10.0, theirs: float = 100.0) -> Results:
    made = Results("sqlite", size, "3.40", "2026-11-24", "2 核心", outcomes=20_000, students=2_000)
    for app in (OURS, STOCK, TUNED, DJANGO, RAW):
        for name in TIMED:
            for number in range(3):
                made.add(app, name, number, [ours if app == OURS or (app, name) == (RAW, "newest") else theirs] * 12)
        for number in range(3):
            made.add(app, "throughput list1", number, [80.0 if app == OURS else 10.0])
            made.add(app, "csv memory", number, [5.0 if app == OURS else 400.0])
        for name in ("statements list1", "statements mine", "statements edit_get"):
            made.figure(app, name, 5)
        for name in ("bytes list1", "bytes edit_get", "packed list1"):
            made.figure(app, name, 24_000)
    return made


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    made = results("school")
    made.rounds[OURS]["list1"] = [[10, 10, 90], [40, 40, 40], [30, 30, 30]]
    made.rounds[STOCK]["list1"] = [[100, 100, 100], [100, 100, 100], [100, 900, 100]]
    assert made.ratio("list1", OURS, STOCK) == 0.3


def test_a_round_one_of_them_missed_does_not_count() -> None:
    made = results("city")
    made.rounds[OURS]["edit_get"] = [[10.0], [50.0], [50.0]]
    made.rounds[STOCK]["edit_get"] = [[100.0]]
    assert made.ratio("edit_get", OURS, STOCK) == 0.1


def test_ours_may_be_measured_by_another_order_of_theirs() -> None:
    made = results("school")
    made.rounds[DJANGO]["newest"] = [[20.0]] * 3
    assert made.ratio("list1", OURS, DJANGO, "newest") == 0.5


def test_every_goal_is_reached_by_figures_that_reach_it() -> None:
    assert [goal.zh for goal, _, _, reached in judged(0, results("school"), results("city")) if not reached] == []


def test_a_missed_goal_is_marked_and_explained() -> None:
    city = results("city")
    for each in city.rounds[OURS]["search"]:
        each[:] = [95.0]
    told = [line for line in report.lines({("sqlite", "school"): results("school"), ("sqlite", "city"): city}) if "✘" in line]
    assert len(told) == 1
    assert "最差：搜尋" in told[0]
    assert "9.50" in told[0]


def test_a_figure_that_reads_like_the_goal_reaches_it() -> None:
    goal = next(each for each in GOALS if "原生" in each.zh)
    assert goal.reached(0.204, 0)
    assert not goal.reached(0.206, 0)


def test_few_samples_are_told() -> None:
    school = results("school")
    school.rounds[TUNED]["deep"] = [[1700.0]] * 3
    [line] = [line for line in report.lines({("sqlite", "school"): school}) if line.startswith("| 深頁")]
    assert "n=3" in line
    assert "n=36" not in line


def test_what_was_measured_is_kept_for_the_next_run(tmp_path: Path) -> None:
    results("city").save(tmp_path)
    again = load(tmp_path, "sqlite", "city")
    assert again == results("city")
    assert load(tmp_path, "postgresql", "city") is None


def test_other_parts_of_the_page_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# 效能\n\n<a>\n舊的\n<b>\n\n<c>\n稽核\n<d>\n", encoding="utf-8")
    put("<a>", "<b>", ["新的"], page)
    put("<e>", "<f>", ["登入"], page)
    assert page.read_text(encoding="utf-8") == "# 效能\n\n<a>\n新的\n<b>\n\n<c>\n稽核\n<d>\n\n<e>\n登入\n<f>\n"


@pytest.mark.parametrize("name", TIMED)
def test_everything_timed_has_a_line(name: str) -> None:
    assert name in report.TIMES
