"""Walks the pages a person can reach: from the addresses without a gap, link by link, each kind of page once.

A page is a route together with the names of what its address asks; two rows' details are the same page, a sorted list is another
than a plain one. Forms are sent too, without anything typed, for the pages that answer it; those that would do a deed are not.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.access import table
from tests.conftest import SOAK, SchoolClient
from tests.pages.markup import Form, Reader

VARIANTS = 5
"""How many ways of asking for one list are looked at."""
OWN = re.compile(r"csrf_token[^>]*>|nonce[=-][^\s>]*|data-token=\S*|[3-9A-Y]{4}-[3-9A-Y]{4}")
"""What each answer has of its own."""
ROW = re.compile(r"/admin/(\w+)/details/\?id=(\d+)")
GAP = re.compile(r"<[^>]+>")
PART = "片段"
WHOLE = '<!doctype html><html lang="zh-Hant-TW"><head><title>片段</title></head><body>{part}</body></html>'
"""Around what a page's script puts into the page, so that it can be checked like one."""
LEAVES = {"/logout", "/account/sign-ins/end", "/language"}


@dataclass(frozen=True)
class Seen:
    """A page as a person was shown it. `how`: GET, or in which way its form was sent."""

    who: str
    route: str
    how: str
    address: str
    status: int
    html: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The same for two pages that differ in nothing but tokens."""
        return hashlib.sha256(OWN.sub("", self.html).encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.who} {self.how} {self.address} ({self.status})"


@dataclass
class Walk:
    """What one person was shown, and every answer's status by route."""

    who: str
    pages: list[Seen] = field(default_factory=list)
    reached: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    failed: list[str] = field(default_factory=list)


class Walker:
    """One person's way through the application."""

    def __init__(self, app: Flask, who: str, client: SchoolClient) -> None:
        self.client, self.walk = client, Walk(who)
        self.map: MapAdapter = app.url_map.bind("localhost")
        self.screens = app.extensions["screens"]
        self.waiting: deque[str] = deque(self._starts(app))
        self.queued = set(self.waiting)
        self.asked: dict[str, set[frozenset[str]]] = defaultdict(set)
        self.row_of: dict[str, int] = {}
        self.forms: dict[tuple[str, str], tuple[str, Form]] = {}

    def read(self) -> None:
        """Follow every link."""
        while self.waiting:
            self._read(self.waiting.popleft())

    def rest(self) -> Iterator[str]:
        """What no link led to in the grids this person opens: asked about a row of theirs, else about the first there ever was."""
        for rule in self.map.map.iter_rules():
            screen = rule.rule.split("/")[2:3]
            if screen and f"/admin/{screen[0]}/" in self.asked and rule.rule not in self.asked and "GET" in (rule.methods or ()):
                yield GAP.sub("csv", f"{rule.rule}?id={self.row_of.get(screen[0], 1)}")

    def ask(self, address: str) -> None:
        """Go where no link leads, and on from there."""
        self._queue("/", [address])
        self.read()

    def send(self) -> None:
        """Send the forms that were found, if nothing is done by it."""
        for address, form in list(self.forms.values()):
            self._send(address, form)

    def in_english(self, pages: Iterable[Seen]) -> list[Seen]:
        """These pages once more, for somebody who has chosen English."""
        self.client.post("/language", data={"language": "english"})
        found = []
        for page in pages:
            answer = self.client.get(page.address, buffered=True)
            if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
                found.append(replace(page, status=answer.status_code, html=answer.text))
        self.client.post("/language", data={"language": "chinese"})
        return found

    def _read(self, address: str) -> None:
        route = self.route(address, "GET")
        asked = frozenset(_base(name) for name, _ in parse_qsl(urlsplit(address).query))
        if route is None or asked in self.asked[route] or len(self.asked[route]) >= VARIANTS:
            return
        self.asked[route].add(asked)
        answer = self.client.get(address, buffered=True)
        self._keep(route, "GET", address, answer)
        if answer.status_code in (302, 303) and _inside(answer.headers["Location"]):
            self._queue(address, [answer.headers["Location"]])
        if answer.mimetype == "text/html":
            self._follow(address, Reader(answer.text))

    def _follow(self, address: str, page: Reader) -> None:
        self._queue(address, page.links)
        for form in page.forms:
            action = urljoin(address, form.action or address)
            route = self.route(action, form.method.upper())
            if form.method == "post" and route is not None and self._may_be_sent(route):
                self.forms.setdefault((route, ",".join(sorted({name for name, _, _ in form.fields}))[:60]), (action, form))
            elif form.method == "get":
                self._queue(address, [action])

    def _queue(self, address: str, links: list[str]) -> None:
        found = dict.fromkeys(urljoin(address, link).split("#")[0] for link in links)
        self.waiting.extend(each for each in found if each not in self.queued)
        self.queued.update(found)
        for each in found:
            if row := ROW.match(each):
                self.row_of.setdefault(row[1], int(row[2]))

    def _starts(self, app: Flask) -> Iterator[str]:
        """Home, and every address without a gap but those of the grids, which the menu leads to."""
        yield from ("/admin/", "/")
        for rule in app.url_map.iter_rules():
            if (
                not rule.arguments
                and "GET" in (rule.methods or ())
                and rule.rule.split("/")[2:3] not in [[slug] for slug in self.screens]
            ):
                yield str(rule.rule)

    def _send(self, address: str, form: Form) -> None:
        route = self.route(address, "POST") or ""
        for how, pairs in {"POST 空白": [], "POST 未填": form.emptied(), "POST 舊版": _stale(form)}.items():
            if how == "POST 空白" or pairs:
                body = [(name, value) for name, value in pairs if name != "csrf_token"]
                self._keep(route, how, address, self.client.post(address, data=body, buffered=True))

    def _keep(self, route: str, how: str, address: str, answer: Any) -> None:
        self.walk.reached[route].add(answer.status_code)
        if answer.status_code == 500:
            self.walk.failed.append(f"{self.walk.who} {how} {address}")
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
            part = not answer.text.lstrip()[:9].lower().startswith("<!doctype")
            html = WHOLE.format(part=answer.text) if part else answer.text
            self.walk.pages.append(Seen(self.walk.who, route, f"{how} {PART}" if part else how, address, answer.status_code, html))

    def route(self, address: str, method: str) -> str | None:
        """The route an address belongs to."""
        parts = urlsplit(address)
        if parts.netloc not in ("", "localhost") or parts.path in LEAVES or "/static/" in parts.path:
            return None
        try:
            rule, _ = self.map.match(parts.path, method=method, return_rule=True)
        except HTTPException:
            return None
        return str(rule.rule)

    def _may_be_sent(self, route: str) -> bool:
        parts = route.split("/")
        if len(parts) > 2 and parts[1] == "admin" and parts[2] in self.screens:
            parts[2] = "<screen>"
        row = table.row_for("/".join(parts), "POST")
        return row is not None and not any(each.sent for each in table.rows() if each.route == row.route and "POST" in each.methods)


