"""Logs: one JSON object a line, the same code as on the page and in the event, and nothing personal wherever it was typed."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from admin_app import logs
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.services import mail
from admin_app.services.jobs import Work, defer, job, registry, runner
from models.event import Event
from models.values.code import SIGNS, new_code, read_code

Clients = Callable[[str], Any]
NAME, NUMBER, MAIL, TOKEN = "歐陽靜萱", "A223456781", "ouyang@private.example", "one-time-token-7f3a"
PERSONAL = (NAME, NUMBER, "ouyang", TOKEN, "%E6%AD%90%E9%99%BD", "歐陽")
CODE = re.compile(r'<code translate="no">([^<]+)</code>')


class Log(io.StringIO):
    """What was logged, line by line."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Everything this process logs, as `portfolio serve` would write it."""
    kept, before = Log(), logging.getLogger().handlers[:]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", kept)
        logs.setup(as_text=False)
    yield kept
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def test_a_request_leaves_one_line_without_its_address(log: Log, client_for: Clients) -> None:
    client_for("equipment_section").get(f"/admin/account/?q={NAME}")
    (line,) = [each for each in log.lines if each.get("endpoint") == "account.index_view"]
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "account.index_view", 200)
    assert line["ms"] > 0
    assert set(line) == {"event", "request_id", "method", "endpoint", "status", "ms", "logger", "level", "at"}


def test_nothing_personal_is_logged_wherever_it_is_typed(log: Log, client_for: Clients, anonymous: Any) -> None:
    client = client_for("registration_section")
    anonymous.token = anonymous.read_token("/login")
    spread(client)
    spread(anonymous)
    assert len(log.lines) > 30
    assert [word for word in PERSONAL if word in log.getvalue()] == []


def spread(client: Any) -> None:
    """Type personal data into everything there is."""
    headers = {"User-Agent": NAME.encode().decode("latin-1"), "Referer": f"http://localhost/?{MAIL}", "X-Forwarded-For": MAIL}
    for page in ("/login", "/admin/", "/admin/student/", "/audit", "/permissions/people", "/no-such-page"):
        client.get(page, query_string={"q": NAME, "id": NUMBER, "next": f"/{MAIL}"}, headers=headers)
        client.open(page, method="DELETE", query_string={"q": NAME})
    for page in (
        f"/{NAME}",
        f"/password/{TOKEN}",
        f"/regulation/{NUMBER}",
        f"/admin/{MAIL}/",
        f"/jobs/{NUMBER}",
        f"/static/{NAME}",
    ):
        client.get(page)
        client.post(page, data={"name": NAME})
    person = {"username": NAME, "password": NUMBER, "name": NAME, "id_number": NUMBER, "email": MAIL, "student_no": NAME}
    for page in ("/login", "/account", "/admin/student/new/", "/admin/staff/new/", "/password/forgotten", f"/password/{TOKEN}"):
        client.post(page, data=person)
        client.post(page, data=person, with_token=False)
        client.post(page, data=json.dumps(person), content_type="application/json", with_token=False)
    client.post(
        "/imports", data={"file": (io.BytesIO(f"姓名\n{NAME}".encode()), f"{NAME}.csv")}, content_type="multipart/form-data"
    )
    client.post("/csp-reports", data=json.dumps({"csp-report": {"document-uri": f"http://x/{NAME}"}}), with_token=False)


def broken(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let a page of the application fail with `error`."""

    def fail() -> None:
        raise error

    monkeypatch.setitem(app.view_functions, "health.alive", fail)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(f"{NAME} {NUMBER}"), 500),
        (KeyError(MAIL), 500),
        (IntegrityError("INSERT", {"name": NAME}, Exception(f"DETAIL: Key (id_number)=({NUMBER}) exists")), 400),
        (OperationalError("SELECT", {"name": NAME}, Exception(MAIL)), 503),
    ],
)
def test_an_error_is_logged_by_where_it_happened_not_by_what_it_says(
    error: Exception, status: int, app: Flask, log: Log, monkeypatch: pytest.MonkeyPatch, anonymous: Any
) -> None:
    broken(app, monkeypatch, error)
    answer = anonymous.get("/healthz")
    assert answer.status_code == status
    assert [word for word in PERSONAL if word in log.getvalue() or word in answer.text] == []
    (line,) = [each for each in log.lines if each["level"] == "error"]
    assert line["error"] in (type(error).__name__, "Exception")
    if status == 500:
        assert any("test_logs.py" in place and "fail" in place for place in line["places"])
    assert answer.headers.get("Retry-After") == ("60" if status == 503 else None)


def test_what_libraries_log_is_kept_without_values(log: Log) -> None:
    logging.getLogger("somebody.else").warning("could not reach %s for %s, tried %d times", MAIL, NAME, 3)
    logging.getLogger("somebody.else").error({"name": NAME})
    try:
        raise ValueError(NUMBER)
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/admin/?q={NAME}")
    assert [word for word in PERSONAL if word in log.getvalue()] == []
    first, _, last = log.lines
    assert (first["event"], first["numbers"]) == ("could not reach %s for %s, tried %d times", [3])
    assert last["error"] == "ValueError"


def test_a_job_that_fails_on_somebodys_data_does_not_tell_the_log(app: Flask, log: Log) -> None:
    @job("tell", zh="說溜嘴")
    def tell(work: Work, name: str) -> None:
        raise ValueError(name)

    settings = app.extensions["settings"]
    engine = create_engine(**engine_options(settings.database_url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        number = defer(session, "tell", name=NAME).id
        mail.post(session, to=MAIL, subject=NAME, text=NUMBER)
        session.commit()
    runner.run_job(engine, settings, number)
    engine.dispose()
    registry.KINDS.pop("tell")
    assert any(each["event"] == "job failed" and each["error"] == "ValueError" for each in log.lines)
    assert [word for word in PERSONAL if word in log.getvalue()] == []


# The code a person reads out


def test_the_page_the_log_and_the_event_have_the_same_code(app: Flask, log: Log, client_for: Clients) -> None:
    answer = client_for("activities_section").get("/admin/account/")
    assert answer.status_code == 403
    code = CODE.findall(answer.text)[0]
    assert [each["request_id"] for each in log.lines if each.get("endpoint") == "account.index_view"] == [code]
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        assert session.scalar(select(Event.verb).where(Event.request_id == code)) == "refuse"
    engine.dispose()


@pytest.mark.parametrize("page", ["/no-such-page", "/healthz"])
def test_every_error_page_has_a_code(page: str, anonymous: Any) -> None:
    answer = anonymous.open(page, method="GET" if page == "/no-such-page" else "DELETE")
    assert re.fullmatch(f"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", CODE.findall(answer.text)[0])


def test_a_code_holds_no_sign_that_is_taken_for_another() -> None:
    assert not set("0OQ1IL2Z5S8BUV") & set(SIGNS)
    assert len({new_code() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("typed", ["k7mw-3xca", "K7MW3XCA", " k7mw 3xca ", "K7MW－3XCA"])
def test_a_code_is_understood_as_it_was_written_down(typed: str) -> None:
    assert read_code(typed) == "K7MW-3XCA"


@pytest.mark.parametrize("other", ["", "0a1b2c3d4e5f", "K7MW-3XC", "葉子涵"])
def test_what_is_no_code_stays_as_it_is(other: str) -> None:
    assert read_code(other) == other
