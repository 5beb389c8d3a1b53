"""The virus scanner, where a school has one: clamd's INSTREAM. One that does not answer is no reason to take a file unseen."""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

import structlog

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

log = structlog.get_logger("portfolio.store")
PART = 64 * 1024
SECONDS = 30
DOWN = "病毒掃描服務暫時沒有回應，這個檔案沒有收下。請稍候一分鐘再試。"
FOUND = "病毒掃描發現這個檔案有問題，沒有收下。請換一台電腦檢查，或重新製作檔案後再上傳。"


def scan(address: str, arrival: Incoming) -> None:
    """Have a file looked at; nothing happens without an address. Raises `Refused`: 422 when it is ill, 503 when nobody answers."""
    if not address:
        return
    try:
        answer = _ask(address, arrival)
    except (OSError, ValueError) as error:
        log.error("virus scanner does not answer", error=type(error).__name__)
        raise Refused(DOWN, 503) from None
    if answer.endswith("FOUND"):
        raise Refused(FOUND)
    if not answer.endswith("OK"):
        log.error("virus scanner answers something else")
        raise Refused(DOWN, 503)


def _ask(address: str, arrival: Incoming) -> str:
    with _connected(address) as line:
        line.sendall(b"zINSTREAM\0")
        arrival.seek(0)
        while part := arrival.read(PART):
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (part := line.recv(4096)):
            answer += part
    return answer.rstrip(b"\0\n").decode("ascii", "replace")


def _connected(address: str) -> socket.socket:
    """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        line.connect(parts.path)
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=SECONDS)