def walk_all(walkers: Sequence[Walker]) -> None:
    """Read everything first; only then send what may be sent.

    In `make soak` everybody asks for whatever no link led them to; in `make test` each such address is asked for until
    somebody is let in.
    """
    for walker in walkers:
        walker.read()
    if SOAK:
        for walker in walkers:
            for address in list(walker.rest()):
                walker.ask(address)
    else:
        _ask_until_let_in(walkers)
    for walker in walkers:
        walker.send()


def _ask_until_let_in(walkers: Sequence[Walker]) -> None:
    known: dict[str, set[int]] = defaultdict(set)
    for route, statuses in (each for walker in walkers for each in walker.walk.reached.items()):
        known[route] |= statuses
    for walker in walkers:
        for address in list(walker.rest()):
            route = walker.route(address, "GET") or ""
            if not known[route] - {403, 404}:
                walker.ask(address)
                known[route] |= walker.walk.reached[route]


def _base(name: str) -> str:
    """A filter of one column is like that of another."""
    return "flt" if name.startswith("flt") else name


def _inside(location: str) -> bool:
    return location.startswith(("/", "http://localhost/"))


def _stale(form: Form) -> list[tuple[str, str]]:
    """As if a colleague had saved first: the version the form was made from is long gone, and something else was typed."""
    if not any(name == "version" for name, _, _ in form.fields):
        return []
    return [
        (name, "0" if name == "version" else f"{value}改" if kind == "textarea" else value) for name, kind, value in form.fields
    ]


def different(pages: Iterable[Seen]) -> list[Seen]:
    """Pages that differ in more than their tokens, the first of each kind."""
    return list({page.digest: page for page in reversed(list(pages))}.values())[::-1]
