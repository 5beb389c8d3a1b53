"""What browsers report about our policy is noted: small, few, and without anything an address may hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from admin_app.security import SMALL_BODIES
from views import surfaces

OLD = {
    "csp-report": {
        "document-uri": "https://portfolio.example.edu.tw/jobs/7?next=secret",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://ads.example/track.js?student=葉子涵",
        "source-file": "https://portfolio.example.edu.tw/static/app.js?v=secret",
        "line-number": 12,
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {
            "documentURL": "https://portfolio.example.edu.tw/admin/student/details/?id=7",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "lineNumber": 3,
        },
    }
]


@pytest.fixture
def noted() -> Iterator[list[Any]]:
    surfaces._few.times.clear()
    with structlog.testing.capture_logs() as logs:
        yield logs
    surfaces._few.times.clear()


def reports(noted: list[Any]) -> list[Any]:
    return [each for each in noted if each["event"] == "csp report"]


def report(anonymous: FlaskClient, sent: object, kind: str = "application/csp-report") -> int:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return anonymous.post("/csp-reports", data=body, content_type=kind).status_code


@pytest.mark.parametrize(("sent", "kind"), [(OLD, "application/csp-report"), (NEW, "application/reports+json")])
def test_either_kind_of_report_is_noted(sent: object, kind: str, anonymous: FlaskClient, noted: list[Any]) -> None:
    assert report(anonymous, sent, kind) == 204
    (found,) = reports(noted)
    assert found["page"] in ("inbox.job_page", "student.details_view")
    assert found["directive"] in ("script-src-elem", "style-src-attr")


def test_nothing_an_address_holds_gets_into_the_log(anonymous: FlaskClient, noted: list[Any]) -> None:
    report(anonymous, OLD)
    assert reports(noted)[0]["blocked"] == "https://ads.example"
    assert not any(word in str(noted) for word in ("secret", "葉子涵", "track.js", "next="))


@pytest.mark.parametrize(
    "sent",
    [b"", b"not json", b"\xff\xfe", b"[]", b"{}", b"[1, null]", b'{"csp-report": 3}', b'[{"body": {"blockedURL": "http://[x"}}]'],
    ids=repr,
)
def test_nonsense_is_taken_quietly(sent: bytes, anonymous: FlaskClient, noted: list[Any]) -> None:
    assert report(anonymous, sent) == 204


def test_a_large_report_is_refused(anonymous: FlaskClient, noted: list[Any]) -> None:
    assert report(anonymous, b"x" * (SMALL_BODIES["surfaces.csp_reports"] + 1)) == 413
    assert reports(noted) == []


def test_a_flood_of_reports_is_not_noted(anonymous: FlaskClient, noted: list[Any]) -> None:
    assert {report(anonymous, OLD) for _ in range(surfaces.MOST_A_MINUTE + 20)} == {204}
    assert len(reports(noted)) == surfaces.MOST_A_MINUTE


def test_one_report_of_many_parts_is_cut(anonymous: FlaskClient, noted: list[Any]) -> None:
    report(anonymous, NEW * 50, "application/reports+json")
    assert len(reports(noted)) == surfaces.MOST_AT_ONCE
