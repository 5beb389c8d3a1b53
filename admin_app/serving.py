"""`portfolio serve`: gunicorn and the worker as two children. A dead worker is started again; when gunicorn ends, all ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import structlog

from admin_app import logs, metrics
from admin_app.config import Settings

log = structlog.get_logger("portfolio.serve")
ROOT = Path(__file__).resolve().parent.parent
LOOK_EVERY = 0.2
LONGEST_PAUSE = 30.0
STOPS_WITHIN = 25


def serve(settings: Settings) -> int:
    """Run both until gunicorn ends; its exit code."""
    logs.setup()
    return Supervisor(settings).run()


class Supervisor:
    """Watches the two children and hands on the signals it is sent."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.environ = {**os.environ, "PORTFOLIO_SUPERVISED": "1", **({"PORTFOLIO_DEMO": "1"} if settings.demo else {})}
        self.web = subprocess.Popen(self._web_command(), env={**self.environ, **metrics.prepare(settings)})
        self.worker = self._start_worker()
        self.stopping = False
        self.pause = 1.0
        self.started_at = time.monotonic()

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, self._hand_on)
        while (code := self.web.poll()) is None:
            if self.worker.poll() is not None and not self.stopping:
                self._restart_worker()
            time.sleep(LOOK_EVERY)
        self._end_worker()
        return 0 if self.stopping and code < 0 else code  # told to end before it could take the signal: still as told

    def _web_command(self) -> list[str]:
        settings = self.settings
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{settings.host}:{settings.port}"]
        command += ["--workers", str(settings.workers), "--threads", "4", "--worker-class", "gthread", "--chdir", str(ROOT)]
        return [*command, "--no-control-socket", "--logger-class", "admin_app.logs.GunicornLogger"]

    def _start_worker(self) -> subprocess.Popen[bytes]:
        program = "from admin_app.cli import cli; cli(['work'])"
        return subprocess.Popen([sys.executable, "-c", program], env=self.environ, cwd=ROOT)

    def _restart_worker(self) -> None:
        """At once the first time; one that keeps dying is started less and less often."""
        if time.monotonic() - self.started_at > LONGEST_PAUSE:
            self.pause = 1.0
        log.error("worker ended, starting another", code=self.worker.returncode, pause=self.pause)
        time.sleep(self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.worker, self.started_at = self._start_worker(), time.monotonic()

    def _hand_on(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:  # new code or settings: gunicorn reloads, the worker ends and is started anew
            self.web.send_signal(signal.SIGHUP)
            self.worker.terminate()
            return
        self.stopping = self.stopping or number != signal.SIGUSR1
        self.web.send_signal(number)
        if self.stopping:
            self.worker.terminate()

    def _end_worker(self) -> None:
        if self.worker.poll() is None:
            self.worker.terminate()
        try:
            self.worker.wait(timeout=STOPS_WITHIN)
        except subprocess.TimeoutExpired:  # its job stays claimed until the heartbeat is old, then another takes it
            self.worker.kill()
            self.worker.wait()
