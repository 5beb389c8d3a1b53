"""Files over HTTP: what a page sends and reads, and what a browser is told about a file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.policy import visible
from admin_app.services import evidence
from models.records.learning_outcome import LearningOutcome
from tests.conftest import SchoolClient
from tests.evidence import files
from tests.evidence.conftest import actor_of, draft_of


def send(client: Any, content: bytes, name: str = "成果.pdf", key: str = "", **more: str) -> Any:
    digest = hashlib.sha256(content).hexdigest()
    fields = {"key": key or f"key-{digest[:24]}", "sha256": digest, **more, "file": (io.BytesIO(content), name)}
    return client.post("/files/", data=fields, content_type="multipart/form-data")


def fetch(client: Any, url: str, **more: Any) -> Any:
    """The whole answer, its file closed as a server would."""
    answer = client.get(url, **more)
    assert answer.data is not None
    answer.close()
    return answer


def test_a_student_hands_in_a_file_and_gets_it_back(client_for: Callable[[str], SchoolClient]) -> None:
    student, content = client_for("student"), files.pdf(seed="back")
    answer = send(student, content, "車床\u202e操作報告.pdf")
    assert answer.status_code == 201
    said = answer.json
    assert said["sha256"] == hashlib.sha256(content).hexdigest() and said["kind"] == "pdf" and said["receipt"][:4] == "115-"
    again = send(student, content)
    assert (again.status_code, again.json) == (200, said)
    got = fetch(student, said["url"])
    assert got.data == content and got.mimetype == "application/pdf"
    heads = got.headers
    assert heads["Content-Disposition"].startswith("attachment; filename=") and "\u202e" not in heads["Content-Disposition"]
    assert heads["X-Content-Type-Options"] == "nosniff" and "sandbox" in heads["Content-Security-Policy"]
    assert heads["Cache-Control"] == "no-store"


def test_sound_and_film_come_in_ranges(client_for: Callable[[str], SchoolClient]) -> None:
    student, content = client_for("student"), files.mp4()
    said = send(student, content, "影片.mp4").json
    part = fetch(student, said["preview"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, content[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}" and part.mimetype == "video/mp4"
    assert fetch(student, said["preview"], headers={"Range": f"bytes={len(content)}-"}).status_code == 416


@pytest.mark.parametrize("kind", ["pdf", "jpg", "png"])
def test_documents_are_drawn(client_for: Callable[[str], SchoolClient], kind: str) -> None:
    student = client_for("student")
    said = send(student, files.GOOD[kind](), f"成果.{kind}").json
    drawn = fetch(student, said["preview"])
    assert drawn.status_code == 200 and drawn.mimetype == "image/jpeg" and drawn.data.startswith(b"\xff\xd8")
    assert drawn.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_file_is_seen_by_whoever_sees_its_record(app: Flask, client_for: Callable[[str], SchoolClient]) -> None:
    student = client_for("student")
    said = send(student, files.pdf(seed="seen"), "本人的.pdf").json
    teacher, other = client_for("teacher"), client_for("evening_student")
    assert [fetch(each, said["url"]).status_code for each in (student, teacher, other)] == [200, 404, 404]
    with app.app_context():
        by = actor_of(db.session(), "student")
        seen = select(LearningOutcome).where(LearningOutcome.student_id == by.student_id)
        taught = select(LearningOutcome.id)
        staff = actor_of(db.session(), "teacher")
        outcome = db.session.scalars(seen.where(LearningOutcome.id.in_(taught.where(visible(staff, LearningOutcome))))).first()
        assert outcome is not None, "這位老師沒有教這位學生"
        sign(db.session(), Signature(None, "測試"))
        evidence.claim(db.session(), [said["id"]], draft_of(db.session(), outcome), by=by)
        db.session.commit()
    assert [fetch(each, said["url"]).status_code for each in (student, teacher, other)] == [200, 200, 404]


def test_nobody_else_hands_anything_in(client_for: Callable[[str], SchoolClient], anonymous: FlaskClient) -> None:
    refused = send(client_for("teacher"), files.pdf())
    assert refused.status_code == 403 and "學生本人" in refused.json["message"]
    assert send(anonymous, files.pdf()).status_code == 401


def test_a_refusal_is_a_sentence(client_for: Callable[[str], SchoolClient]) -> None:
    refused = send(client_for("student"), files.office(), "報告.docx")
    assert refused.status_code == 422 and "另存新檔" in refused.json["message"]
    missing = client_for("student").post("/files/", data={"key": "a-key-without-file"})
    assert missing.status_code == 400 and "沒有收到檔案" in missing.json["message"]
