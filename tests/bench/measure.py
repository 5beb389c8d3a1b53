"""The measurements: both servers run side by side and are asked one after the other, three rounds of everything."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.client import Client, form_fields
from tests.bench.peers import Peer
from tests.bench.server import Server, serving

CONNECTIONS = 8
WARM_UP = 4


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int = 3
    requests: int = 20
    exports: int = 1
    seconds: float = 2.0


@dataclass
class Results:
    """Per peer and measurement, one number per round."""

    rounds: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, peer: str, name: str, value: float) -> None:
        self.rounds[peer, name].append(value)

    def of(self, peer: str, name: str) -> float:
        return median(self.rounds[peer, name])

    def most(self, peer: str, name: str) -> float:
        return max(self.rounds[peer, name])

    def ratio(self, name: str, ours: str, theirs: str) -> float:
        """The median of the rounds' ratios."""
        pairs = zip(self.rounds[ours, name], self.rounds[theirs, name], strict=True)
        return median(mine / other for mine, other in pairs)


def measure(peers: Sequence[Peer], effort: Effort, log: Path, say: Callable[[str], None]) -> Results:
    """Single requests and exports on one worker, throughput on two."""
    results = Results()
    with ExitStack() as stack:
        single = [stack.enter_context(serving(peer, workers=1, log=log)) for peer in peers]
        double = [stack.enter_context(serving(peer, workers=2, log=log)) for peer in peers]
        clients = [_warm(server) for server in single]
        idle = {server.peer.name: server.rss() for server in single}
        for number in range(effort.rounds):
            say(f"  第 {number + 1} 回合")
            _round(list(zip(single, clients, strict=True))[:: 1 if number % 2 else -1], idle, effort, results)
            for server in double:
                results.add(server.peer.name, "throughput", _throughput(server, effort.seconds))
    return results


def _warm(server: Server) -> Client:
    client = Client(server.port)
    client.sign_in()
    for _ in range(WARM_UP):
        for page in (server.peer.term, server.peer.whole, server.peer.edit):
            client.get(page)
    return client


def _round(pairs: list[tuple[Server, Client]], idle: dict[str, float], effort: Effort, results: Results) -> None:
    for measured in (_lists, _edit):
        for server, client in pairs:
            measured(server, client, effort, results)
    for _ in range(effort.exports):
        for server, client in pairs:
            _export(server, client, idle[server.peer.name], results)


def _lists(server: Server, client: Client, effort: Effort, results: Results) -> None:
    results.add(server.peer.name, "bytes", len(client.get(server.peer.term).body))
    for name in ("term", "whole"):
        address = getattr(server.peer, name)
        for _ in range(WARM_UP):
            client.get(address)
        results.add(server.peer.name, name, median(client.get(address).seconds * 1000 for _ in range(effort.requests)))


def _edit(server: Server, client: Client, effort: Effort, results: Results) -> None:
    shown, saved = [], []
    for number in range(effort.requests // 2):
        page = client.get(server.peer.edit)
        text = f"量測第 {time.time_ns()} 次，{number}"
        fields = [(name, text if name == "description" else value) for name, value in form_fields(page.body, "description")]
        shown.append(page.seconds * 1000)
        saved.append(client.post(server.peer.edit, [each for each in fields if each[0] != "csrf_token"], expect=302).seconds * 1000)
    results.add(server.peer.name, "edit_get", median(shown))
    results.add(server.peer.name, "edit_post", median(saved))


def _export(server: Server, client: Client, idle: float, results: Results) -> None:
    server.forget_peak()
    answer = client.ask(server.peer.csv_method, server.peer.csv)
    results.add(server.peer.name, "csv", answer.seconds)
    results.add(server.peer.name, "csv_rows", answer.body.count(b"\n") - 1)
    results.add(server.peer.name, "csv_memory", server.peak() - idle)


def _throughput(server: Server, seconds: float) -> float:
    """List pages per second with eight people asking at once."""
    clients = list(_signed_in(server))
    end = time.perf_counter() + seconds
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counts = pool.map(lambda client: _ask_until(client, server.peer.term, end), clients)
        return sum(counts) / seconds


def _signed_in(server: Server) -> Iterator[Client]:
    for _ in range(CONNECTIONS):
        client = Client(server.port)
        client.sign_in()
        client.get(server.peer.term)
        yield client


def _ask_until(client: Client, path: str, end: float) -> int:
    done = 0
    while time.perf_counter() < end:
        client.get(path)
        done += 1
    return done
