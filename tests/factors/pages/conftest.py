"""The demo school with the requirement switched on, and people at fresh browsers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from admin_app.extensions import db
from admin_app.factory import create_app
from models.catalogue import METADATA
from models.event import Event
from models.notice import Notice
from models.people import Account
from models.second_factor import Required
from tests.conftest import settings_for
from tests.databases import Servers
from tests.factors.pages.visitor import ORIGIN, Visitor


@pytest.fixture(scope="module")
def app(servers: Servers, engine_name: str) -> Iterator[Flask]:
    """The demo school, with the requirement switched on and an address of its own."""
    settings = settings_for(servers.copy(engine_name, "school"), servers.folder)
    strict = dataclasses.replace(settings, require_second_factor=Required.posts, base_url=ORIGIN)
    app = create_app(strict)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> Callable[[str], Visitor]:
    """Somebody at a fresh browser; what they set up in this test is forgotten after it."""
    return lambda username: Visitor(app, username)


@pytest.fixture(autouse=True)
def forget(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        for table in ("totp", "passkey", "recovery_code", "challenge", "sign_in_counter"):
            db.session.connection().execute(delete(METADATA.tables[table]))
        db.session.connection().execute(update(METADATA.tables["account"]).values(enabled=True))
        db.session.commit()


def events(app: Flask, username: str) -> list[str]:
    with app.app_context():
        mine = select(Account.id).where(Account.username == username).scalar_subquery()
        return list(
            db.session.scalars(select(Event.verb).where(Event.record_id == mine, Event.kind == "account").order_by(Event.id))
        )


def notices(app: Flask, username: str) -> list[str]:
    with app.app_context():
        mine = select(Account.id).where(Account.username == username).scalar_subquery()
        return list(db.session.scalars(select(Notice.text).where(Notice.account_id == mine).order_by(Notice.id)))


@pytest.fixture
def enrolled(visitor: Callable[[str], Visitor]) -> Visitor:
    """活動組's clerk with an authenticator, signed out."""
    person = visitor("activities_section")
    person.password()
    person.enrol_totp("/account/safety/totp", "/account/safety")
    person.sign_out()
    return person


@pytest.fixture
def with_passkey(visitor: Callable[[str], Visitor]) -> Visitor:
    """活動組's clerk with a passkey, signed out."""
    person = visitor("activities_section")
    person.password()
    person.enrol_passkey("/account/safety/passkey", "/account/safety")
    person.sign_out()
    return person
