"""A bulk deed as a person does it: the page that says what will happen, then the button."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from tests.permissions.acts import record
from tests.permissions.school import School

Clients = Callable[[str], Any]
Body = list[tuple[str, str]]


def hidden(page: str, address: str = "/action/") -> tuple[str, Body]:
    """(address, hidden fields) of the page's form that leads on."""
    form = next(each for each in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL) if address in each.split(">")[0])
    action = html.unescape(re.search(r'action="([^"]+)"', form)[1])  # type: ignore[index]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return action, [(name, html.unescape(value)) for name, value in pairs if name != "csrf_token"]


def ask(client: Any, screen: str, action: str, *rows: int, address: str = "", **more: str) -> Any:
    """The first press of a button of the bar: of rows, or of all that match an address."""
    body = {"action": action, **({"rowid": [str(row) for row in rows]} if rows else {"all": "1"}), **more}
    return client.post(f"/admin/{screen}/action/{address}", data=body)


def confirm(client: Any, page: Any, **changed: str) -> Any:
    """The button at the foot of the page; `changed`: hidden fields tampered with."""
    assert page.status_code in (200, 409), page.text
    address, body = hidden(page.text)
    return client.post(address, data=[(name, changed.get(name, value)) for name, value in body])


def undo(client: Any) -> Any:
    """「復原」 of the newest deed on the person's own page."""
    return client.post(undo_address(client))


def undo_address(client: Any) -> str:
    """Where the newest deed is taken back."""
    return hidden(client.get("/deeds").text.partition('class="deed-list"')[2], "/undo")[0]


def three(place: School, client: Any, username: str, screen: str) -> list[int]:
    """Three new rows of a screen."""
    return [record(place, client, username, screen) for _ in range(3)]
