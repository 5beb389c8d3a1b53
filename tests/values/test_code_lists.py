"""The shipped code lists: complete in form, each with its source, unique, and readable by the models they are loaded into."""

from collections import Counter
from typing import Any

import pytest

from models.codes import Code, CodeList

from .code_lists import LISTS

EXPECTED = (
    "gender class_type division_code enrolment_status special_status indigenous_group indigenous_status admission_route course_type"
    " course_group department_code class_group course_category opening_mode course_attribute course_field office_level"
    " school_office_level contest_level team_participation contest_field certificate_code certificate_type flexible_category"
    " group_activity_category workplace_category precollege_program credit_counted pass_flag makeup_mode consultation_mode"
    " loan_code aspiration"
)


def test_every_list_is_there_once() -> None:
    assert Counter(each["code"] for each in LISTS) == Counter(EXPECTED.split())


@pytest.mark.parametrize("code_list", LISTS, ids=lambda each: each["code"])
def test_a_list_says_what_it_is_and_where_it_comes_from(code_list: dict[str, Any]) -> None:
    assert set(code_list) == {"code", "zh", "source", "complete", "entry"}
    assert 0 < len(code_list["zh"]) <= CodeList.zh.type.length
    assert 0 < len(code_list["source"]) <= CodeList.source.type.length
    assert code_list["entry"] or not code_list["complete"]


@pytest.mark.parametrize("code_list", LISTS, ids=lambda each: each["code"])
def test_entries_are_unique_and_fit_their_columns(code_list: dict[str, Any]) -> None:
    keys = Counter((entry["value"], entry["from"]) for entry in code_list["entry"])
    assert not [key for key, count in keys.items() if count > 1]
    for entry in code_list["entry"]:
        assert set(entry) == {"value", "zh", "from", "until"}
        assert 0 < len(entry["value"]) <= Code.value.type.length
        assert 0 < len(entry["zh"]) <= Code.zh.type.length
        assert 100 <= entry["from"] <= 199
        assert entry["until"] == 0 or entry["until"] >= entry["from"]
