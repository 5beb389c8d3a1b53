"""Where a person is sent after signing in or saving: a page of ours, never another host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.conftest import SchoolClient
from tests.databases import PASSWORD

Clients = Callable[[str], Any]

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "//localhost@evil.example",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hi",
    "evil.example",
    "//evil。example",
    "/admin/\r\nLocation: https://evil.example",
    "/admin/\r\n\r\n<script>",
    "",
]


def as_a_browser_reads(location: str) -> str:
    """Browsers drop tabs and line ends and take a backslash for a slash."""
    return "".join(sign for sign in location if sign not in "\t\r\n").replace("\\", "/").strip()


def stays_here(location: str) -> bool:
    read = as_a_browser_reads(location)
    parts = urlsplit(read)
    return read.startswith("/") and not read.startswith("//") and not parts.scheme and not parts.netloc


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_host(target: str, app: Flask) -> None:
    app.test_client_class = SchoolClient
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    answer = client.post("/login", data={"persona": "library_director", "next": target})
    assert answer.status_code == 302
    assert stays_here(answer.headers["Location"])
    assert "evil" not in urlsplit(as_a_browser_reads(answer.headers["Location"])).netloc


@pytest.mark.parametrize("target", ELSEWHERE)
def test_the_sign_in_page_keeps_no_other_host_in_its_links(target: str, app: Flask) -> None:
    page = app.test_client().get("/login", query_string={"next": target}).text
    assert f'href="{target}"' not in page or not target
    assert "<script>" not in page.replace('value="', "")


def test_signing_in_leads_where_one_was_going(app: Flask) -> None:
    app.test_client_class = SchoolClient
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    asked = client.get("/admin/club/?search=x")
    assert asked.headers["Location"].startswith("/login?next=")
    body = {"username": "activities_section", "password": PASSWORD, "next": "/admin/club/?search=x"}
    assert client.post("/login", data=body).headers["Location"] == "/admin/club/?search=x"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_action_leads_to_no_other_host(target: str, client_for: Clients) -> None:
    body = {"action": "delete", "rowid": "1", "url": target, "next": target}
    answer = client_for("activities_section").post("/admin/club_office/action/", data=body)
    assert "Location" not in answer.headers or stays_here(answer.headers["Location"])


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_form_leads_to_no_other_host(target: str, client_for: Clients) -> None:
    page = client_for("activities_section").get("/admin/club/new/", query_string={"url": target, "next": target}).text
    assert not target or f'href="{target}"' not in page
