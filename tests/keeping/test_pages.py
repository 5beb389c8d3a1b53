"""備份與還原 and 資安事件 over HTTP: seen by whom the paper says, a drill from the button to the signature, an incident's hour."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.extensions import db
from admin_app.factory import create_app
from admin_app.services.jobs import runner
from admin_app.services.keeping.evidence_files import evidence_store
from models.event import Event
from models.evidence import FileKind, StoredFile, UploadedFile
from models.job import Job
from models.keeping import Backup, Incident, RestoreDrill
from models.people import Account, Student
from models.verbs import Verb
from tests.conftest import SchoolClient, settings_for
from tests.databases import Servers
from tests.permissions.conftest import enter
from tests.personal.conftest import confirm_everybody

Clients = Callable[[str], SchoolClient]
MANAGERS, READERS = ("equipment_section", "evening_division"), ("executive_secretary",)
OTHERS = ("student", "homeroom_teacher", "registration_section", "guardian")


@pytest.fixture(scope="module")
def app(servers: Servers, engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo school with a place for its backups."""
    folder = tmp_path_factory.mktemp("school")
    settings = settings_for(servers.copy(engine_name, "school"), folder)
    made = create_app(replace(settings, backup_dir=folder / "backups"))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def client_for(app: Flask) -> Clients:
    """A client for a demo persona, by the demo's one click."""
    clients: dict[str, SchoolClient] = {}

    def client(username: str) -> SchoolClient:
        if username not in clients:
            clients[username] = enter(app, username)
        return clients[username]

    return client


@pytest.fixture
def here(app: Flask) -> Iterator[Session]:
    """A signed session on the database behind the pages."""
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


def work_off(app: Flask, here: Session) -> Job:
    """Do the newest job as a worker would."""
    newest = here.scalars(select(Job).order_by(Job.id.desc())).first()
    assert newest is not None
    runner.run_job(here.get_bind().engine, app.extensions["settings"], newest.id)
    here.rollback()
    here.expire_all()
    return here.get_one(Job, newest.id)


def hand_in(app: Flask, here: Session, username: str, content: bytes, name: str, receipt_no: str) -> Student:
    """A file of a student's that was received an hour ago."""
    account = here.scalars(select(Account).where(Account.username == username)).one()
    sha256, at = hashlib.sha256(content).hexdigest(), clock.now() - dt.timedelta(hours=1)
    evidence_store(app.extensions["settings"]).put(sha256, [content])
    stored = here.scalar(select(StoredFile).where(StoredFile.sha256 == sha256))
    stored = stored or StoredFile(sha256=sha256, size=len(content), kind=FileKind.pdf, stored_at=at)
    facts = {"name": name, "began_at": at, "received_at": at, "key": receipt_no, "receipt_no": receipt_no, "released_at": at}
    here.add(UploadedFile(student=account.student, stored_file=stored, uploaded_by=account, **facts))
    here.commit()
    return account.student


def test_who_sees_the_page_and_the_red_word(here: Session, client_for: Clients) -> None:
    for row in here.scalars(select(Backup)):
        row.gone_at = clock.now()
    here.commit()
    for username in (*MANAGERS, *READERS):
        assert client_for(username).get("/keeping").status_code == 200
        assert "還沒有任何驗證過的還原點" in client_for(username).get("/admin/").text
    for username in OTHERS:
        assert client_for(username).get("/keeping").status_code == 403
        assert client_for(username).get("/incidents").status_code == 403
        assert "還原點" not in client_for(username).get("/admin/").text
    for username in (*READERS, *OTHERS):
        assert client_for(username).post("/keeping/backup").status_code == 403
        assert client_for(username).post("/keeping/drill").status_code == 403
        assert client_for(username).get("/incidents/new").status_code == 403


def test_from_the_button_to_a_signed_drill(app: Flask, here: Session, client_for: Clients) -> None:
    hand_in(app, here, "student", b"%PDF-1.7 the work", "a.pdf", "115-000001-0A")
    manager = client_for("equipment_section")
    assert manager.post("/keeping/backup").status_code == 302
    assert work_off(app, here).message.endswith("重新讀過。")
    assert "已驗證" in manager.get("/keeping").text
    assert "小時前），已驗證" in client_for("executive_secretary").get("/admin/").text

    assert manager.post("/keeping/drill").status_code == 302
    assert work_off(app, here).message.startswith("通過")
    drill = here.scalars(select(RestoreDrill).order_by(RestoreDrill.id.desc())).first()
    assert drill is not None and drill.passed and drill.duties == ("D01", "E01")
    report = json.loads(drill.report)
    assert (report["files"], hashlib.sha256(drill.report.encode()).hexdigest()) == (1, drill.digest)
    page = client_for("executive_secretary").get(f"/keeping/drills/{drill.id}").text
    assert "普一甲" in page and "簽署這次演練" not in page
    assert client_for("executive_secretary").post(f"/keeping/drills/{drill.id}/sign").status_code == 403
    confirm_everybody(here)
    assert manager.post(f"/keeping/drills/{drill.id}/sign", data={"remark": "x" * 301}).status_code == 422
    assert manager.post(f"/keeping/drills/{drill.id}/sign", data={"remark": "筆數相符"}).status_code == 302
    assert manager.post(f"/keeping/drills/{drill.id}/sign").status_code == 409
    here.expire_all()
    assert (drill.signed_post, drill.remark) == ("equipment_section", "筆數相符")
    assert here.scalars(select(Event).where(Event.verb == Verb.sign_drill.name)).one().record_id == drill.id


