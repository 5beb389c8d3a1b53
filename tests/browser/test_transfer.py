"""What travels: the first page of a session within its budget, later pages nothing but their HTML. Bytes as they cross the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")]
FIRST_PAGE = 250_000
LATER_PAGE = 25_000
LATER = (
    "/admin/student/",
    "/admin/student/new/",
    "/admin/club_office/",
    "/admin/",
    "/regulation",
    "/account",
    "/audit",
    "/posts",
    "/imports",
)


@dataclass
class Traffic:
    """What one page fetched from the server, by address; what a cache answered is not in it."""

    bytes: dict[str, int] = field(default_factory=dict)
    counted: list[str] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _cached: set[str] = field(default_factory=set)

    def listen(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = event["request"]["url"]

    def _received(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache") or event["response"].get("fromPrefetchCache"):
            self._cached.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        number, address = event["requestId"], self._asked.get(event["requestId"], "")
        if number not in self._cached and address.startswith("http"):
            self.counted.append(address)
            self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])

    def clear(self) -> None:
        self.bytes.clear()
        self.counted.clear()


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


def visit(page: Page, address: str) -> None:
    page.goto(address, wait_until="networkidle")


def test_first_page_and_later_pages_stay_within_their_budgets(page_for: Callable[..., Page], traffic: Traffic) -> None:
    page = page_for()
    traffic.listen(page)
    visit(page, "/login")
    total = sum(traffic.bytes.values())
    assert 20_000 < total <= FIRST_PAGE, traffic.bytes
    assert len(set(traffic.counted)) == len(traffic.counted), "something was loaded twice"
    page.locator("button.persona[value='executive_secretary']").click()
    page.wait_for_url("**/admin/")
    page.wait_for_load_state("networkidle")
    for address in LATER:
        traffic.clear()
        visit(page, address)
        assert [each for each in traffic.counted if "/static/" in each] == [], address
        assert 0 < sum(traffic.bytes.values()) <= LATER_PAGE, (address, traffic.bytes)


def test_home_may_be_the_first_page_too(page_for: Callable[..., Page], traffic: Traffic) -> None:
    page = page_for("registration_section")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    traffic.listen(page)
    visit(page, "/admin/")
    assert sum(traffic.bytes.values()) <= FIRST_PAGE
    assert len(set(traffic.counted)) == len(traffic.counted)
    traffic.clear()
    visit(page, "/admin/student/")
    assert [each for each in traffic.counted if "/static/" in each] == []
