"""One-time links: used once, by whoever reads the mail, and by no scanner, log or Referer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services import accounts, links
from models.mail import Mail
from models.sign_in import OneTimeLink, SignInCounter
from models.vocabulary import LinkPurpose
from tests.databases import PASSWORD
from tests.signing_in.conftest import Clients, Clock, account_of, events_of, is_inside

WHO, ADDRESS = "library_director", "librarian@example.edu.tw"
NEW = "圖書館的窗外有一棵苦楝樹"


@pytest.fixture(autouse=True)
def _mailbox(app: Flask, records: Session) -> Iterator[None]:
    settings = app.extensions["settings"]
    outward = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "x@example.edu.tw", "base_url": "https://portfolio.example.edu.tw"}
    app.extensions["settings"] = replace(settings, **outward)
    account = account_of(records, WHO)
    account.email = ADDRESS
    for model in (SignInCounter, OneTimeLink, Mail):
        for row in records.scalars(select(model)):
            records.delete(row)
    records.commit()
    yield
    app.extensions["settings"] = settings
    account.password_hash = accounts.hash_password(PASSWORD)
    records.commit()


def ask(browser_of: Clients, username: str = WHO, email: str = ADDRESS, **kinds: str) -> Any:
    return browser_of(**kinds).post("/forgotten", data={"username": username, "email": email})


def token_in(records: Session) -> str:
    text = records.scalars(select(Mail.mail_body).order_by(Mail.id.desc())).first() or ""
    return text.split("/password#")[1].split()[0]


def test_the_answer_is_the_same_whoever_asks(browser_of: Clients) -> None:
    said = {ask(browser_of, *each).text.split("<main")[1] for each in ((WHO, ADDRESS), (WHO, "x@y.tw"), ("nobody", ADDRESS))}
    assert len(said) == 1
    assert "信已經寄出" in said.pop()


def test_only_the_right_name_with_its_own_address_gets_a_letter(browser_of: Clients, records: Session) -> None:
    ask(browser_of, WHO, "someone.else@example.edu.tw")
    ask(browser_of, "nobody", ADDRESS)
    assert records.scalars(select(Mail)).all() == []
    ask(browser_of)
    assert [row.account_id for row in records.scalars(select(Mail))] == [account_of(records, WHO).id]


def test_the_links_token_is_behind_the_hash_and_reaches_no_log(browser_of: Clients, records: Session) -> None:
    ask(browser_of)
    body = records.scalars(select(Mail.mail_body)).one()
    assert "https://portfolio.example.edu.tw/password#" in body
    page = browser_of().get("/password")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_scanner_that_opens_the_link_uses_nothing_up(browser_of: Clients, records: Session) -> None:
    ask(browser_of)
    token = token_in(records)
    scanner = browser_of()
    for _ in range(3):
        assert scanner.get("/password").status_code == 200
        assert scanner.post("/password", data={"token": token}).status_code == 200
    assert choose(browser_of, token).status_code == 302


def choose(browser_of: Clients, token: str, password: str = NEW) -> Any:
    return browser_of().post("/password", data={"token": token, "password": password, "again": password})


def test_a_link_sets_the_password_once(browser_of: Clients, with_password: Clients, records: Session) -> None:
    inside = browser_of(WHO)
    ask(browser_of)
    token = token_in(records)
    assert choose(browser_of, token).status_code == 302
    assert choose(browser_of, token, NEW + "了").status_code == 404
    assert not is_inside(inside)
    assert with_password(WHO, NEW).answer.status_code == 302
    assert events_of(records, "set_password")[0].record_id == account_of(records, WHO).id


def test_a_weak_password_does_not_use_the_link_up(browser_of: Clients, records: Session) -> None:
    ask(browser_of)
    token = token_in(records)
    answer = choose(browser_of, token, "password1234")
    assert answer.status_code == 422
    assert token in answer.text
    assert choose(browser_of, token).status_code == 302


def test_a_link_asked_for_lasts_an_hour(browser_of: Clients, records: Session, hands: Clock) -> None:
    ask(browser_of)
    token = token_in(records)
    hands.turn(minutes=60)
    assert choose(browser_of, token).status_code == 404


def test_asking_for_oneself_does_not_spoil_the_link_a_keeper_gave(browser_of: Clients, records: Session) -> None:
    account = account_of(records, WHO)
    given = links.make_link(records, account, now=account.signed_in_at or clock.now())
    row = records.scalars(select(OneTimeLink)).one()
    row.expires_at = row.expires_at.replace(year=2099)
    records.commit()
    ask(browser_of)
    assert choose(browser_of, given).status_code == 302


def test_a_mailed_link_ends_a_lock_without_a_new_password(browser_of: Clients, with_password: Clients, records: Session) -> None:
    for _ in range(5):
        with_password(WHO, "猜錯了")
    assert with_password(WHO).answer.status_code == 429
    ask(browser_of)
    owner = browser_of()
    assert owner.post("/password", data={"token": token_in(records), "unlock": "1"}).status_code == 302
    assert with_password(WHO, client=owner).answer.status_code == 302
    assert with_password(WHO).answer.status_code == 429
    assert events_of(records, "unlock")[0].record_id == account_of(records, WHO).id


def test_a_keepers_link_is_for_setting_a_password_only(browser_of: Clients, records: Session) -> None:
    account = account_of(records, WHO)
    token = links.make_link(records, account, now=clock.now(), purpose=LinkPurpose.given)
    records.commit()
    assert browser_of().post("/password", data={"token": token, "unlock": "1"}).status_code == 404


def test_letters_are_limited_for_each_account_and_source(browser_of: Clients, records: Session) -> None:
    for number in range(6):
        ask(browser_of, source=f"203.0.113.{number}")
    assert len(records.scalars(select(Mail)).all()) == 4
    answers = [ask(browser_of, f"nobody{number}", source="198.51.100.9").status_code for number in range(21)]
    assert answers[-1] == 429


def test_links_that_are_none_are_limited(browser_of: Clients) -> None:
    client = browser_of(source="198.51.100.77")
    answers = [client.post("/password", data={"token": f"made-up-{number}"}).status_code for number in range(21)]
    assert answers == [404] * 20 + [429]


def test_without_mail_the_page_says_where_to_go(app: Flask, browser_of: Clients) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_url="")
    assert "管理帳號的單位" in browser_of().get("/forgotten").text
