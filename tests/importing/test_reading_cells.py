"""What a cell, a heading and a file's name say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from admin_app.services.codes import CodeBook
from admin_app.services.importing.columns import plain
from admin_app.services.importing.kinds import KINDS
from admin_app.services.importing.period import Period, read_period, semester_text
from admin_app.services.importing.readers import chosen, clock_time, coded, decimal, moment, written, yes_or_no
from models.vocabulary import Division, EnrolmentStatus, Gender, SemesterTerm

BOOK = CodeBook({"contest_level": {"1": "校級", "3": "全國"}, "open": {"1": "甲"}}, frozenset({"contest_level"}))
FIRST, SECOND = SemesterTerm.first, SemesterTerm.second


@pytest.mark.parametrize(
    ("sources", "period"),
    [
        (("115-1_日校_學生名冊.csv",), Period(115, FIRST, Division.day)),
        (("roster.xlsx", "龍潭高中進修部 115學年度第1學期 學生名冊"), Period(115, FIRST, Division.evening)),
        (("1152成績.csv",), Period(115, SECOND, None)),
        (("１１５學年度 第二學期.csv",), Period(115, SECOND, None)),
        (("115學年度班級.csv",), Period(115, None, None)),
        (("列印日期115-1-05.csv",), Period()),
        (("11510001.csv",), Period()),
        ((), Period()),
    ],
)
def test_what_a_files_name_and_title_say(sources: tuple[str, ...], period: Period) -> None:
    assert read_period(*sources) == period


@pytest.mark.parametrize(
    ("text", "said"),
    [("1151", (115, FIRST)), ("115-2", (115, SECOND)), ("第1學期", (None, FIRST)), ("下", (None, SECOND)), ("２", (None, SECOND))],
)
def test_a_semester_cell(text: str, said: tuple[int | None, SemesterTerm]) -> None:
    assert semester_text(text) == said


def test_a_semester_cell_that_says_nothing() -> None:
    with pytest.raises(ValueError, match="不是學期"):
        semester_text("暑假")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("13:10", dt.time(13, 10)),
        ("1310", dt.time(13, 10)),
        ("下午 1:10", dt.time(13, 10)),
        ("上午12:05", dt.time(0, 5)),
        ("8：05", dt.time(8, 5)),
    ],
)
def test_times(text: str, time: dt.time) -> None:
    assert clock_time(text) == time


@pytest.mark.parametrize("text", ["25:00", "1300時", "中午"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="不是時間"):
        clock_time(text)


def test_moments() -> None:
    assert moment("1150915 12:30") == dt.datetime(2026, 9, 15, 12, 30)
    assert moment("2026-09-15T12:30") == dt.datetime(2026, 9, 15, 12, 30)


def test_words_of_other_systems() -> None:
    assert chosen(tuple(Gender))("1", BOOK) is Gender.male
    assert chosen(tuple(Division))("日間部", BOOK) is Division.day
    assert chosen(tuple(EnrolmentStatus))(" 在 學 ", BOOK) is EnrolmentStatus.enrolled
    with pytest.raises(ValueError, match="請填 男、女"):
        chosen(tuple(Gender))("3", BOOK)


def test_codes() -> None:
    read = coded("contest_level")
    assert [read(text, BOOK) for text in ("3", "全國", "３")] == ["3", "3", "3"]
    assert coded("open")("9", BOOK) == "9", "未收錄完整的代碼表不拒絕"
    with pytest.raises(ValueError, match="可填：1 校級、3 全國"):
        read("宇宙", BOOK)


def test_numbers_are_kept_as_written() -> None:
    read = decimal(5, 2)
    assert [read(text, BOOK) for text in ("78.50", "１００", "0")] == [Decimal("78.50"), Decimal(100), Decimal(0)]
    for text, words in (("78.555", "小數最多 2 位"), ("12345", "太大"), ("八十", "不是數字")):
        with pytest.raises(ValueError, match=words):
            read(text, BOOK)


def test_text_is_tidied_and_never_cut() -> None:
    assert written(5)("\u3000顏 韋君 ", BOOK) == "顏 韋君"
    with pytest.raises(ValueError, match="有 6 字，最多 5 字"):
        written(5)("一二三四五六", BOOK)


def test_yes_and_no() -> None:
    assert (yes_or_no("是"), yes_or_no("Ｖ"), yes_or_no("0")) == (True, True, False)
    with pytest.raises(ValueError, match="請填 是、否"):
        yes_or_no("大概")


@pytest.mark.parametrize("heading", ["出生日期", "生日", " 出生年月日 ", "＊出生日期", "出生日期（必填）", "born_on"])
def test_headings_of_one_column(heading: str) -> None:
    assert KINDS["students"].headings.found[plain(heading)].attr == "born_on"


def test_no_two_columns_of_a_kind_share_a_label() -> None:
    doubled = {
        name: labels
        for name, kind in KINDS.items()
        if len(labels := [plain(column.zh) for column in kind.columns if column.in_template]) != len(set(labels))
    }
    assert doubled == {}
