"""Our system for gunicorn, exactly as `wsgi:app`; with BENCH_COUNT it also tells how many statements each request sent."""

from __future__ import annotations

import os
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Engine, event

from wsgi import app

if os.environ.get("BENCH_COUNT"):

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*args: Any) -> None:
        if has_app_context():
            g.bench_statements = getattr(g, "bench_statements", 0) + 1

    @app.after_request
    def _tell(response: Any) -> Any:
        response.headers["X-Statements"] = str(getattr(g, "bench_statements", 0))
        return response


__all__ = ["app"]
