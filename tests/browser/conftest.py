"""A real browser against a real server, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.journey import Journey
from tests.databases import PASSWORD

expect.set_options(timeout=15_000)  # two workers on two cores can keep a page waiting


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
