"""Bodies as broken lines and odd clients send them to a real server: refused with a sentence, and nothing is left of them."""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.databases import Servers
from tests.evidence import files
from tests.evidence.server import Server, Uploader, uploaders

MB = 1024 * 1024
EDGE = "part-of-a-test"


@pytest.fixture(scope="module")
def place(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("wire")
    server = Server(servers.copy("sqlite", "school"), folder, PORTFOLIO_STORE_URL=str(folder / "files"))
    yield server, folder / "files"
    server.stop()


@pytest.fixture(scope="module")
def line(place: tuple[Server, Path]) -> Uploader:
    return uploaders(place[0], 1)[0]


def form(line: Uploader, content: bytes, *, parts: int = 0, name: str = "work.pdf", key: str = "") -> bytes:
    fields = [("key", key or hashlib.sha256(content + name.encode()).hexdigest()[:32]), ("csrf_token", line.token)]
    fields += [(f"part{number}", "x") for number in range(parts)]
    body = b"".join(f'--{EDGE}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields)
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return body + head + content + f"\r\n--{EDGE}--\r\n".encode()


def raw(place: tuple[Server, Path], line: Uploader, body: bytes, length: str, *, chunked: bool = False, cut: int = 0) -> Any:
    """Send a body with any headers; (status, message), or None when the server gave no answer."""
    cookies = "; ".join(f"{each.name}={each.value}" for each in line.line.cookies)
    head = f"POST /files/ HTTP/1.1\r\nHost: 127.0.0.1:{place[0].port}\r\nCookie: {cookies}\r\nConnection: close\r\n"
    head += f"Content-Type: multipart/form-data; boundary={EDGE}\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n" if chunked else f"Content-Length: {length}\r\n\r\n" if length else "\r\n"
    sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in _pieces(body)) + b"0\r\n\r\n" if chunked else body
    with socket.create_connection(("127.0.0.1", place[0].port), timeout=20) as connection:
        connection.sendall(head.encode() + (sent[:cut] if cut else sent))
        if cut:
            return None
        answer = b""
        while part := connection.recv(65536):
            answer += part
    top, _, rest = answer.partition(b"\r\n\r\n")
    status = int(top.split(b" ")[1])
    return status, json.loads(rest)["message"] if status >= 400 and rest.startswith(b"{") else ""


def _pieces(body: bytes, size: int = 50_000) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def test_a_body_may_come_in_chunks_or_lie_about_its_length(place: tuple[Server, Path], line: Uploader) -> None:
    body = form(line, files.pdf(size=200_000, seed="chunks"))
    assert raw(place, line, body, "", chunked=True)[0] == 201
    shorter = raw(place, line, form(line, files.pdf(size=90_000, seed="less")), "40000")
    assert shorter[0] == 400
    nothing = raw(place, line, body, "")
    assert nothing[0] == 400
    assert raw(place, line, body, str(len(body) + 5000), cut=len(body) // 2) is None
    assert raw(place, line, body, "ten")[0] == 400


def test_what_is_far_too_large_is_refused_and_leaves_nothing(place: tuple[Server, Path], line: Uploader) -> None:
    status, says = raw(place, line, form(line, files.mp4(samples=12 * MB)), str(13 * MB), chunked=True)
    assert status == 413 and "最大" in says
    answer = line.line.post(f"{place[0].url}/files/", data=b"", headers={"Content-Length": "0"}, timeout=10)
    assert answer.status_code in (400, 401)
    until(lambda: not list((place[1] / "incoming").glob("*.part")))


def until(holds: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("case", ["1,001 parts", "a header of a megabyte", "a field of a megabyte"])
def test_a_form_has_few_and_small_parts(place: tuple[Server, Path], line: Uploader, case: str) -> None:
    content = files.pdf(seed=case)
    if case == "1,001 parts":
        body = form(line, content, parts=1001)
    elif case == "a header of a megabyte":
        body = form(line, content, name="n" * MB)
    else:
        body = form(line, content, key="k" * MB)
    status, says = raw(place, line, body, str(len(body)))
    assert status in (400, 413) and "請" in says


def test_memory_stays_flat_whatever_the_file_is(place: tuple[Server, Path], line: Uploader) -> None:
    """Ten files of the largest size that is let through cost no more memory than small ones did."""
    for number in range(4):
        send(place, line, files.mp4(samples=1000 + number))
    before = place[0].resident()
    for number in range(10):
        answer = send(place, line, files.mp4(samples=10 * MB - 500 - number))
        assert answer.status_code == 201, answer.text
    assert place[0].resident() - before < 6 * MB


def send(place: tuple[Server, Path], line: Uploader, content: bytes) -> requests.Response:
    key = hashlib.sha256(content).hexdigest()[:32]
    return line.line.post(
        f"{place[0].url}/files/",
        data={"key": key},
        files={"file": ("film.mp4", content)},
        headers={"X-CSRFToken": line.token},
        timeout=60,
    )
