"""Every error page, for somebody signed in and for nobody in particular: a sentence in 中文, what to do, the way home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.pages import TITLES
from tests.conftest import SchoolClient, settings_for
from tests.databases import Servers

CODES = sorted(TITLES)


@pytest.fixture(scope="module")
def failing(servers: Servers) -> Iterator[Flask]:
    """The application with pages that fail in each way there is; which engine is behind it makes no difference to them."""
    app = create_app(settings_for(servers.copy("sqlite", "school"), servers.folder))
    app.test_client_class = SchoolClient
    app.add_url_rule("/fails/<int:code>", view_func=lambda code: abort(code), endpoint="fails")
    app.add_url_rule("/breaks", view_func=lambda: 1 / 0, endpoint="breaks")
    app.add_url_rule("/away", view_func=_away, endpoint="away")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _away() -> None:
    raise OperationalError("SELECT secret", {"national_id": "A123456789"}, ConnectionError("gone"))


@pytest.fixture(scope="module", params=["signed in", "nobody"])
def visitor(request: pytest.FixtureRequest, failing: Flask) -> Any:
    client: Any = failing.test_client()
    return client.sign_in("registration_section") if request.param == "signed in" else client


def must_be_a_page(html: str, code: int) -> None:
    assert html.count("<h1") == 1
    assert TITLES[code] in html
    assert f'<p class="error-code" aria-hidden="true">{code}</p>' in html
    assert re.search(r"<code translate=\"no\">[A-Z0-9]{4}-[A-Z0-9]{4}</code>", html)
    body = re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition(">")[2].partition("</main>")[0])
    assert not re.search(r"[A-Za-z]{4,}", re.sub(r"[A-Z0-9]{4}-[A-Z0-9]{4}", "", body)), "an English leftover"
    assert "None" not in body


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_says_what_is_wrong_and_leads_home(code: int, visitor: Any) -> None:
    answer = visitor.get(f"/fails/{code}")
    assert answer.status_code == code
    must_be_a_page(answer.text, code)
    home = re.search(r'class="btn btn-primary" href="([^"]+)"', answer.text)
    assert home is not None
    assert visitor.get(home[1], follow_redirects=True).status_code == 200


@pytest.mark.parametrize(("address", "code"), [("/breaks", 500), ("/away", 503)])
def test_a_failure_gives_nothing_away(address: str, code: int, visitor: Any) -> None:
    answer = visitor.get(address)
    assert answer.status_code == code
    must_be_a_page(answer.text, code)
    for secret in ("SELECT", "A123456789", "Traceback", "ZeroDivision", "OperationalError"):
        assert secret not in answer.text


def test_who_should_come_again_is_told_when(visitor: Any) -> None:
    for code in (429, 503):
        assert int(visitor.get(f"/fails/{code}").headers["Retry-After"]) > 0


def test_a_frame_that_needs_the_database_is_left_out_when_it_is_away(visitor: Any) -> None:
    html = visitor.get("/away").text
    assert "data-side-nav" not in html
    assert '<main id="main"' in html
