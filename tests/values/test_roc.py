"""Dates: every spelling seen in school files, both calendars, and a sentence for what no calendar has."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.roc import format_roc, format_roc7, parse_date, roc_year, school_year_of

DAYS = st.dates(min_value=dt.date(1912, 1, 1), max_value=dt.date(2110, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("0941231", dt.date(2005, 12, 31)),
        ("941231", dt.date(2005, 12, 31)),
        ("1000506", dt.date(2011, 5, 6)),
        ("1000506.0", dt.date(2011, 5, 6)),
        ("094/12/31", dt.date(2005, 12, 31)),
        ("94.12.31", dt.date(2005, 12, 31)),
        ("98/3/7", dt.date(2009, 3, 7)),
        ("99-11-12", dt.date(2010, 11, 12)),
        ("民國98年3月7日", dt.date(2009, 3, 7)),
        ("民國 98 年 3 月 7 日", dt.date(2009, 3, 7)),
        ("98年3月7日", dt.date(2009, 3, 7)),
        ("民國98/3/7", dt.date(2009, 3, 7)),
        ("2011-08-10", dt.date(2011, 8, 10)),
        ("2011/8/10", dt.date(2011, 8, 10)),
        ("2011年8月10日", dt.date(2011, 8, 10)),
        ("西元2011年8月10日", dt.date(2011, 8, 10)),
        ("20110810", dt.date(2011, 8, 10)),
        ("2011-08-10 00:00:00", dt.date(2011, 8, 10)),
        ("2011-08-10T00:00:00", dt.date(2011, 8, 10)),
        ("2011-08-10T00:00:00+08:00", dt.date(2011, 8, 10)),
        ("2011/8/10 上午 12:00:00", dt.date(2011, 8, 10)),
        ("2011/8/10 12:00:00 AM", dt.date(2011, 8, 10)),
        ("０９４１２３１", dt.date(2005, 12, 31)),
        ("９８／３／７", dt.date(2009, 3, 7)),
        ("\u300098/3/7 ", dt.date(2009, 3, 7)),
        ("101/2/29", dt.date(2012, 2, 29)),
        ("1900/1/1", dt.date(1900, 1, 1)),
        ("", None),
        ("\u3000", None),
        (None, None),
    ],
)
def test_parse_date(written: str | None, day: dt.date | None) -> None:
    assert parse_date(written) == day


def test_a_date_cell_stays_its_day() -> None:
    assert parse_date(dt.datetime(2011, 8, 10, 23, 59)) == dt.date(2011, 8, 10)
    assert parse_date(dt.date(2011, 8, 10)) == dt.date(2011, 8, 10)


def test_an_impossible_date_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"^『0970230』不存在，請填民國年月日，例如 0941231 或 94/12/31$"):
        parse_date("0970230")


@pytest.mark.parametrize(
    "written",
    [
        "100/2/29",
        "98/13/1",
        "98/0/1",
        "00980307",
        "1234/1/1",
        "民國2011/8/10",
        "西元98/3/7",
        "200/1/1",
        "0000101",
        "2111/1/1",
        "099/04/31",
    ],
)
def test_dates_that_do_not_exist(written: str) -> None:
    with pytest.raises(ValueError, match="不存在"):
        parse_date(written)


@pytest.mark.parametrize(
    "written", ["十二", "98/3", "98/3.7", "8/10/2011", "12345", "100 5 06", "在學", "98/3/7 8", "111122223", "=TODAY()"]
)
def test_what_is_not_a_date(written: str) -> None:
    with pytest.raises(ValueError, match=r"^『.+』不是日期，請填民國年月日"):
        parse_date(written)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        parse_date(text)
    except ValueError as refusal:
        assert "請填民國年月日" in str(refusal)


@given(DAYS)
def test_every_form_gives_the_day_back(day: dt.date) -> None:
    year = roc_year(day)
    forms = [
        format_roc(day),
        format_roc7(day),
        f"{year}.{day.month}.{day.day}",
        f"民國{year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        format_roc7(day).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
    ]
    assert {parse_date(form) for form in forms} == {day}


def test_format() -> None:
    assert format_roc(dt.date(2026, 11, 23)) == "115/11/23"
    assert format_roc7(dt.date(2026, 11, 23)) == "1151123"
    assert format_roc7(dt.date(2005, 3, 7)) == "0940307"


def test_before_the_republic_there_is_no_roc_year() -> None:
    with pytest.raises(ValueError, match="早於民國元年"):
        format_roc(dt.date(1911, 12, 31))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2026, 8, 1), 115),
        (dt.date(2026, 12, 31), 115),
        (dt.date(2027, 1, 1), 115),
        (dt.date(2027, 7, 31), 115),
        (dt.date(2027, 8, 1), 116),
    ],
)
def test_school_year_runs_from_august_to_july(day: dt.date, year: int) -> None:
    assert school_year_of(day) == year


@given(DAYS)
def test_a_school_year_is_this_roc_year_or_the_last(day: dt.date) -> None:
    assert roc_year(day) - school_year_of(day) == (0 if day.month >= 8 else 1)
