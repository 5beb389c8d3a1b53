"""A real browser against a real server, on both engines."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.journey import Journey
from tests.conftest import SOAK
from tests.databases import PASSWORD

expect.set_options(timeout=15_000)  # two workers on two cores can keep a page waiting


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys take much of the suite's time: `make test` walks half of their files over SQLite, the other half over PostgreSQL."""
    chosen = {path: sorted(engines)[zlib.crc32(path.name.encode()) % len(engines)] for path, engines in _engines(items).items()}
    left_out = {item for item in items if not SOAK and (engine := _engine(item)) and engine != chosen[item.path]}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _engine(item: pytest.Item) -> str | None:
    """The engine a journey is over; None of any other test."""
    is_journey = isinstance(item, pytest.Function) and "browser" in item.fixturenames and hasattr(item, "callspec")
    return item.callspec.params.get("engine_name") if is_journey else None


def _engines(items: list[pytest.Item]) -> dict[Path, set[str]]:
    """By file of journeys, the engines it can be walked over."""
    found: dict[Path, set[str]] = {}
    for item in items:
        if engine := _engine(item):
            found.setdefault(item.path, set()).add(engine)
    return found


@pytest.fixture(scope="module")
def live(app: Flask) -> Iterator[str]:
    """The address of a server running `app`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def looked_at() -> set[str]:
    """Kinds of pages axe has seen on one of the journeys."""
    return set()


@pytest.fixture
def page_for(browser: Browser, live: str, looked_at: set[str]) -> Iterator[Callable[..., Page]]:
    """A signed-in page for a demo persona. A script error, a CSP report or a page axe objects to fails the test."""
    contexts: list[BrowserContext] = []
    journey = Journey(live, looked_at)

    def page(username: str | None = None, *, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(base_url=live, locale="zh-TW", viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        journey.watch(page)
        if username:
            page.goto("/login")
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.click("button.login-button")
            page.wait_for_url("**/admin/")
        return page

    yield page
    journey.look_again()
    for context in contexts:
        context.close()
    assert journey.problems == []
