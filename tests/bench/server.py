"""An application behind gunicorn on the loopback, and what its workers hold in memory."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Peer

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the process id of gunicorn's master."""

    peer: Peer
    port: int
    pid: int

    def worker(self) -> int:
        """The process id of the first worker."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])

    def workers(self) -> list[int]:
        """The process ids of all workers."""
        return [int(each) for each in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def cpu(self) -> float:
        """Seconds of processor time all workers have used: the same however busy the machine is with other things."""
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in self.workers()]
        return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")

    def rss(self) -> float:
        """MiB the worker holds now."""
        return _status(self.worker(), "VmRSS")

    def peak(self) -> float:
        """The most MiB the worker has held since `forget_peak`."""
        return _status(self.worker(), "VmHWM")

    def forget_peak(self) -> None:
        """Let the kernel count the peak anew from here."""
        Path(f"/proc/{self.worker()}/clear_refs").write_text("5")


def _status(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serving(peer: Peer, *, workers: int, log: Path) -> Iterator[Server]:
    """Run `peer` with 4 threads per worker; answers when the body begins."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", peer.target, "--bind", f"127.0.0.1:{port}", "--chdir", str(ROOT)]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", "4", "--keep-alive", "30", "--timeout", "300"]
    command += ["--log-level", "warning", "--no-control-socket"]
    with log.open("ab") as file:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **peer.environ}, stdout=file, stderr=file)
    try:
        _wait(port, process, log)
        yield Server(peer, port, process.pid)
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


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/login")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise SystemExit(f"伺服器沒有啟動：\n{log.read_text(errors='replace')[-3000:]}")
