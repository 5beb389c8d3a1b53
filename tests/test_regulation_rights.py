"""The regulation as data gives what the paper gives: duty rows, relations, seats, titles, against `tests/oracle`."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from models.vocabulary import Act, Division, Scope, Subject

ORACLE = Path(__file__).parent / "oracle"
RULE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "seed" / "regulations" / "longtan-107.toml").read_text(encoding="utf-8")
)
DUTIES: dict[str, dict[str, Any]] = {duty["code"]: duty for duty in RULE["duty"]}
POSTS: dict[str, dict[str, Any]] = {post["code"]: post for post in RULE["post"]}
ARTICLES = {article["number"] for article in RULE["article"]}

BY_DEFAULT = "本規定未訂，系統預設"
ANY_RECORD = "records"


def paper(name: str) -> list[dict[str, str]]:
    with (ORACLE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


ORDER_OF_THE_HOUSE = {("delegate", "delegation"), ("confirm", "access_review")}
"""What may be settled about the post itself without seeing a record: who stands in, whether accounts are in order."""

# Members of the working group who own no duty and read no pupil's data: papers and decisions only.
MEETING_ONLY = [
    "library_director",
    "internship_section",
    "evening_academic_section",
    "counseling_teacher",
    "grade1_representative",
    "grade2_representative",
    "grade3_representative",
    "teacher_representative",
    "parent_representative",
    "student_representative",
]

STUDENT_RECORDS = {
    ANY_RECORD,
    "student_registry",
    "elective_course",
    "career_plan_general",
    "career_plan_vocational",
    "consultation",
    "grade",
    "outcome",
    "class_office",
    "club_membership",
    "club_office",
    "school_office",
    "certificate_or_skill_contest",
    "sports_contest",
    "achievement",
    "guardian",
}


def granted(post: str) -> set[tuple[str, str]]:
    """Every (act, subject) the edition gives a post itself, by duty row or by relation row."""
    duties = {
        (act, subject) for duty in DUTIES.values() if post in duty["owners"] for act in duty["acts"] for subject in duty["subjects"]
    }
    relations = {
        (act, subject) for row in RULE["relation"] if post in row["holders"] for act in row["acts"] for subject in row["subjects"]
    }
    return duties | relations


def from_duties() -> set[tuple[str, str, str, str, str]]:
    return {
        (duty["code"], duty["division"], owner, act, subject)
        for duty in DUTIES.values()
        for owner in duty["owners"]
        for act in duty["acts"]
        for subject in duty["subjects"]
    }


def from_paper() -> set[tuple[str, str, str, str, str]]:
    return {(row["duty"], row["division"], row["post"], row["act"], row["subject"]) for row in paper("permissions")}


# Who may do what


@pytest.mark.parametrize("right", sorted(from_paper()), ids="-".join)
def test_what_the_paper_gives_the_rule_gives(right: tuple[str, ...]) -> None:
    assert right in from_duties()


@pytest.mark.parametrize("right", sorted(from_duties()), ids="-".join)
def test_what_the_rule_gives_the_paper_gives(right: tuple[str, ...]) -> None:
    assert right in from_paper()


@pytest.mark.parametrize("row", paper("screens"), ids=lambda row: "-".join(row.values()))
def test_only_an_owner_writes_a_screen(row: dict[str, str]) -> None:
    duty = DUTIES[row["duty"]]
    assert (duty["division"], row["post"] in duty["owners"]) == (row["division"], True)


@pytest.mark.parametrize("post", MEETING_ONLY)
def test_a_member_without_a_duty_reads_meetings_only(post: str) -> None:
    assert granted(post) - ORDER_OF_THE_HOUSE == {("read", "meeting")}


@pytest.mark.parametrize("post", ["equipment_section", "evening_division"])
def test_who_keeps_accounts_sees_no_student_record(post: str) -> None:
    assert not {subject for _, subject in granted(post)} & STUDENT_RECORDS


@pytest.mark.parametrize("post", ["guardian", "homeroom_teacher", "evening_homeroom_teacher"])
def test_consultations_stay_between_student_and_counsellor(post: str) -> None:
    assert not {ANY_RECORD, "consultation"} & {subject for _, subject in granted(post)}


@pytest.mark.parametrize("post", ["convener", "executive_secretary"])
def test_convener_and_secretary_read_both_divisions_by_article_three(post: str) -> None:
    rows = [row for row in RULE["relation"] if post in row["holders"] and ANY_RECORD in row["subjects"]]
    assert [(row["acts"], row["division"], row["basis"]) for row in rows] == [(["read"], "", "三")]


def test_only_registrars_see_unmasked_registry() -> None:
    holders = {(holder, row["division"]) for row in RULE["relation"] if "unmask" in row["acts"] for holder in row["holders"]}
    assert holders == {("registration_section", "day"), ("evening_clerk", "evening")}


# Relations, seats and titles hold together


@pytest.mark.parametrize("row", RULE["relation"], ids=lambda row: str(row["code"]))
def test_relation_uses_the_words_of_the_rule(row: dict[str, Any]) -> None:
    assert set(row["holders"]) <= set(POSTS)
    assert set(row["acts"]) <= set(Act.__members__)
    assert set(row["subjects"]) <= {*Subject.__members__, ANY_RECORD}
    assert row["division"] in {"", *Division.__members__}
    assert row["scope"] in {"", *Scope.__members__}


@pytest.mark.parametrize("row", RULE["relation"], ids=lambda row: str(row["code"]))
def test_relation_names_its_basis(row: dict[str, Any]) -> None:
    assert row["basis"] in {BY_DEFAULT, *ARTICLES} or row["basis"].removeprefix("附表 ") in DUTIES


@pytest.mark.parametrize("row", RULE["relation"], ids=lambda row: str(row["code"]))
def test_relation_keeps_to_the_division_of_its_holders(row: dict[str, Any]) -> None:
    """The walls: a relation of one division is never held from the other."""
    assert not row["division"] or {POSTS[holder]["division"] for holder in row["holders"]} <= {row["division"], ""}


def test_the_seats_are_the_21_of_article_three() -> None:
    assert [(str(seat["number"]), seat["zh"]) for seat in RULE["seat"]] == [(row["number"], row["zh"]) for row in paper("seats")]


def test_every_seat_reads_the_meetings() -> None:
    assert {seat["zh"] for seat in RULE["seat"] if ("read", "meeting") not in granted(seat["post"])} == set()


def test_representatives_are_elected() -> None:
    assert {seat["zh"] for seat in RULE["seat"] if seat["elected"]} == {seat["zh"] for seat in RULE["seat"] if "代表" in seat["zh"]}


@pytest.mark.parametrize(
    ("post", "also"),
    [
        ("principal", ["convener"]),
        ("counseling_director", ["executive_secretary", "counseling_office"]),
        ("academic_director", ["academic_office"]),
        ("internship_director", ["internship_office"]),
        ("evening_director", ["evening_division"]),
    ],
)
def test_a_head_also_holds(post: str, also: list[str]) -> None:
    assert POSTS[post]["also"] == also


@pytest.mark.parametrize(
    ("unit", "title", "posts"),
    [
        ("校長", "校長", ["principal"]),
        ("輔導室", "輔導主任", ["counseling_director"]),
        ("教務處", "註冊組長", ["registration_section"]),
        ("教務處", "設備組長", ["equipment_section"]),
        ("教務處", "教務處幹事", ["academic_clerk"]),
        ("實習處", "園藝科主任", ["department_head"]),
        ("進修部", "進修部主任", ["evening_director"]),
        ("", "導師", ["homeroom_teacher"]),
        ("進修部", "導師", ["evening_homeroom_teacher"]),
        ("", "課程諮詢教師", ["course_counselor"]),
        ("", "專任教師", []),
        ("教務處", "專任教師", []),
    ],
)
def test_a_staff_title_means_posts(unit: str, title: str, posts: list[str]) -> None:
    assert [row["posts"] for row in RULE["title"] if (row["unit"], row["title"]) == (unit, title)] == [posts]


def test_a_title_is_mapped_once() -> None:
    keys = [(row["unit"], row["title"]) for row in RULE["title"]]
    assert len(keys) == len(set(keys))
