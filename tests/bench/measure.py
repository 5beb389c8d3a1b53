"""The measurements: every server runs at once and is asked one after the other, three rounds of everything."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.applications import OURS, RAW, STOCK, Application
from tests.bench.client import Answer, Client, Pairs, field_of, form_fields
from tests.bench.data.school import Facts
from tests.bench.results import BenchFailed, Results
from tests.bench.server import Server, serving
from tests.bench.throughput import throughput

LISTS = ("list1", "newest", "mine", "deep", "sort", "search", "filter")
SLOW = 2.0
"""A request that takes longer is asked once a round, and its warming up counts."""
CITY_OF_STOCK = ("list1", "newest", "mine")
"""Flask-Admin's lists are the same stock and tuned; where one takes seconds only these are asked of both."""
PAGE_SIZES = (20, 50, 200)


@dataclass(frozen=True)
class Effort:
    """How much is measured. `budget`: the most seconds for one request of one application in one round."""

    rounds: int = 3
    requests: int = 12
    budget: float = 3.0
    seconds: float = 2.0
    warm_up: int = 3


@dataclass
class Peer:
    """One running application with its people signed in."""

    app: Application
    server: Server
    clerk: Client
    teacher: Client
    urls: dict[str, str]

    @property
    def name(self) -> str:
        return self.app.name

    def who(self, request: str) -> Client:
        return self.teacher if request == "mine" else self.clerk


Say = Callable[[str], None]


def measure(apps: Sequence[Application], facts: Facts, effort: Effort, results: Results, log: Path, say: Say) -> None:
    """Measure everybody over one database."""
    big = facts.size == "city"
    for app in apps:
        _count(app, facts, results, log)
    with ExitStack() as stack:
        peers = [_start(stack.enter_context(serving(app, log=log)), facts) for app in apps]
        _same_rows(peers, results)
        for number in range(effort.rounds):
            say(f"  第 {number + 1} 回合")
            turn = peers[number % len(peers) :] + peers[: number % len(peers)]
            _lists(turn, number, effort, results, big=big)
            _edits(turn, number, effort, results, big=big)
            _throughputs(turn, number, effort, results, big=big)
            if big:
                _exports(turn, number, results)
            results.save(log.parent)


def _start(server: Server, facts: Facts) -> Peer:
    """Sign the people in, and warm every page that is quick."""
    app = server.app
    clerk, teacher = (Client(server.port, app.login or "/") for _ in range(2))
    if app.login:
        clerk.sign_in(facts.clerk)
        teacher.sign_in(facts.teacher)
    peer = Peer(app, server, clerk, teacher, dict(app.urls))
    if app.name == OURS:
        peer.urls["deep"] = _before_the_last(peer)
    peer.who("mine").get(peer.urls.get("mine", app.login or "/"))
    return peer


def _before_the_last(peer: Peer) -> str:
    """Our deep page: the one before the last, as its link names it. A long list of ours has no page numbers."""
    page = peer.clerk.get(peer.urls["deep"]).body.decode()
    found = re.search(r'href="([^"]*[?&](?:amp;)?before=(?!end)[^"]+)"', page)
    if not found:
        raise BenchFailed("最後一頁沒有通往前一頁的連結")
    address = found[1].replace("&amp;", "&")
    return address if address.startswith("/") else peer.urls["list1"].partition("?")[0] + address


def _count(app: Application, facts: Facts, results: Results, log: Path) -> None:
    """Statements and bytes of each page, on a server of its own that counts."""
    if app.name == RAW:
        return
    with serving(app, log=log, extra=app.counting, workers=1) as server:
        peer = _start(server, facts)
        for name in ("list1", "mine", "filter", "edit_get"):
            peer.who(name).get(peer.urls[name])
            answer = peer.who(name).get(peer.urls[name])
            results.figure(app.name, f"statements {name}", answer.statements)
            results.figure(app.name, f"bytes {name}", len(answer.body))
            results.figure(app.name, f"packed {name}", len(gzip.compress(answer.body, 6)))
        for size in PAGE_SIZES if app.name == OURS else ():
            answer = peer.clerk.get(f"{peer.urls['list1']}&page_size={size}")
            results.figure(app.name, f"statements of {size}", answer.statements)