def test_a_drill_on_a_damaged_backup_is_filed_as_failed(app: Flask, here: Session, client_for: Clients) -> None:
    settings = app.extensions["settings"]
    part = max((settings.backup_dir / "points").glob("*/database.*"))
    whole = part.read_bytes()
    part.write_bytes(whole[:-10])
    manager = client_for("evening_division")
    manager.post("/keeping/drill")
    assert "沒有通過" in work_off(app, here).message
    part.write_bytes(whole)
    drill = here.scalars(select(RestoreDrill).order_by(RestoreDrill.id.desc())).first()
    assert drill is not None and not drill.passed and "已損壞" in drill.problem
    confirm_everybody(here)
    assert manager.post(f"/keeping/drills/{drill.id}/sign").status_code == 422
    assert not list(Path(settings.data_dir).glob("portfolio-drill-*"))


def roc(moment: dt.datetime) -> str:
    return f"{moment.year - 1911}/{moment:%m/%d %H:%M}"


def test_an_incident_from_the_clock_to_the_list_of_the_touched(app: Flask, here: Session, client_for: Clients) -> None:
    student = hand_in(app, here, "student", b"%PDF-1.7 lost work", "報告.pdf", "115-000002-0B")
    now = clock.now()
    times = {"known_at": roc(now - dt.timedelta(minutes=20)), "began_at": roc(now - dt.timedelta(hours=3)), "ended_at": roc(now)}
    told = {"title": "機房斷電", "kind": "loss", "what": "虛擬磁碟無法掛載。", **times}
    manager = client_for("equipment_section")
    wrong = manager.post("/incidents/new", data={**told, "ended_at": roc(now - dt.timedelta(hours=9))})
    assert wrong.status_code == 422 and "影響迄不可早於影響起" in wrong.text and "虛擬磁碟無法掛載" in wrong.text
    address = manager.post("/incidents/new", data=told).headers["Location"]
    page = manager.get(address).text
    assert "尚未通報，剩" in page and "學生 1 人" in page
    closing = {**told, "closed_at": roc(now)}
    assert "結案前須填" in manager.post(f"{address}/edit", data=closing).text
    late = {"reported_at": roc(now + dt.timedelta(hours=2)), "report_no": "115-TW-0001", "measures": "更換磁碟並還原。"}
    assert manager.post(f"{address}/edit", data={**closing, **late}).status_code == 302
    assert "逾時" in client_for("executive_secretary").get(address).text
    assert client_for("executive_secretary").post(f"{address}/touched.csv").status_code == 403
    confirm_everybody(here)
    answer = manager.post(f"{address}/touched.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ["報告.pdf", "115-000002-0B"] in [row[3:5] for row in rows]
    assert student.student_no in {row[0] for row in rows}
    assert here.scalars(select(Incident)).first() is not None


def test_a_student_takes_everything_home(app: Flask, here: Session, client_for: Clients) -> None:
    work = b"%PDF-1.7 my own work" * 1000
    student = hand_in(app, here, "student", work, "..\\../專題\u202efdp.exe", "115-000003-0C")
    hand_in(app, here, "evening_student", b"%PDF-1.7 of another student", "別人的.pdf", "115-000004-0D")
    client = client_for("student")
    confirm_everybody(here, lately=False)
    assert "密碼" in client.post("/account/data/copy").text
    confirm_everybody(here)
    answer: Any = client.post("/account/data/copy")
    assert answer.mimetype == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert packed.testzip() is None
    (name,) = [each for each in packed.namelist() if "115-000003-0C" in each]
    assert name.startswith("檔案/未歸入任何資料/115-000003-0C ") and "/.." not in name and "\u202e" not in name
    assert packed.read(name) == work
    sums = dict(line.split("  ", 1)[::-1] for line in packed.read("SHA256SUMS.txt").decode().splitlines())
    assert all(hashlib.sha256(packed.read(path)).hexdigest() == told for path, told in sums.items())
    assert name in sums and not any("0D" in each for each in packed.namelist())
    page = packed.read("說明.html").decode()
    assert hashlib.sha256(work).hexdigest() in page and student.name in page
    assert here.scalars(select(Event).where(Event.verb == Verb.own_copy.name)).first() is not None
    guardian = client_for("guardian")
    confirm_everybody(here)
    assert guardian.post("/account/data/copy").mimetype == "application/zip"
