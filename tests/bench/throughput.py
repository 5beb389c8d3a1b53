"""Sixteen people asking at once: one thread and a selector, so that asking costs the machine as little as can be.

Each connection has one request under way; the next is sent when the answer is in. The share of a core the client itself used is
told with the figure, because on a small machine a dear client would be measured instead of the server.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from dataclasses import dataclass

from tests.bench.results import BenchFailed

CONNECTIONS = 16
PIECE = 1 << 18
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PATIENCE = 30.0


@dataclass(frozen=True)
class Throughput:
    """Answers a second, and what part of one core the client used meanwhile."""

    per_second: float
    client_share: float


class _Connection:
    """One browser; knows when an answer is whole."""

    def __init__(self, port: int, request: bytes) -> None:
        self.request, self.port = request, port
        self.socket = self._open()

    def _open(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def ask(self) -> None:
        self.got = b""
        self.socket.sendall(self.request)

    def take(self) -> bool:
        """Read what has come; whether the answer is whole."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise BenchFailed("伺服器在量測途中關閉連線")
        self.got += piece
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise BenchFailed(f"量測途中的回覆不是 200：{head[:100]!r}")
        length = LENGTH.search(head)
        return len(body) >= int(length[1]) if length else self.got.endswith(b"0\r\n\r\n")


def throughput(port: int, path: str, cookie: str, seconds: float) -> Throughput:
    """Ask `path` over and over with 16 connections."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    connections = [_Connection(port, request) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as selector:
        for each in connections:
            selector.register(each.socket, selectors.EVENT_READ, each)
            each.ask()
        start, cpu = time.perf_counter(), time.process_time()
        done, took = _until(selector, start, seconds)
        share = (time.process_time() - cpu) / took
    for each in connections:
        each.socket.close()
    return Throughput(done / took, share)


def _until(selector: selectors.BaseSelector, start: float, seconds: float) -> tuple[int, float]:
    """Answers and seconds: until the time is up and each connection may have had one; then wait for what is still under way."""
    done, took, open_requests = 0, 0.0, CONNECTIONS
    while open_requests:
        for key, _ in selector.select(timeout=1.0):
            if not key.data.take():
                continue
            if took:
                open_requests -= 1
                continue
            done += 1
            passed = time.perf_counter() - start
            if passed >= seconds and done >= CONNECTIONS:
                took, open_requests = passed, open_requests - 1
            else:
                key.data.ask()
    return done, took
