"""Walking through the pages as a browser without script does: forms, tokens, redirects; and a device that answers for passkeys."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pyotp
import time_machine
from flask import Flask

from admin_app import clock
from tests.databases import PASSWORD
from tests.factors.device import Device

ORIGIN = "https://portfolio.example.edu.tw"
HOST = "portfolio.example.edu.tw"


@dataclass
class Visitor:
    """One person at one browser. `secret` is what their authenticator app was shown."""

    app: Flask
    username: str
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    device: Device = field(default_factory=lambda: Device(ORIGIN, HOST))

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.at = ""

    def get(self, path: str) -> Any:
        return self._arrived(self.client.get(path, follow_redirects=True))

    def post(self, path: str, data: dict[str, Any] | None = None, *, token_from: str = "") -> Any:
        token = self._token(token_from or path)
        return self._arrived(self.client.post(path, data={**(data or {}), "csrf_token": token}, follow_redirects=True))

    def password(self) -> Any:
        """Type name and password."""
        return self.post("/login", {"username": self.username, "password": PASSWORD})

    def code(self) -> str:
        """What the app shows now."""
        return pyotp.TOTP(self.secret).at(int(clock.timestamp(clock.now())))

    def enrol_totp(self, path: str, page: str) -> Any:
        handle = self.begin_totp(path, page)
        return self.shown(self.post(path, {"code": self.code(), "handle": handle}, token_from=page))

    def begin_totp(self, path: str, page: str) -> str:
        """Let the app scan the code; the handle its form carries."""
        text = self.post(path, token_from=page).text
        self.secret = re.sub(r"\s", "", re.search(r'class="secret"[^>]*>([^<]+)<', text)[1])  # type: ignore[index]
        return re.search(r'name="handle" value="([^"]+)"', text)[1]  # type: ignore[index]

    def enrol_passkey(self, path: str, page: str, name: str = "手機") -> Any:
        options = self._options(f"{path}/options", page)
        return self.shown(self.post(path, {"answer": self.device.create(options), "name": name}, token_from=page))

    def show_passkey(self, path: str, options_path: str, page: str, **more: str) -> Any:
        options = self._options(options_path, page)
        return self.post(path, {"answer": self.device.get(options), **more}, token_from=page)

    def sign_out(self) -> Any:
        return self.post("/logout", token_from="/account")

    def is_in(self) -> bool:
        """Whether anything but the sign-in opens."""
        return self.client.get("/account").status_code == 200

    def _options(self, path: str, page: str) -> str:
        answer = self.client.post(path, headers={"X-CSRFToken": self._token(page)})
        assert answer.status_code == 200, answer.text
        return json.dumps(answer.json)

    def _token(self, path: str) -> str:
        page = self.client.get(path, follow_redirects=True).text
        return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def _arrived(self, answer: Any) -> Any:
        self.at = answer.request.path
        return answer

    def shown(self, answer: Any) -> Any:
        self.codes = [html.unescape(code) for code in re.findall(r"<li><code>([^<]+)</code>", answer.text)] or self.codes
        return answer


def later(seconds: int) -> Any:
    """That many seconds from the present moment."""
    return time_machine.travel(clock.timestamp(clock.now()) + seconds, tick=True)
