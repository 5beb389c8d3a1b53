"""Every page of account life opens for those who keep accounts, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[[str], Any]
KEEPERS = ("equipment_section", "evening_division", "evening_director")
PAGES = (
    "/accounts",
    "/accounts/new",
    "/accounts/new/student",
    "/accounts/departed",
    "/accounts/slips",
    "/posts",
    "/posts/next-year",
)
OTHERS = ("registration_section", "convener", "academic_director", "homeroom_teacher", "student", "guardian", "evening_clerk")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("username", KEEPERS)
def test_a_keeper_opens_it(username: str, page: str, client_for: Clients) -> None:
    answer = client_for(username).get(page)
    assert answer.status_code == 200
    assert ("E01" if username.startswith("evening") else "D01") in answer.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("username", OTHERS)
def test_anybody_else_is_told_who_may(username: str, page: str, client_for: Clients) -> None:
    answer = client_for(username).get(page)
    assert answer.status_code == 403
    assert "設備組" in answer.text


@pytest.mark.parametrize("username", ["activities_section", "academic_director", "homeroom_teacher", "evening_clerk"])
def test_whoever_holds_a_post_may_name_who_stands_in(username: str, client_for: Clients) -> None:
    assert client_for(username).get("/delegations").status_code == 200


@pytest.mark.parametrize("username", ["student", "guardian", "student_representative", "parent_representative"])
def test_students_and_guardians_have_nobody_stand_in(username: str, client_for: Clients) -> None:
    assert client_for(username).get("/delegations").status_code == 403


@pytest.mark.parametrize("username", [*KEEPERS, "academic_director", "principal_x"])
def test_reviews_open_for_keepers_and_heads(username: str, client_for: Clients) -> None:
    username = "convener" if username == "principal_x" else username  # 校長 signs in as 召集人
    assert client_for(username).get("/access-reviews").status_code == 200


@pytest.mark.parametrize("username", ["activities_section", "student", "evening_clerk"])
def test_reviews_are_closed_to_the_rest(username: str, client_for: Clients) -> None:
    assert client_for(username).get("/access-reviews").status_code == 403
