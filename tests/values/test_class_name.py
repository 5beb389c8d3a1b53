"""Class names of both divisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.class_name import ClassName
from models.vocabulary import Division


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("機一甲", ClassName(Division.day, "機", 1, "甲")),
        ("普二丁", ClassName(Division.day, "普", 2, "丁")),
        ("進機一甲", ClassName(Division.evening, "機", 1, "甲")),
        ("\u3000畜三甲 ", ClassName(Division.day, "畜", 3, "甲")),
        ("電機二忠", ClassName(Division.day, "電機", 2, "忠")),
        ("普一１２", ClassName(Division.day, "普", 1, "12")),
    ],
)
def test_parse(name: str, parsed: ClassName) -> None:
    assert ClassName.parse(name) == parsed


@pytest.mark.parametrize("name", ["幽靈班", "", "機四甲", "一甲", "進一甲", "機一", "機1甲", "機一甲班", "11510001"])
def test_what_is_not_a_class(name: str) -> None:
    with pytest.raises(ValueError, match=r"^『.*』不是班級名稱，應為科簡稱、年級、班序"):
        ClassName.parse(name)


@pytest.mark.parametrize(
    ("name", "department", "fits"),
    [
        ("食一甲", "食品加工科", True),
        ("畜二甲", "畜產保健科", True),
        ("普三丁", "普通科", True),
        ("進電一甲", "電機科", True),
        ("園一甲", "園藝科", True),
        ("園一甲", "造園科", False),
        ("機一甲", "電機科", False),
        ("機一甲", "", False),
    ],
)
def test_fits(name: str, department: str, fits: bool) -> None:
    assert ClassName.parse(name).fits(department) is fits


@given(
    st.sampled_from(Division),
    st.sampled_from(["普", "機", "電", "食", "畜", "園", "造", "電機", "食品"]),
    st.integers(1, 3),
    st.sampled_from("甲乙丙丁戊己庚辛壬癸"),
)
def test_a_name_survives_reading(division: Division, short: str, grade: int, section: str) -> None:
    name = ClassName(division, short, grade, section)
    assert ClassName.parse(str(name)) == name
