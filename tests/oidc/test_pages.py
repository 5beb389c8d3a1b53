"""The button on the sign-in page, to the provider and back: who gets in, who is told what."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.oidc_settings import OidcSettings
from models.catalogue import METADATA
from models.event import Event
from models.people import Account
from models.second_factor import Required
from tests.conftest import settings_for
from tests.databases import PASSWORD, Servers
from tests.factors.pages.visitor import ORIGIN
from tests.oidc.provider import CLIENT, SECRET, OpenIdProvider

MAILS = {"activities_section": "t101@example.edu.tw", "equipment_section": "t001@example.edu.tw"}
BACK = "/login/school/return"


@pytest.fixture(scope="module")
def app(servers: Servers, engine_name: str, running: OpenIdProvider) -> Iterator[Flask]:
    oidc = OidcSettings(running.issuer, CLIENT, SECRET, name="龍潭高中帳號", domain="example.edu.tw", mfa_words=("mfa",))
    settings = settings_for(servers.copy(engine_name, "school"), servers.folder)
    app = create_app(dataclasses.replace(settings, oidc=oidc, base_url=ORIGIN, require_second_factor=Required.posts))
    with app.app_context():
        for username, mail in MAILS.items():
            mine = update(METADATA.tables["account"]).where(Account.username == username)
            db.session.connection().execute(mine.values(email=mail))
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def browser(app: Flask) -> Iterator[FlaskClient]:
    yield app.test_client()
    with app.app_context():
        for statement in ("DELETE FROM school_identity", "DELETE FROM challenge", "UPDATE account SET enabled = true"):
            db.session.connection().exec_driver_sql(statement)
        db.session.commit()


def to_provider(browser: FlaskClient) -> str:
    """Press the button; the address the provider sends the browser back to."""
    there = browser.get("/login/school")
    assert there.status_code == 302
    return requests.get(there.headers["Location"], allow_redirects=False, timeout=5).headers["Location"].removeprefix(ORIGIN)


def sign_in(browser: FlaskClient) -> Any:
    return browser.get(to_provider(browser), follow_redirects=True)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_the_button_bears_the_schools_word(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    assert "以龍潭高中帳號登入" in browser.get("/login").text


def test_a_matched_account_gets_in(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    sign_in(browser)
    assert is_in(browser)


def test_the_way_back_leads_where_the_person_was_going(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    there = browser.get("/login/school?next=/permissions").headers["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"].removeprefix(ORIGIN)
    assert browser.get(back).headers["Location"] == "/permissions"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_host(browser: FlaskClient, school_account: OpenIdProvider, target: str) -> None:
    there = browser.get("/login/school", query_string={"next": target}).headers["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"].removeprefix(ORIGIN)
    assert "evil" not in browser.get(back).headers["Location"]


def test_who_must_have_a_second_factor_is_asked_for_it_all_the_same(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    school_account.person |= {"sub": "sub-xu", "email": MAILS["equipment_section"]}
    assert sign_in(browser).request.path == "/login/enrol"
    assert not is_in(browser)


def test_the_providers_own_second_factor_counts_where_the_school_says_so(
    browser: FlaskClient, school_account: OpenIdProvider
) -> None:
    school_account.person |= {"sub": "sub-xu", "email": MAILS["equipment_section"], "amr": ["pwd", "mfa"]}
    sign_in(browser)
    assert is_in(browser)


SPOILT = [
    pytest.param({"nonce": "another"}, "無法確認", id="wrong nonce"),
    pytest.param({"exp": int(time.time()) - 3600}, "無法確認", id="expired"),
    pytest.param({"aud": "another-client"}, "無法確認", id="other audience"),
    pytest.param({"iss": "https://evil.example"}, "無法確認", id="other issuer"),
    pytest.param({"email_verified": False}, "尚未驗證", id="unverified mail"),
    pytest.param({"email": "nobody@example.edu.tw"}, "請洽設備組", id="unknown mail"),
    pytest.param({"email": "lin@gmail.example", "hd": None}, "不要用個人帳號", id="not the school's domain"),
]


@pytest.mark.parametrize(("changes", "sentence"), SPOILT)
def test_whoever_cannot_be_believed_is_told_why(
    app: Flask, browser: FlaskClient, school_account: OpenIdProvider, changes: dict[str, Any], sentence: str
) -> None:
    school_account.changes = changes
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Account))
    page = sign_in(browser)
    assert page.request.path == "/login"
    assert sentence in page.text
    assert not is_in(browser)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == before
        last = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert last.verb == "oidc_refuse"
        assert "@example" not in last.note.replace("（@example.edu.tw）", "")


def test_an_unsigned_token_gets_nobody_in(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    school_account.alg = "none"
    assert "無法確認" in sign_in(browser).text
    assert not is_in(browser)


def test_a_way_back_is_good_once(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    back = to_provider(browser)
    browser.get(back)
    browser.delete_cookie("portfolio")
    assert "已經用過或逾時" in browser.get(back, follow_redirects=True).text
    assert not is_in(browser)


def test_a_way_back_replayed_with_the_old_cookie_is_refused(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    back = to_provider(browser)
    kept = browser.get_cookie("portfolio")
    browser.get(back)
    assert kept is not None
    browser.set_cookie("portfolio", kept.value)
    assert "已經用過或逾時" in browser.get(back, follow_redirects=True).text


def test_anothers_way_back_signs_nobody_in(app: Flask, browser: FlaskClient, school_account: OpenIdProvider) -> None:
    """Somebody sends a colleague the address that would sign them in as the sender."""
    back, victim = to_provider(browser), app.test_client()
    assert "已經用過或逾時" in victim.get(back, follow_redirects=True).text
    assert not is_in(victim)


def test_a_refusal_at_the_provider_is_said(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    state = to_provider(browser).split("state=")[1]
    page = browser.get(BACK, query_string={"state": state, "error": "access_denied"}, follow_redirects=True)
    assert "取消了登入" in page.text


def test_a_provider_out_of_order_leaves_the_password(app: Flask, school_account: OpenIdProvider) -> None:
    fresh = create_app(dataclasses.replace(app.extensions["settings"]))
    school_account.down = True
    browser = fresh.test_client()
    page = browser.get("/login/school", follow_redirects=True)
    assert "目前連不上" in page.text
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    browser.post("/login", data={"username": "activities_section", "password": PASSWORD, "csrf_token": token})
    assert is_in(browser)
    with fresh.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_disabled_account_is_refused(app: Flask, browser: FlaskClient, school_account: OpenIdProvider) -> None:
    with app.app_context():
        db.session.connection().exec_driver_sql("UPDATE account SET enabled = false WHERE username = 'activities_section'")
        db.session.commit()
    assert "目前不能登入" in sign_in(browser).text
    assert not is_in(browser)


def test_a_reassigned_address_inherits_nothing(browser: FlaskClient, school_account: OpenIdProvider) -> None:
    sign_in(browser)
    browser.delete_cookie("portfolio")
    school_account.person["sub"] = "sub-somebody-else"
    assert "已與另一個學校帳號連結" in sign_in(browser).text
    assert not is_in(browser)


def test_a_school_without_a_provider_has_no_button(servers: Servers, engine_name: str) -> None:
    app = create_app(settings_for(servers.copy(engine_name, "school"), servers.folder))
    browser = app.test_client()
    assert "/login/school" not in browser.get("/login").text
    assert browser.get("/login/school").status_code == 404
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
