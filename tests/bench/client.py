"""A small browser: keeps its cookies and its connection, fills in forms, and times what it asks for."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode

from tests.bench.data.school import PASSWORD
from tests.bench.results import BenchFailed

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """`seconds`: from sending the request to the answer's last byte; `statements`: what the server says it sent to the database."""

    status: int
    body: bytes
    seconds: float
    statements: int = 0


class Client:
    """One person's browser on one server."""

    def __init__(self, port: int, login: str = "/login") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._cookies: dict[str, str] = {}
        self._login = login
        self._form: Pairs = []

    @property
    def cookie(self) -> str:
        """What the browser sends to be known."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def close(self) -> None:
        self._connection.close()

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Pass the sign-in page as a person would."""
        self.open_sign_in()
        self.try_password(username, password, expect=302)

    def open_sign_in(self) -> None:
        """The sign-in page, with what its form carries."""
        self._form = form_fields(self.get(self._login).body, "password")

    def try_password(self, username: str, password: str, expect: int) -> Answer:
        given = {"username": username, "password": password}
        return self.post(self._login, [*((name, value) for name, value in self._form if name not in given), *given.items()], expect)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, 200)

    def post(self, path: str, pairs: Pairs, expect: int = 200) -> Answer:
        return self._ask("POST", path, urlencode(pairs), expect)

    def _ask(self, method: str, path: str, body: str | None, expect: int) -> Answer:
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self._connection.port}{path}"
        start = time.perf_counter()
        try:
            response = self._send(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):  # kept too long, or the worker was replaced
            self._connection.close()
            start = time.perf_counter()
            response = self._send(method, path, body, headers)
        content = response.read()
        seconds = time.perf_counter() - start
        for value in response.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        if response.status != expect:
            raise BenchFailed(f"{method} {path} 回覆 {response.status}：{content[:500].decode(errors='replace')}")
        return Answer(response.status, content, seconds, int(response.headers.get("X-Statements") or 0))

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()


def field_of(page: bytes, name: str) -> str:
    """The value of one hidden field; empty when the page has none."""
    return dict(form_fields(page, name)).get(name, "")


def form_fields(page: bytes, having: str) -> Pairs:
    """What the first form with a field named `having` would send."""
    reader = _FormReader()
    reader.feed(page.decode())
    return next((form for form in reader.forms if having in dict(form)), [])


class _FormReader(HTMLParser):
    """Collects the successful controls of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Pairs] = []
        self._open = False
        self._select: str | None = None
        self._first: str | None = None
        self._chosen: str | None = None
        self._area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self.forms.append([])
            self._open = True
        elif tag == "option" and self._select:
            self._first = value if self._first is None else self._first
            self._chosen = value if "selected" in given else self._chosen
        elif self._open and name:
            self._control(tag, name, value, given)

    def _control(self, tag: str, name: str, value: str, given: dict[str, str | None]) -> None:
        kind = given.get("type", "text")
        if tag == "select":
            self._select, self._first, self._chosen = name, None, None
        elif tag == "textarea":
            self._area = [name, ""]
        elif tag == "input" and kind not in ("submit", "file") and (kind not in ("checkbox", "radio") or "checked" in given):
            self.forms[-1].append((name, value))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select" and self._select:
            chosen = self._chosen if self._chosen is not None else self._first
            self.forms[-1] += [(self._select, chosen)] if chosen is not None else []
            self._select = None
        elif tag == "textarea" and self._area:
            self.forms[-1].append((self._area[0], self._area[1].lstrip("\n")))
            self._area = None
