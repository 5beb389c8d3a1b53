"""課程代碼: published codes, every position's refusal, words from the shipped code lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.course_code import GROUPS, PARTS, CourseCode

from .code_lists import names, values

PUBLISHED = ("108070406M1119601010203", "109070406M1119607010309", "108120401E22L0107020005", "108011302H11101A1010101")
EXAMPLE = "114030402V2130101020001"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

CODES = st.builds(
    lambda *parts: "".join(parts),
    st.integers(100, 199).map(str),
    st.text(ALPHANUMERIC, min_size=6, max_size=6),
    st.sampled_from("HVMSCEFG"),
    st.sampled_from(GROUPS.split()),
    st.text(ALPHANUMERIC, min_size=3, max_size=3),
    st.sampled_from("01234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    st.sampled_from("123456789ABCDEF"),
    st.sampled_from("012ABCDE"),
    st.sampled_from("0123456ABCDE"),
    st.text(ALPHANUMERIC, min_size=2, max_size=2),
    st.text(ALPHANUMERIC, min_size=2, max_size=2),
)


@pytest.mark.parametrize("code", [*PUBLISHED, EXAMPLE, "115030B01C2330801030009"])
def test_published_codes_are_read_and_written_back(code: str) -> None:
    assert str(CourseCode.parse(code)) == code


def test_parts() -> None:
    assert CourseCode.parse(PUBLISHED[2]) == CourseCode(108, "120401", "E", "22", "L01", "0", "7", "0", "2", "00", "05")
    assert CourseCode.parse(PUBLISHED[3]) == CourseCode(108, "011302", "H", "11", "101", "A", "1", "0", "1", "01", "01")


@given(CODES)
def test_a_code_survives_reading(code: str) -> None:
    parsed = CourseCode.parse(code)
    assert str(parsed) == code
    assert parsed.plan_key == code[:16]
    assert CourseCode.parse(str(parsed)) == parsed


def test_spelling_is_forgiven() -> None:
    assert str(CourseCode.parse(f" {EXAMPLE.lower()}\u3000")) == EXAMPLE
    assert str(CourseCode.parse("１１４030402Ｖ2130101020001")) == EXAMPLE


@pytest.mark.parametrize("code", ["", EXAMPLE[:-1], EXAMPLE + "0"])
def test_a_code_has_23_characters(code: str) -> None:
    with pytest.raises(ValueError, match=rf"^課程代碼須為 23 碼，『{code}』為 {len(code)} 碼$"):
        CourseCode.parse(code)


@pytest.mark.parametrize(
    ("position", "character", "reason"),
    [
        (1, "0", "課程代碼第 1 至 3 碼（適用入學年度）為『014』，應為 民國年三碼，例如 114"),
        (4, "-", "課程代碼第 4 至 9 碼（學校代碼）為『-30402』，應為 六碼數字或英文字母，例如 030402"),
        (10, "X", "課程代碼第 10 碼（課程類型）為『X』，應為 H、V、M、S、C、E、F、G"),
        (
            11,
            "9",
            "課程代碼第 11 至 12 碼（群別）為『91』，應為 " + "、".join(GROUPS.split()),
        ),
        (14, "?", "課程代碼第 13 至 15 碼（科別）為『3?1』，應為 三碼數字或英文字母，例如 301"),
        (16, "9", "課程代碼第 16 碼（班群）為『9』，應為 0（不分班群）、1–7（建教合作及專班）或 A–Z（學校自訂）"),
        (17, "0", "課程代碼第 17 碼（課程類別）為『0』，應為 1、2、3、4、5、6、7、8、9、A、B、C、D、E、F"),
        (18, "3", "課程代碼第 18 碼（開課方式）為『3』，應為 0、1、2、A、B、C、D、E"),
        (19, "9", "課程代碼第 19 碼（科目屬性）為『9』，應為 0、1、2、3、4、5、6、A、B、C、D、E"),
        (20, "*", "課程代碼第 20 至 21 碼（領域名稱）為『*0』，應為 兩碼數字或英文字母，例如 01"),
        (23, " ", None),
        (22, "/", "課程代碼第 22 至 23 碼（科目名稱代碼）為『/1』，應為 兩碼數字或英文字母，例如 01"),
    ],
)
def test_a_refusal_names_the_position_and_what_is_allowed(position: int, character: str, reason: str | None) -> None:
    with pytest.raises(ValueError) as refusal:
        CourseCode.parse(EXAMPLE[: position - 1] + character + EXAMPLE[position:])
    assert str(refusal.value) == (reason or f"課程代碼須為 23 碼，『{EXAMPLE[:22]}』為 22 碼")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        CourseCode.parse(text)
    except ValueError as refusal:
        assert str(refusal).startswith("課程代碼")


def test_in_words() -> None:
    assert CourseCode.parse(EXAMPLE).in_words(names) == [
        ("適用入學年度", "114 學年度"),
        ("學校代碼", "030402"),
        ("課程類型", "技術型（V）"),
        ("群別", "機械群（21）"),
        ("科別", "機械科（301）"),
        ("班群", "不分班群（0）"),
        ("課程類別", "部定必修（1）"),
        ("開課方式", "原班級（0）"),
        ("科目屬性", "專業科目（2）"),
        ("領域名稱", "不分領域（00）"),
        ("科目名稱代碼", "01"),
    ]


def test_unlisted_values_are_said_to_be_unlisted() -> None:
    words = dict(CourseCode.parse("108120401E22L01B702ZZ05").in_words(names))
    assert words["科別"] == "L01（代碼表未收錄）"
    assert words["領域名稱"] == "ZZ（代碼表未收錄）"
    assert words["班群"] == "B（學校自訂）"


CLOSED = {part.codes: set(part.pattern.split("|")) for part in PARTS if "|" in part.pattern}


def test_the_closed_parts() -> None:
    assert set(CLOSED) == {"course_type", "course_group", "course_category", "opening_mode", "course_attribute"}


@pytest.mark.parametrize("code", CLOSED)
def test_a_closed_part_takes_what_the_shipped_code_list_names(code: str) -> None:
    assert CLOSED[code] == values(code)


@pytest.mark.parametrize(
    ("category", "attribute", "submittable"),
    [
        ("8", "0", False),
        ("9", "A", False),
        ("9", "C", False),
        ("9", "D", True),
        ("8", "D", True),
        ("1", "1", True),
        ("7", "0", True),
    ],
)
def test_activities_without_credit_are_not_submitted(category: str, attribute: str, submittable: bool) -> None:
    code = EXAMPLE[:16] + category + "0" + attribute + EXAMPLE[19:]
    assert CourseCode.parse(code).submittable is submittable
