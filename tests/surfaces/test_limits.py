"""Requests that are too large in any of the ways a request can be get 413 and a sentence, and names that are not ours 400."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.config import read_settings
from admin_app.factory import MOST_BYTES, MOST_FORM_BYTES, MOST_PARTS
from tests.surfaces.conftest import HOST

Clients = Callable[[str], Any]
EDGE = "----edge"
TYPE = f"multipart/form-data; boundary={EDGE}"


def parts(*bodies: bytes) -> bytes:
    return b"".join(b"--%s\r\n%s\r\n" % (EDGE.encode(), body) for body in bodies) + b"--%s--\r\n" % EDGE.encode()


def field(name: str, value: bytes, more: bytes = b"") -> bytes:
    return b'Content-Disposition: form-data; name="%s"\r\n%s\r\n%s' % (name.encode(), more, value)


TOO_LARGE = {
    "whole body": ("application/octet-stream", b"x" * (MOST_BYTES + 1)),
    "urlencoded field": ("application/x-www-form-urlencoded", b"username=" + b"x" * (MOST_FORM_BYTES + 1)),
    "field of a part": (TYPE, parts(field("username", b"x" * (MOST_FORM_BYTES + 1)))),
    "many parts": (TYPE, parts(*(field(f"f{number}", b"") for number in range(MOST_PARTS + 1)))),
    "header of a part": (TYPE, parts(field("username", b"x", b"X-Long: " + b"x" * (MOST_FORM_BYTES + 1) + b"\r\n"))),
    "header without end": (TYPE, b"--%s\r\nX-Long: " % EDGE.encode() + b"x" * (MOST_FORM_BYTES + 1)),
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_too_large_a_request_gets_413_and_what_to_do(kind: str, client_for: Clients) -> None:
    content_type, body = TOO_LARGE[kind]
    answer = client_for("equipment_section").open("/login", method="POST", data=body, content_type=content_type)
    assert answer.status_code == 413
    assert "請縮小檔案或分次送出" in answer.text


def test_what_is_just_small_enough_is_read(client_for: Clients) -> None:
    body = parts(*(field(f"f{number}", b"") for number in range(MOST_PARTS - 1)))
    answer = client_for("equipment_section").open("/login", method="POST", data=body, content_type=TYPE)
    assert answer.status_code == 400  # no CSRF token among them: it got that far


@pytest.mark.parametrize("name", ["evil.example", f"{HOST}.evil.example", f"evil.{HOST}", "", "a b", "[::1", "evil.example:8000"])
def test_a_name_that_is_not_ours_is_refused_with_a_sentence(name: str, served: Flask) -> None:
    answer = FlaskClient(served, response_wrapper=served.response_class).get("/login", base_url="http://x/", headers={"Host": name})
    assert answer.status_code == 400
    assert "PORTFOLIO_TRUSTED_HOSTS" in answer.text
    assert "evil" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [HOST, f"{HOST}:443"])
def test_our_own_name_is_answered(name: str, served: Flask) -> None:
    answer = FlaskClient(served, response_wrapper=served.response_class).get("/healthz", headers={"Host": name})
    assert answer.status_code == 200


GIVEN = {"PORTFOLIO_SECRET_KEY": "a secret key for tests only"}


@pytest.mark.parametrize(
    ("environ", "ours", "foreign"),
    [
        ({}, "localhost", "school.example"),
        ({"PORTFOLIO_BASE_URL": "https://p.school.example"}, "p.school.example", "other.example"),
        ({"PORTFOLIO_TRUSTED_HOSTS": "a.example, .b.example"}, ".b.example", "p.school.example"),
        ({"PORTFOLIO_HOST": "10.1.2.3"}, "10.1.2.3", "10.1.2.4"),
        ({"PORTFOLIO_HOST": "::"}, "127.0.0.1", "10.1.2.4"),
    ],
)
def test_which_names_are_ours(environ: dict[str, str], ours: str, foreign: str, tmp_path: Any) -> None:
    found = read_settings({**GIVEN, **environ, "PORTFOLIO_DATA_DIR": str(tmp_path)}).trusted_hosts
    assert ours in found
    assert foreign not in found


def test_a_demo_on_every_interface_answers_to_any_name(tmp_path: Any) -> None:
    environ = {**GIVEN, "PORTFOLIO_HOST": "::", "PORTFOLIO_DATA_DIR": str(tmp_path)}
    assert read_settings(environ, demo=True).trusted_hosts == ()
