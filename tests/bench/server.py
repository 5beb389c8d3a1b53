"""An application behind gunicorn on the loopback, and what its workers hold in memory."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.applications import Application
from tests.bench.results import BenchFailed

PATIENCE = 60
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the process id of gunicorn's master."""

    app: Application
    port: int
    pid: int

    def workers(self) -> list[int]:
        """The process ids of all workers."""
        return [int(each) for each in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def cpu(self) -> float:
        """Seconds of processor time all workers have used: the same however busy the machine is with other things."""
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in self.workers()]
        return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")

    def rss(self) -> dict[int, float]:
        """MiB each worker holds now."""
        return {pid: _status(pid, "VmRSS") for pid in self.workers()}

    def peaks(self) -> dict[int, float]:
        """The most MiB each worker has held since `forget_peaks`."""
        return {pid: _status(pid, "VmHWM") for pid in self.workers()}

    def forget_peaks(self) -> None:
        """Let the kernel count the peaks anew from here."""
        for pid in self.workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serving(app: Application, *, log: Path, extra: Mapping[str, str] | None = None, workers: int = WORKERS) -> Iterator[Server]:
    """Run `app` with 4 threads per worker; answers when the body begins."""
    port = _free_port()
    command = [app.python, "-m", "gunicorn", app.target, "--bind", f"127.0.0.1:{port}", "--chdir", str(app.chdir)]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(THREADS)]
    command += ["--keep-alive", "600", "--timeout", "600", "--log-level", "warning", "--no-control-socket"]
    environ = {**os.environ, "PYTHONPATH": str(app.chdir), **app.environ, **(extra or {})}
    with log.open("ab") as file:
        process = subprocess.Popen(command, cwd=app.chdir, env=environ, stdout=file, stderr=file)
    try:
        _wait(app, port, process, log)
        yield Server(app, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(app: Application, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", app.login or "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise BenchFailed(f"{app.zh}沒有啟動：\n{log.read_text(errors='replace')[-3000:]}")
