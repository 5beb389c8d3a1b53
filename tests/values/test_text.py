"""Tidying keeps names and 中文 punctuation, and numbers are read as people and spreadsheets write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.text import integer, lost_characters, number, quote, tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("\u3000顏韋君\u3000", "顏韋君"),
        ("雅幼‧尤幹", "雅幼‧尤幹"),
        ("Ciwas  Yukan", "Ciwas Yukan"),
        ("ＡＢＣ１２３", "ABC123"),
        ("專題：智慧（農業），第１名！", "專題：智慧（農業），第1名！"),
        ("\ufeff學號", "學號"),
        ("一行\n兩行", "一行 兩行"),
        ("\u3000 \t", ""),
    ],
)
def test_tidy(typed: str, tidied: str) -> None:
    assert tidy(typed) == tidied


def test_tidy_leaves_a_formula_as_the_text_it_is() -> None:
    assert tidy('=HYPERLINK("http://example.invalid","點我")') == '=HYPERLINK("http://example.invalid","點我")'


def test_tidy_can_keep_lines() -> None:
    assert tidy(" 第一段 \r\n\n 第二段　 ", lines=True) == "第一段\n\n第二段"


@given(st.text())
def test_tidy_once_is_enough(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert tidy(tidy(text, lines=True), lines=True) == tidy(text, lines=True)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_tidy_never_changes_chinese_characters(text: str) -> None:
    assert tidy(text) == text


@pytest.mark.parametrize(
    ("name", "lost"), [("黃?", True), ("王\ue000明", True), ("林\ufffd", True), ("雅幼‧尤幹", False), ("游錫堃", False)]
)
def test_lost_characters(name: str, lost: bool) -> None:
    assert lost_characters(name) is lost


def test_cp950_loses_rare_characters() -> None:
    assert lost_characters("游瀞𡍼".encode("cp950", errors="replace").decode("cp950"))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("１２", 12),
        (" 7 ", 7),
        ("12.0", 12),
        ("1,200", 1200),
        ("-1", -1),
        ("−1", -1),
        ("", None),
        ("\u3000", None),
        (None, None),
    ],
)
def test_integer(written: str | None, value: int | None) -> None:
    assert integer(written) == value


@pytest.mark.parametrize("written", ["十二", "12.5", "T", "1e3", "1,2", "٣", "9" * 5000])
def test_integer_refuses(written: str) -> None:
    with pytest.raises(ValueError, match=r"^『.+』不是整數，請以阿拉伯數字填寫"):
        integer(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [("85.5", "85.5"), ("８５．５", "85.5"), ("60", "60"), ("59.95", "59.95"), ("-1", "-1"), ("1,200.5", "1200.5")],
)
def test_number(written: str, value: str) -> None:
    assert number(written) == Decimal(value)


@pytest.mark.parametrize("written", ["T", "NaN", "inf", "八十", "8 5", ".", "85."])
def test_number_refuses(written: str) -> None:
    with pytest.raises(ValueError, match=r"^『.+』不是數字"):
        number(written)


def test_a_blank_is_no_number() -> None:
    assert number(" ") is None
    assert number(None) is None


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_integers_survive_writing(value: int) -> None:
    assert integer(str(value)) == value
    assert integer(f"{value:,}") == value


@given(st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False, allow_infinity=False))
def test_numbers_are_never_rounded(value: Decimal) -> None:
    assert number(f"{value:f}") == value


@given(st.text())
def test_numbers_are_read_or_refused_in_words(text: str) -> None:
    for read in (integer, number):
        try:
            read(text)
        except ValueError as refusal:
            assert "請以阿拉伯數字填寫" in str(refusal)


def test_a_long_text_is_quoted_short() -> None:
    assert quote("字" * 100) == f"『{'字' * 30}…』"
