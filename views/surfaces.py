"""What machines ask: figures for a monitoring system, and what browsers report about our Content-Security-Policy."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException, NotFound, Unauthorized

from admin_app import identity, metrics
from admin_app.extensions import csrf, db

blueprint = Blueprint("surfaces", __name__)
log = structlog.get_logger("portfolio.csp")
MOST_A_MINUTE = 60
MOST_AT_ONCE = 10


@blueprint.get("/metrics")
def figures() -> Response:
    """Figures, for who knows the token of `PORTFOLIO_METRICS_TOKEN`; without one this page does not exist."""
    token = identity.settings().metrics_token
    if not token:
        raise NotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), token.encode()):
        raise Unauthorized("這一頁只給監控系統，請帶上 PORTFOLIO_METRICS_TOKEN。")
    return Response(metrics.text(db.session), content_type=CONTENT_TYPE_LATEST)  # type: ignore[arg-type]


@blueprint.post("/csp-reports")
@csrf.exempt
def csp_reports() -> Response:
    """Note what a browser refused to load. Anybody can send such a report, so: small ones, not many, only what is ours to know."""
    if _few.allows():
        for report in _read(request.get_data())[:MOST_AT_ONCE]:
            log.warning("csp report", **report)
    return Response(status=204)


class Few:
    """So many a minute for each process, whoever sends them."""

    def __init__(self, most: int) -> None:
        self.most, self.times, self.lock = most, deque[float](), threading.Lock()

    def allows(self) -> bool:
        now = time.monotonic()
        with self.lock:
            while self.times and self.times[0] < now - 60:
                self.times.popleft()
            if len(self.times) >= self.most:
                return False
            self.times.append(now)
        return True


_few = Few(MOST_A_MINUTE)


def _read(body: bytes) -> list[dict[str, Any]]:
    """Reports of either kind: `report-uri` sends one object with hyphens, `report-to` a list in camel case."""
    try:
        sent = json.loads(body)
    except ValueError:
        return []
    if isinstance(sent, dict):
        return [_plain(sent["csp-report"])] if isinstance(sent.get("csp-report"), dict) else []
    bodies = [each.get("body") for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    return [_plain(each) for each in bodies if isinstance(each, dict)]


def _plain(report: dict[str, Any]) -> dict[str, Any]:
    """What may be logged: addresses without query, our own pages by endpoint (an address may hold a one-time link)."""
    known = {key.replace("-", "").lower(): value for key, value in report.items()}
    return {
        "page": _endpoint(str(known.get("documenturi", known.get("documenturl", "")))),
        "directive": _word(known.get("effectivedirective", known.get("violateddirective", ""))),
        "blocked": _source(str(known.get("blockeduri", known.get("blockedurl", "")))),
        "source": _source(str(known.get("sourcefile", ""))),
        "line": known["linenumber"] if isinstance(known.get("linenumber"), int) else 0,
    }


def _endpoint(address: str) -> str:
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(urlsplit(address).path or "/", method="GET")
    except (HTTPException, ValueError):
        return "unknown"
    return str(endpoint)


def _source(address: str) -> str:
    """Scheme and host of a foreign address, the path too if it is one of our static files; `inline` and `eval` as they are."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "unreadable"
    if not host:
        return address if address in ("inline", "eval", "data", "blob", "wasm-eval", "trusted-types-policy") else ""
    path = parts.path if parts.path.startswith("/static/") else ""
    return f"{parts.scheme}://{host}{path}"[:200]


def _word(value: object) -> str:
    text = str(value).split(" ")[0][:40]
    return text if text.replace("-", "").isalpha() else ""
