"""Logs: one JSON object a line, with the request's code and nothing personal in it.

What our own code logs are named fields. What others log (`logging`) keeps its words but not the values put into them, and of an
error only where it happened: its message may repeat what somebody typed.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request
from gunicorn.glogging import Logger as StockGunicornLogger

from admin_app import clock, identity

HOME = str(Path(__file__).resolve().parent.parent)
STARTUP_WORDS = ("gunicorn", "alembic")
"""Whose notes on starting and stopping are kept as they are: they name addresses and process ids, never people."""
Entry = MutableMapping[str, Any]

log = structlog.get_logger("portfolio.request")


def setup(*, as_text: bool | None = None) -> None:
    """Send every log of this process to stderr as JSON lines; on a terminal as readable lines."""
    as_text = sys.stderr.isatty() if as_text is None else as_text
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        taipei_time,
        where_it_broke,
    ]
    ending = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[without_values, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, ending],
        use_get_message=False,
        pass_foreign_args=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def taipei_time(logger: Any, method: str, entry: Entry) -> Entry:
    """When, by the school's clock, whatever the machine's is set to."""
    entry["at"] = clock.now().replace(tzinfo=clock.TAIPEI).isoformat(timespec="milliseconds")
    return entry


def without_values(logger: Any, method: str, entry: Entry) -> Entry:
    """Somebody else's message: the words as written in their code, without what was put in, but for numbers."""
    record, args = entry["_record"], entry.pop("positional_args", ())
    if not isinstance(record.msg, str):
        entry["event"] = type(record.msg).__name__
    elif record.name.partition(".")[0] in STARTUP_WORDS and record.levelno <= logging.INFO:
        entry["event"] = record.msg % args if args else record.msg
    elif numbers := [each for each in args if isinstance(each, int)] if isinstance(args, tuple) else []:
        entry["numbers"] = numbers
    return entry


def where_it_broke(logger: Any, method: str, entry: Entry) -> Entry:
    """Of an exception its kind and the places it passed; never its message, which may hold what somebody typed."""
    info = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        chain = _chain(error)
        entry["error"] = type(error).__name__
        entry["because_of"] = [type(each).__name__ for each in chain[1:]]
        entry["places"] = _places(chain[-1].__traceback__)
    entry.pop("stack_info", None)
    return entry


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the last one first."""
    found = [error]
    while (before := found[-1].__cause__ or found[-1].__context__) is not None and before not in found:
        found.append(before)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.removeprefix(HOME)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


def watch(app: Flask) -> None:
    """One line for each request of `app`: its code, method, endpoint, status and duration. Neither address nor person."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def note(response: Response) -> Response:
        if request.endpoint != "static":
            log.info(
                "request",
                request_id=identity.request_id(),
                method=request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other",
                endpoint=request.endpoint or "",
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            )
        return response


class GunicornLogger(StockGunicornLogger):
    """gunicorn's log through ours."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        setup()
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
