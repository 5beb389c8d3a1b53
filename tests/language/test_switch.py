"""The switch: 中文 unless somebody chose otherwise, kept on the account, and by the browser before signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.event import Event
from models.people import Account
from models.vocabulary import Language
from tests.conftest import SchoolClient
from tests.permissions.conftest import enter
from tests.permissions.school import School

Enter = Callable[[str], SchoolClient]


@pytest.fixture
def client(app: Flask) -> SchoolClient:
    app.test_client_class = SchoolClient
    return enter(app, "activities_section")


@pytest.fixture
def nobody(app: Flask) -> Any:
    app.test_client_class = SchoolClient
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    return client


def lang(client: Any, address: str) -> str:
    page = client.get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)
    return str(page.partition('<html lang="')[2].partition('"')[0])


def test_a_browser_set_to_english_still_gets_chinese(nobody: Any) -> None:
    assert lang(nobody, "/login") == "zh-Hant-TW"


def test_before_signing_in_the_browser_remembers(nobody: Any) -> None:
    answer = nobody.post("/language", data={"language": "english", "next": "/login"})
    assert answer.headers["Location"] == "/login"
    assert lang(nobody, "/login") == "en"


def test_the_choice_is_kept_on_the_account_and_leaves_an_event(app: Flask, client: SchoolClient, place: School) -> None:
    client.post("/language", data={"language": "english"})
    assert lang(client, "/admin/") == "en"
    assert lang(enter(app, "activities_section"), "/admin/") == "en"
    with place.session() as session:
        account = session.scalars(select(Account).where(Account.username == "activities_section")).one()
        assert account.language is Language.english
        event = session.scalars(select(Event).where(Event.kind == "account").order_by(Event.id.desc()).limit(1)).one()
        assert event.account_id == account.id
    client.post("/language", data={"language": "chinese"})
    assert lang(client, "/admin/") == "zh-Hant-TW"


def test_one_persons_choice_is_not_left_behind_for_the_next(app: Flask, client: SchoolClient) -> None:
    client.post("/language", data={"language": "english"})
    client.post("/logout", data={})
    assert lang(client, "/login") == "zh-Hant-TW"
    again = enter(app, "activities_section")
    again.post("/language", data={"language": "chinese"})


def test_a_language_nobody_speaks_is_refused(client: SchoolClient) -> None:
    assert client.post("/language", data={"language": "latin"}).status_code == 400


def test_the_switch_leads_to_no_other_site(nobody: Any) -> None:
    data = {"language": "chinese", "next": "//evil.example/"}
    assert nobody.post("/language", data=data).headers["Location"] == "/"
