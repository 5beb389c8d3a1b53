"""A scanner that speaks clamd's INSTREAM: it knows EICAR, and does what a test tells it to besides."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Any

from tests.evidence.files import EICAR


class Clamd:
    """Listens on a port of its own until it is closed. `says` overrides its answer; `hangs_up` after so many bytes."""

    def __init__(self, says: bytes = b"", hangs_up: int | None = None) -> None:
        self.says, self.hangs_up, self.seen = says, hangs_up, 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Clamd:
        return self

    def __exit__(self, *error: Any) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                self._answer(line, stream)

    def _answer(self, line: socket.socket, stream: Any) -> None:
        assert stream.read(10) == b"zINSTREAM\0"
        body = b""
        while length := struct.unpack(">I", stream.read(4))[0]:
            body += stream.read(length)
            if self.hangs_up is not None and len(body) >= self.hangs_up:
                return
        self.seen = len(body)
        line.sendall(self.says or (b"stream: Eicar-Signature FOUND\0" if EICAR in body else b"stream: OK\0"))