def _same_rows(peers: Sequence[Peer], results: Results) -> None:
    """The first page has the same rows everywhere, or nothing is worth comparing."""
    shown = {peer.name: _rows(peer) for peer in peers if peer.app.row}
    if any(rows != shown[OURS] or not rows for rows in shown.values()):
        raise BenchFailed(f"第 1 頁不是同樣的列：{ {name: sorted(rows)[:5] for name, rows in shown.items()} }")
    results.figure(OURS, "rows", len(shown[OURS]))


def _rows(peer: Peer) -> set[str]:
    return set(re.findall(re.escape(peer.app.row) + r"(\d+)", peer.clerk.get(peer.urls["list1"]).body.decode()))


def _lists(peers: Sequence[Peer], number: int, effort: Effort, results: Results, *, big: bool) -> None:
    for name in LISTS:
        for peer in peers:
            if name in peer.urls and not (big and peer.name == STOCK and name not in CITY_OF_STOCK):
                client, address = peer.who(name), peer.urls[name]
                results.add(peer.name, name, number, _samples(lambda c=client, a=address: c.get(a).seconds, effort))  # type: ignore[misc]


def _samples(ask: Callable[[], float], effort: Effort) -> list[float]:
    """Milliseconds of several requests after warming up; fewer where one takes long."""
    first = ask()
    if first > SLOW:
        return [first * 1000]
    for _ in range(effort.warm_up - 1 if first < SLOW / 4 else 0):
        ask()
    end = time.perf_counter() + effort.budget
    found: list[float] = []
    while len(found) < effort.requests and (len(found) < 2 or time.perf_counter() < end):
        found.append(ask() * 1000)
    return found


def _edits(peers: Sequence[Peer], number: int, effort: Effort, results: Results, *, big: bool) -> None:
    """Open the form of one row and save it with another 簡述."""
    for peer in peers:
        if "edit_get" not in peer.urls or (big and peer.name == STOCK and number):
            continue
        end, shown, saved = time.perf_counter() + effort.budget * 2, [], []
        while len(shown) < effort.requests and (not shown or time.perf_counter() < end):
            page = peer.clerk.get(peer.urls["edit_get"])
            fields = _another(form_fields(page.body, "brief"))
            shown.append(page.seconds * 1000)
            saved.append(peer.clerk.post(peer.urls["edit_get"], fields, expect=302).seconds * 1000)
        results.add(peer.name, "edit_get", number, shown[1:] or shown)
        results.add(peer.name, "edit_post", number, saved[1:] or saved)


def _another(fields: Pairs) -> Pairs:
    text = f"量測時改寫的簡述，第 {time.time_ns()} 次。"
    return [(name, text if name == "brief" else value) for name, value in fields if not name.startswith("_") or name == "_save"]


def _throughputs(peers: Sequence[Peer], number: int, effort: Effort, results: Results, *, big: bool) -> None:
    """Page 1 by sixteen people; in the city one's own rows, because the peers take seconds for page 1."""
    for name in ("mine",) if big else ("list1", "mine"):
        for peer in peers:
            if name in peer.urls and not (big and peer.name == STOCK):
                found = throughput(peer.server.port, peer.urls[name], peer.who(name).cookie, effort.seconds)
                results.add(peer.name, f"throughput {name}", number, [found.per_second])
                results.add(peer.name, "client share", number, [found.client_share])
    for peer in peers:
        if "client" in peer.urls:
            ceiling = throughput(peer.server.port, peer.urls["client"], "", effort.seconds / 2)
            results.add(peer.name, "client ceiling", number, [ceiling.per_second])


def _exports(peers: Sequence[Peer], number: int, results: Results) -> None:
    for peer in peers:
        if "csv" not in peer.urls or peer.name == STOCK:
            continue
        before = peer.server.rss()  # what the pages asked for until now keep in memory is not the export's
        peer.server.forget_peaks()
        answer = _csv(peer)
        over = max(peak - before.get(pid, peak) for pid, peak in peer.server.peaks().items())
        results.add(peer.name, "csv", number, [answer.seconds * 1000])
        results.add(peer.name, "csv memory", number, [over])
        results.figure(peer.name, "csv rows", answer.body.count(b"\n") - 1)


def _csv(peer: Peer) -> Answer:
    if peer.name != OURS:
        return peer.clerk.get(peer.urls["csv"])
    token = field_of(peer.clerk.get(peer.urls["edit_get"]).body, "csrf_token")
    return peer.clerk.post(peer.urls["csv"], [("purpose", "checking"), ("csrf_token", token)])
