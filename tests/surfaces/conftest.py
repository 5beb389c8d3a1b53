"""The same school as it is served in earnest: behind TLS, with figures for a monitoring system."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.factory import create_app
from tests.conftest import SchoolClient, settings_for
from tests.databases import PASSWORD, Servers

HOST = "portfolio.example.edu.tw"
TOKEN = "a token for the monitoring system"


@pytest.fixture(scope="module")
def served(servers: Servers, engine_name: str) -> Iterator[Flask]:
    """The application behind a TLS proxy, answering to its own name only."""
    settings = settings_for(servers.copy(engine_name, "school"), servers.folder)
    settings = replace(settings, behind_tls=True, trusted_hosts=(HOST,), metrics_token=TOKEN, demo=True)
    app = create_app(settings)
    app.test_client_class = SecureClient
    yield app
    gc.collect()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SecureClient(SchoolClient):
    """A browser that comes through the proxy."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("base_url", f"https://{HOST}")
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("Referer", f"https://{HOST}/login")
        return super().open(*args, headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", **headers}, **kwargs)

    def enter(self, username: str) -> SecureClient:
        self.token = self.read_token("/login")
        answer = self.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302
        self.token = self.read_token("/account")
        return self
