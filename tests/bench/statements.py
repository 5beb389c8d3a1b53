"""How many statements one list page sends, counted inside the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from admin_app.config import read_settings
from admin_app.factory import create_app
from tests.bench.client import field_of
from tests.bench.peers import Peer
from tests.bench.school import PASSWORD, USERNAME


def statements(peer: Peer, folder: Path) -> dict[int, int]:
    """Statements per list page of ours, by page size."""
    client = create_app(read_settings({**peer.environ, "PORTFOLIO_DATA_DIR": str(folder)})).test_client()
    token = field_of(client.get("/login").data, "csrf_token")
    client.post("/login", data={"username": USERNAME, "password": PASSWORD, "csrf_token": token})
    client.get(peer.term)
    return {size: _count(client, f"{peer.term}&page_size={size}") for size in (20, 50, 200)}


def _count(client: Any, path: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        status = client.get(path).status_code
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    if status != 200:
        raise SystemExit(f"{path} 回覆 {status}")
    return len(seen)
