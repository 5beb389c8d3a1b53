"""Filters as the address says them: several values, ranges, what may be picked, and what a bad value is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.conftest import SchoolClient

Clients = Callable[[str], SchoolClient]
CLASS = "school_class.name"


def total(html: str) -> int:
    found = re.search(r"匯出目前篩選的 ([\d,]+) 筆", html)
    assert found is not None
    return int(found[1].replace(",", ""))


def of_class(client: SchoolClient, *names: str) -> int:
    query = "&".join(f"flt.{CLASS}.is={quote(name)}" for name in names)
    return total(client.get(f"/admin/student/?{query}").text)


def test_two_values_of_one_column_find_what_fits_either(client_for: Clients) -> None:
    client = client_for("registration_section")
    first, second = of_class(client, "機一甲"), of_class(client, "機二甲")
    assert first and second
    assert of_class(client, "機一甲", "機二甲") == first + second


def test_a_chip_reads_like_a_sentence_and_can_be_changed(client_for: Clients) -> None:
    client = client_for("registration_section")
    html = client.get(f"/admin/student/?flt.{CLASS}.is=機一甲&flt.{CLASS}.is=機二甲&flt.gender.is=female").text
    assert "班級：機一甲、機二甲" in html
    assert "性別：女" in html
    assert 'data-chip="gender"' in html


def test_a_day_finds_what_happened_at_any_time_of_it(client_for: Clients) -> None:
    client = client_for("equipment_section")
    html = client.get("/admin/account/?flt.created_on.from=1150801&flt.created_on.to=115/08/31").text
    assert "建立日：115/08/01～115/08/31" in html
    signed_in_today = client.get("/admin/account/?flt.signed_in_at.is=2026-11-24")
    assert signed_in_today.status_code == 200
    assert "最近登入：115/11/24" in signed_in_today.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("flt.status_changed_on.from=115/13/45", "請輸入日期，例如 115/11/23"),
        ("flt.gender.is=nonsense", "請從選單選擇"),
        ("flt.gender.empty=maybe", "請從選單選擇"),
        ("flt.status_changed_on.from=1151101&flt.status_changed_on.to=1150101", "請對調後重試"),
        ("&".join(f"flt.student_no.is={number}" for number in range(101)), "一次最多選 100 項"),
        ("view=abc", "檢視不正確"),
    ],
)
def test_a_value_nobody_can_read_is_told_what_to_do(query: str, says: str, client_for: Clients) -> None:
    answer = client_for("registration_section").get(f"/admin/student/?{query}")
    assert answer.status_code == 400
    assert says in answer.text


def offered(client: SchoolClient, screen: str, column: str, text: str = "") -> list[str]:
    answer = client.get(f"/admin/{screen}/ajax/options/", query_string={"column": column, "query": text, "semester": "all"})
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.get_json()]


def test_classes_are_picked_and_only_those_within_reach(client_for: Clients) -> None:
    every = offered(client_for("registration_section"), "grade", "student.school_class.name")
    own = offered(client_for("homeroom_teacher"), "grade", "student.school_class.name")
    assert len(every) > len(own) == 1
    assert set(own) < set(every)


def test_a_student_is_offered_no_other_student(client_for: Clients) -> None:
    assert len(offered(client_for("student"), "grade", "student.name")) == 1


def test_typing_narrows_the_names_down(client_for: Clients) -> None:
    found = offered(client_for("registration_section"), "student", CLASS, "機一")
    assert found
    assert all("機一" in name for name in found)
    assert offered(client_for("registration_section"), "student", CLASS, "100%_") == []


def test_enums_and_codes_are_picked_by_their_words(client_for: Clients) -> None:
    client = client_for("registration_section")
    assert offered(client, "student", "gender") == ["男", "女"]


@pytest.mark.parametrize("column", ["id_number", "born_on", "nonsense", "student_no", ""])
def test_nothing_else_offers_its_values(column: str, client_for: Clients) -> None:
    answer = client_for("registration_section").get("/admin/student/ajax/options/", query_string={"column": column})
    assert answer.status_code == 404
