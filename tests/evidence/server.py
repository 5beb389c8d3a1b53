"""A real server (gunicorn) over a school of its own, and students who hand things in to it without pause."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.conftest import DATA_KEY
from tests.databases import PASSWORD
from tests.evidence import files

HOME = Path(__file__).parents[2]


class Server:
    """gunicorn with two workers of four threads, as `portfolio serve` starts it; a worker that dies is replaced at once."""

    def __init__(self, database_url: str, folder: Path, **more: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environ = {
            **os.environ,
            "PYTHONPATH": str(HOME),
            "PORTFOLIO_DATABASE_URL": database_url,
            "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
            "PORTFOLIO_DATA_KEY": DATA_KEY.decode(),
            "PORTFOLIO_DATA_DIR": str(folder),
            "PORTFOLIO_DEMO": "1",
            **more,
        }
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}", "--preload"]
        command += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--no-control-socket", "--log-level", "error"]
        self.process = subprocess.Popen(command, env=environ, cwd=HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def kill(self, pid: int) -> None:
        """End a worker as a loss of power would."""
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def resident(self) -> int:
        """The memory of the largest worker, in bytes, without pages of files."""
        return max(_anonymous(pid) for pid in self.workers())

    def _wait(self) -> None:
        for _ in range(600):
            try:
                requests.get(f"{self.url}/healthz", timeout=1)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _anonymous(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


@dataclass
class Sent:
    """One upload as the student saw it: `receipt` empty when no answer came."""

    key: str
    sha256: str
    content: bytes
    receipt: str = ""
    status: int = 0


@dataclass
class Uploader:
    """A student who hands in one file after another until told to stop; the same sign-in on every line."""

    server: Server
    line: requests.Session
    token: str
    size: int = 60_000
    sent: list[Sent] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stopping.is_set():
            content = files.pdf.__wrapped__(size=self.size, seed=secrets.token_hex(8))
            attempt = Sent(secrets.token_hex(16), hashlib.sha256(content).hexdigest(), content)
            self.sent.append(attempt)
            self.send(attempt)

    def send(self, attempt: Sent) -> None:
        """Send once; without an answer nothing is known."""
        try:
            answer = self.line.post(
                f"{self.server.url}/files/",
                data={"key": attempt.key, "sha256": attempt.sha256},
                files={"file": ("work.pdf", attempt.content)},
                headers={"X-CSRFToken": self.token},
                timeout=30,
            )
            attempt.status = answer.status_code
            attempt.receipt = answer.json()["receipt"] if answer.ok else ""
        except (requests.RequestException, ValueError):
            time.sleep(0.02)


def signed_in(server: Server, username: str = "student") -> tuple[requests.Session, str]:
    """A line that is signed in, and its token."""
    line = requests.Session()
    token = _token(line.get(f"{server.url}/login", timeout=30).text)
    line.post(f"{server.url}/login", data={"username": username, "password": PASSWORD, "csrf_token": token}, timeout=30)
    return line, _token(line.get(f"{server.url}/account", timeout=30).text)


def another_line(line: requests.Session) -> requests.Session:
    made = requests.Session()
    made.cookies.update(line.cookies)
    return made


def uploaders(server: Server, number: int, **more: Any) -> list[Uploader]:
    line, token = signed_in(server)
    return [Uploader(server, another_line(line), token, **more) for _ in range(number)]


def _token(html: str) -> str:
    return html.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
