"""The bench's own browser and its sixteen connections, against a small real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.client import Client, form_fields
from tests.bench.throughput import CONNECTIONS, throughput

FORM = """<form><input name="q"></form>
<form method="post"><input type="hidden" name="token" value="&lt;1&gt;"><input name="student" value="7">
<select name="teaching"><option value="3">甲</option><option value="4" selected>乙</option></select>
<textarea name="brief">
原來的</textarea><input type="checkbox" name="practical" value="1"><input type="submit" name="_save" value="儲存"></form>"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.05)
        chunked = self.path == "/chunked"
        body = b"5\r\nhello\r\n0\r\n\r\n" if chunked else b"x" * 40_000
        self.send_response(200)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body)))))
        self.send_header("X-Statements", "5")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture
def port() -> Iterator[int]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_form_is_sent_as_a_browser_would() -> None:
    assert form_fields(FORM.encode(), "brief") == [("token", "<1>"), ("student", "7"), ("teaching", "4"), ("brief", "原來的")]


def test_an_answer_tells_its_statements(port: int) -> None:
    with closing(Client(port)) as client:
        answer = client.get("/")
    assert (answer.statements, len(answer.body)) == (5, 40_000)


def test_sixteen_wait_at_once_and_not_one_after_the_other(port: int) -> None:
    found = throughput(port, "/slow", "", 0.4)
    assert found.per_second > CONNECTIONS / 0.05 / 4


def test_every_connection_is_answered_however_short_the_time(port: int) -> None:
    assert throughput(port, "/slow", "", 0.001).per_second > 0


def test_a_streamed_answer_is_known_to_be_whole(port: int) -> None:
    assert throughput(port, "/chunked", "", 0.1).per_second > CONNECTIONS
