"""Disks that are full, disks that lie, processes that die at every named point: nothing acknowledged is lost, nothing half done."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app import clock, storage
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.services import evidence
from admin_app.services.evidence import stopping, sweeping, verifying
from admin_app.storage import incoming, local, points
from models.evidence import StoredFile, UploadedFile
from tests.evidence import files
from tests.evidence.conftest import Desk, actor_of, stores_in


def broken(code: int) -> OSError:
    return OSError(code, os.strerror(code))


@pytest.mark.parametrize("place", ["open", "write", "fsync"])
def test_a_full_disk_takes_nothing_and_recovers_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    before = desk.hand_in(files.pdf(1))
    if place == "open":
        desk.store.prepare()
        monkeypatch.setattr(incoming.os, "open", lambda *args, **kwargs: raise_(broken(errno.ENOSPC)))
    elif place == "write":
        monkeypatch.setattr(incoming.Incoming, "_write_all", lambda self, part: raise_(broken(errno.ENOSPC)))
    else:
        monkeypatch.setattr(incoming.os, "fsync", lambda number: raise_(broken(errno.ENOSPC)))
    refused = desk.refusal(files.pdf(2))
    assert refused.status == 503 and "空間已滿" in refused.sentence
    monkeypatch.undo()
    assert desk.hand_in(files.pdf(2)).id > before.id
    assert stopping.stopped(desk.session) == ""


def raise_(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("place", ["write", "fsync file", "fsync folder", "rename"])
def test_a_disk_that_lies_stops_uploads_until_somebody_has_looked(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    desk.hand_in(files.pdf(1))
    fault = broken(errno.EIO)
    if place == "write":
        monkeypatch.setattr(incoming.Incoming, "_write_all", lambda self, part: raise_(fault))
    elif place == "rename":
        monkeypatch.setattr(Path, "rename", lambda self, target: raise_(fault))
    else:
        wanted = (lambda mode: os.path.isdir(mode)) if place == "fsync folder" else (lambda mode: not os.path.isdir(mode))
        real = os.fsync
        monkeypatch.setattr(local.os, "fsync", lambda number: raise_(fault) if wanted(f"/proc/self/fd/{number}") else real(number))
    refused = desk.refusal(files.pdf(2))
    assert refused.status == 503 and "暫停收檔" in refused.sentence
    monkeypatch.undo()
    assert desk.refusal(files.pdf(2)).status == 503  # the disk works again; that is no reason to believe it
    assert "EIO" in stopping.stopped(desk.session)
    stopping.resume(desk.session, "林系統", now=clock.now())
    desk.session.commit()
    assert desk.hand_in(files.pdf(2)).stored_file.size == len(files.pdf(2))
    assert [(each.ended_by, each.ended_at is not None) for each in stopping.stops(desk.session)] == [("林系統", True)]


def test_uploads_stay_stopped_when_the_database_could_not_be_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = create_engine("sqlite:////nowhere/at/all.db")
    stopping.stop(gone, "寫入檔案時儲存裝置回報錯誤", now=clock.now())
    with Session(gone) as session:
        assert "儲存裝置" in stopping.stopped(session)
    assert stopping.stopped(desk.session) == ""


@pytest.mark.parametrize("point", points.POINTS)
def test_a_process_that_dies_at_a_named_point_leaves_all_or_nothing(desk: Desk, tmp_path: Path, point: str) -> None:
    """The child is killed as by a loss of power of the process: SIGKILL, no clean-up of any kind."""
    content, key = files.jpg(gps=True), "key-of-the-killed"
    engine = desk.session.get_bind().engine
    url = engine.url.render_as_string(hide_password=False)
    desk.session.rollback()
    child = os.fork()
    if child == 0:
        _upload_until(url, tmp_path, point, content, key)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    acknowledged = point in ("committed", "answering")
    rows = desk.session.scalars(select(UploadedFile)).all()
    assert len(rows) == (1 if acknowledged else 0)
    for each in desk.session.scalars(select(StoredFile)):
        assert hashlib.sha256(desk.store.path(each.sha256).read_bytes()).hexdigest() == each.sha256
    check = verifying.start(desk.session, now=clock.now())
    verifying.run(desk.session, desk.stores, check, clock=clock.now, report=lambda check, findings: None)
    assert check.problems == 0
    again = desk.hand_in(content, "照片.jpg", key=key)
    assert [each.id for each in desk.session.scalars(select(UploadedFile))] == [again.id]
    sweeping.sweep_orphans(desk.session, desk.store, now=clock.now() + sweeping.UNCLAIMED * 2)
    assert {each.sha256 for each in desk.store.found()} == set(desk.session.scalars(select(StoredFile.sha256)))


def _upload_until(url: str, folder: Path, point: str, content: bytes, key: str) -> None:
    """In the child: hand a file in and die at the point. Never returns."""
    try:
        points.watch(lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == point else None)
        with Session(create_engine(**engine_options(url))) as session:
            storage.install(url, stores_in(folder))
            sign(session, Signature(None, "測試"))
            by = actor_of(session, "student")
            student = session.get(evidence.receiving.Student, by.student_id)
            evidence.receive(
                session, io.BytesIO(content), name="照片.jpg", student=student, by=by, key=key, told_sha256=None, now=clock.now()
            )  # fmt: skip
            session.commit()
            points.reach("committed")
            points.reach("answering")
    finally:
        os._exit(1)
