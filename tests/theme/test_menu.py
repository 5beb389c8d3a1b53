"""The side navigation: by content class and by duty, only what the person may open, at no cost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.conftest import SchoolClient, sample
from tests.permissions.cases import SCREENS

PERSONAS = ["equipment_section", "registration_section", "executive_secretary", "student", "guardian", "homeroom_teacher"]
CONTENT_CLASSES = ["基本資料", "修課紀錄", "課程學習成果", "多元表現"]


def menu(client: SchoolClient, page: str = "/admin/") -> str:
    return client.get(page).text.split("data-side-nav")[1].split("</nav>")[0]


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


def groups(html: str) -> list[str]:
    return re.findall(r"<summary>([^<]+)</summary>", html)


@pytest.mark.parametrize("persona", sample(PERSONAS, 4))
def test_every_link_opens_and_nothing_that_opens_is_missing(persona: str, client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for(persona)
    named = set(links(menu(client)))
    for address in named:
        assert client.get(address, follow_redirects=True).status_code == 200, address  # a saved view leads on to its conditions
    grids = {f"/admin/{screen}/" for screen in SCREENS}
    missing = [address for address in grids - named if client.get(address).status_code == 200]
    assert missing == []


def test_the_four_content_classes_come_first_in_the_order_of_the_rule(client_for: Callable[[str], SchoolClient]) -> None:
    found = groups(menu(client_for("executive_secretary")))
    assert found[0] == "我的職掌"
    assert found[1:5] == CONTENT_CLASSES


def test_a_duty_leads_to_the_grid_where_it_is_done(client_for: Callable[[str], SchoolClient]) -> None:
    mine = menu(client_for("activities_section")).split('data-nav-group="mine"')[1].split("</details>")[0]
    assert "D12" in mine
    assert "社團" in mine
    assert "/admin/club_office/" in links(mine)


def test_who_has_no_duty_row_is_shown_none(client_for: Callable[[str], SchoolClient]) -> None:
    assert "我的職掌" not in groups(menu(client_for("guardian")))


def test_the_page_one_is_on_is_marked(client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("registration_section")
    for page in ("/admin/student/", "/admin/student/new/"):
        marked = re.findall(r'href="([^"]+)" aria-current="page"', menu(client, page))
        assert set(marked) == {"/admin/student/"}
    assert re.findall(r'href="([^"]+)" aria-current="page"', menu(client)) == ["/admin/"]


def test_a_long_menu_begins_folded_but_where_one_is(client_for: Callable[[str], SchoolClient]) -> None:
    html = menu(client_for("executive_secretary"), "/admin/club_office/")
    open_groups = re.findall(r'data-nav-group="[^"]+" open>\s*<summary>([^<]+)<', html)
    assert open_groups == ["我的職掌", "多元表現"]
    assert "data-nav-find" in html
    assert "data-nav-find" not in menu(client_for("registration_section"))


def test_an_error_page_keeps_the_menu(client_for: Callable[[str], SchoolClient]) -> None:
    assert "data-side-nav" in client_for("student").get("/no-such-page").text
