"""Every kind of response carries the guards: page, redirect, error, static file, JSON, download, stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from models.verbs import ExportPurpose
from tests.surfaces.conftest import TOKEN, SecureClient

KINDS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "page for anybody": (lambda c: c.application.test_client().get("/login"), 200),
    "page": (lambda c: c.get("/admin/"), 200),
    "grid": (lambda c: c.get("/admin/account/"), 200),
    "redirect": (lambda c: c.get("/"), 302),
    "not found": (lambda c: c.get("/no-such-page"), 404),
    "forbidden": (lambda c: c.get("/admin/consultation/"), 403),
    "wrong method": (lambda c: c.post("/healthz"), 405),
    "bad request": (lambda c: c.get("/admin/account/?page=-1"), 400),
    "no token": (lambda c: c.post("/notices/read", with_token=False), 400),
    "too large": (lambda c: c.post("/login", data={"username": "x" * 2_000_000}), 413),
    "static": (lambda c: c.get("/static/app.css"), 200),
    "static not found": (lambda c: c.get("/static/none.css"), 404),
    "json": (lambda c: c.get("/healthz"), 200),
    "figures": (lambda c: c.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}), 200),
    "empty": (lambda c: c.post("/csp-reports", data="{}", with_token=False), 204),
    "csv": (lambda c: c.post("/admin/staff/export/csv/", data={"purpose": next(iter(ExportPurpose.__members__))}), 200),
    "head": (lambda c: c.head("/admin/"), 200),
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.fixture(scope="module")
def client(served: Flask) -> SecureClient:
    made: Any = served.test_client()
    return made.enter("equipment_section")  # type: ignore[no-any-return]


@pytest.fixture(params=list(KINDS))
def answer(request: pytest.FixtureRequest, client: SecureClient) -> Iterator[Any]:
    ask, status = KINDS[request.param]
    found = ask(client)
    assert found.status_code == status
    yield found
    found.close()


def test_every_kind_of_response_carries_the_guards(answer: Any) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "report-uri /csp-reports",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    for feature in ("camera", "microphone", "geolocation"):
        assert f"{feature}=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
    age, _, reach = answer.headers["Strict-Transport-Security"].partition("; ")
    assert int(age.removeprefix("max-age=")) >= 31_536_000
    assert reach == "includeSubDomains"


def test_only_our_own_files_may_be_kept_by_a_cache(answer: Any) -> None:
    own_file = answer.request.path.startswith("/static/") and answer.status_code == 200
    assert ("no-store" in answer.headers.get("Cache-Control", "")) is not own_file


def test_the_rule_may_be_kept_by_caches_only_for_people_not_signed_in(served: Flask, client: SecureClient) -> None:
    assert "no-store" not in served.test_client().get("/regulation").headers.get("Cache-Control", "")
    assert "no-store" in client.get("/regulation").headers["Cache-Control"]


def test_without_tls_nothing_promises_tls(client_for: Callable[[str], Any]) -> None:
    assert "Strict-Transport-Security" not in client_for("equipment_section").get("/admin/").headers


def test_the_servers_software_is_not_named(client: SecureClient) -> None:
    for name in ("Server", "X-Powered-By"):
        assert "werkzeug" not in client.get("/login").headers.get(name, "").lower()
