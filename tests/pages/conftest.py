"""The pages of the demo school, walked once and looked at by every test of this folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select

from admin_app import pages as error_pages
from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.services.editions import copy_to_draft
from models.people import Account
from models.regulation import Edition
from tests.conftest import SOAK, SchoolClient, settings_for
from tests.databases import Servers
from tests.pages.choosing import to_read
from tests.pages.walking import Seen, Walk, Walker, walk_all
from tests.pages.wording import Written, data_of
from tests.permissions import paper
from tests.permissions.cases import PERSONAS, SCREENS
from tests.permissions.conftest import enter
from tests.permissions.school import School

ERRORS = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
NOBODY = "anonymous"
FIRST = ("student", "equipment_section", "registration_section")
"""A pupil, who keeps the accounts, and a clerk of the grids: they meet nearly every page that is no grid."""


@pytest.fixture(scope="session")
def walked_app(servers: Servers) -> Iterator[Flask]:
    """The demo school on SQLite; what a page looks like does not depend on the database."""
    app = create_app(settings_for(servers.copy("sqlite", "school"), servers.folder))
    app.test_client_class = SchoolClient
    school = School(app.extensions["settings"].database_url)
    with school.session() as session:
        copy_to_draft(session, session.scalars(select(Edition)).one(), code="draft-115", basis="示範修正")
    yield app
    school.engine.dispose()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def walkers(walked_app: Flask) -> dict[str, Walker]:
    """Everybody on their way through all their pages; in `make test` so many that each screen is read and written once."""
    names = _everybody(walked_app) if SOAK else some_people()
    found = {NOBODY: Walker(walked_app, NOBODY, _nobody(walked_app))}
    found |= {name: Walker(walked_app, name, enter(walked_app, name)) for name in names}
    walk_all(list(found.values()))
    return found


@pytest.fixture(scope="session")
def walks(walked_app: Flask, walkers: dict[str, Walker]) -> list[Walk]:
    """What each of them was shown."""
    return [*(walker.walk for walker in walkers.values()), _errors(walked_app)]


@pytest.fixture(scope="session")
def shown(walks: list[Walk]) -> list[Seen]:
    """Every page anybody was shown."""
    return [page for walk in walks for page in walk.pages]


@pytest.fixture(scope="session")
def in_english(walkers: dict[str, Walker], shown: list[Seen]) -> list[Seen]:
    """The pages that are read, in English."""
    pages: dict[str, list[Seen]] = defaultdict(list)
    for page in to_read(shown):
        if page.how == "GET" and page.who in walkers:
            pages[page.who].append(page)
    return [page for who, theirs in pages.items() for page in walkers[who].in_english(theirs)]


@pytest.fixture(scope="session")
def written(walked_app: Flask, walkers: dict[str, Walker]) -> Iterator[Written]:
    """What people wrote in the school."""
    school = School(walked_app.extensions["settings"].database_url)
    yield Written(data_of(school))
    school.engine.dispose()


def some_people() -> list[str]:
    """The fewest who open every screen and write wherever somebody may: the one with the most of what is missing comes next."""
    opens = {
        post: {(line.screen, line.writes) for also in paper.with_also(post) for line in paper.lines() if line.post == also}
        for post in PERSONAS
    }
    missing, chosen = {(screen, writes) for found in opens.values() for screen, writes in found if screen in SCREENS}, list(FIRST)
    missing -= set().union(*(opens[post] for post in FIRST))
    while missing:
        chosen.append(max(opens, key=lambda post: len(opens[post] & missing)))
        missing -= opens[chosen[-1]]
    return chosen


def _everybody(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Account.username).where(Account.demo).order_by(Account.id)))


def _nobody(app: Flask) -> SchoolClient:
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    found: SchoolClient = client
    return found


def _errors(app: Flask) -> Walk:
    """Every error page, as whoever is not signed in meets it."""
    walk = Walk("errors")
    for code in ERRORS:
        with app.test_request_context("/somewhere"):
            g.plain_page = False
            html, status, _ = error_pages.page(code, error_pages.SENTENCES.get(code, "請返回上一頁重新操作。"))
            walk.pages.append(Seen("errors", "error", "GET", f"/{code}", status, html))
    return walk


@pytest.fixture(scope="session")
def static_of(walked_app: Flask) -> Callable[[str], tuple[bytes, str]]:
    """A file a page names, and its kind."""
    client, known = walked_app.test_client(), {}

    def read(path: str) -> tuple[bytes, str]:
        if path not in known:
            answer = client.get(path, buffered=True)
            known[path] = (answer.data, answer.content_type)
        return known[path]

    return read
