"""What the store does by itself: copies, lets go, and proves that everything is there."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
from pathlib import Path

import pytest
from sqlalchemy import func, select

from admin_app import clock, storage
from admin_app.services import evidence
from admin_app.services.evidence import copying, manifest, sweeping, verifying
from admin_app.storage import LocalStore
from models.evidence import ManifestDeed, ManifestLine, StoreCheck, StoredFile, UploadedFile
from models.records.learning_outcome import LearningOutcome
from tests.conftest import sample
from tests.evidence import files
from tests.evidence.conftest import Desk, desk_for, draft_of, newest_of


def verified(desk: Desk) -> StoreCheck:
    check = verifying.start(desk.session, now=clock.now())
    verifying.run(desk.session, desk.stores, check, clock=clock.now, report=lambda check, findings: None)
    return check


def outcome_of(desk: Desk) -> LearningOutcome:
    return draft_of(desk.session, newest_of(desk))


def flip(path: Path, chance: random.Random) -> None:
    """Change one bit of a file, and leave its times as they were."""
    content, stat = bytearray(path.read_bytes()), path.stat()
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_one_bit_in_each_of_fifty_files_gives_fifty_answers(desk: Desk) -> None:
    number, chance = len(sample(list(range(50)), 10)), random.Random(2021)
    made = [desk.hand_in(files.pdf(seed=f"work {each}"), f"作品 {each}.pdf") for each in range(number)]
    evidence.claim(desk.session, [made[0].id], outcome_of(desk), by=desk.by)
    desk.session.commit()
    assert verified(desk).problems == 0
    for each in made:
        flip(desk.store.path(each.stored_file.sha256), chance)
    found = verified(desk)
    lines = found.findings.splitlines()
    assert found.problems == len(lines) == number
    for each in made:
        told = [line for line in lines if each.receipt_no in line]
        assert len(told) == 1 and desk.student.name in told[0] and desk.student.student_no in told[0] and each.name in told[0]
    assert f"課程學習成果「{outcome_of(desk)}」" in next(line for line in lines if made[0].receipt_no in line)


def test_verify_tells_what_is_missing_and_what_is_too_much(desk: Desk) -> None:
    gone, photo = desk.hand_in(files.pdf(seed="gone")), desk.hand_in(files.jpg(gps=True), "照片.jpg")
    desk.store.path(gone.stored_file.sha256).unlink()
    assert photo.stored_file.shown is not None
    desk.store.path(photo.stored_file.shown.sha256).unlink()
    stray = desk.store.path(hashlib.sha256(b"stray").hexdigest())
    stray.write_bytes(b"stray")
    long_ago = clock.timestamp(clock.now()) - 3 * 86_400
    os.utime(stray, (long_ago, long_ago))
    (desk.store.root / "ab" / "thumbs.db").write_bytes(b"")
    lines = verified(desk).findings.splitlines()
    for says in (gone.receipt_no, "去除拍攝資訊的版本：檔案不見了", "沒有任何紀錄", "ab/thumbs.db"):
        assert len([line for line in lines if says in line]) == 1
    assert len(lines) == 4


def test_verify_holds_the_rows_against_the_manifest(desk: Desk) -> None:
    kept, lost = desk.hand_in(files.pdf(seed="kept")), desk.hand_in(files.pdf(seed="lost"))
    kept.stored_file.sha256 = "0" * 64
    desk.session.delete(lost)
    desk.session.flush()
    lines = verified(desk).findings.splitlines()
    assert any("收檔總帳沒有這一筆，或雜湊不同" in line and kept.receipt_no in line for line in lines)
    assert any("資料庫沒有的收檔紀錄" in line and lost.receipt_no in line for line in lines)
    line = desk.session.scalars(select(ManifestLine).where(ManifestLine.sequence == 2)).one()
    line.__dict__["size"] = 1  # as if it had been written otherwise
    assert "內容與摘要不符" in verified(desk).findings


def test_what_nobody_claims_goes_after_a_day_and_the_manifest_says_so(desk: Desk) -> None:
    now = clock.now()
    used, unused = desk.hand_in(files.pdf(seed="used")), desk.hand_in(files.jpg(gps=True), "照片.jpg")
    paths = [desk.store.path(each.sha256) for each in desk.session.scalars(select(StoredFile))]
    assert len(paths) == 3
    evidence.claim(desk.session, [used.id], outcome_of(desk), by=desk.by)
    desk.session.commit()
    sweep(desk, now + dt.timedelta(hours=23))
    assert desk.session.scalar(select(func.count()).select_from(UploadedFile)) == 2
    receipt_no, tomorrow = unused.receipt_no, now + dt.timedelta(hours=25)
    sweep(desk, tomorrow)
    assert desk.session.scalars(select(UploadedFile)).all() == [used]
    assert [path.exists() for path in paths].count(True) == 1
    last = manifest.last_line(desk.session)
    assert last is not None and (last.deed, last.receipt_no) == (ManifestDeed.removed, receipt_no)
    assert verified(desk).problems == 0


def sweep(desk: Desk, now: dt.datetime) -> None:
    sweeping.mark_recordless(desk.session, now=now)
    sweeping.sweep_rows(desk.session, now=now, trash_days=90)
    while sweeping.sweep_contents(desk.session):
        desk.session.commit()
    sweeping.sweep_orphans(desk.session, desk.store, now=now)
    desk.session.commit()


def test_files_of_a_deleted_record_stay_as_long_as_it_can_be_put_back(desk: Desk) -> None:
    now, outcome = clock.now(), outcome_of(desk)
    made = desk.hand_in(files.pdf())
    evidence.claim(desk.session, [made.id], outcome, by=desk.by)
    made.record_id = 10**6  # as if it were the file of a record deleted since
    desk.session.commit()
    sweep(desk, now)
    sweep(desk, now + dt.timedelta(days=89))
    assert desk.session.scalars(select(UploadedFile)).all() == [made]
    made.record_id = outcome.id
    desk.session.commit()
    sweep(desk, now + dt.timedelta(days=90))
    desk.session.refresh(made)
    assert made.released_at is None


def test_a_copy_counts_when_it_has_been_read_back(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = LocalStore(tmp_path / "elsewhere")
    desk = desk_for(desk.session, tmp_path, copies=copies)
    made = desk.hand_in(files.pdf())
    monkeypatch.setattr(LocalStore, "open", lambda self, sha256: _damaged(self, sha256, copies))
    assert copying.copy(desk.stores, made.stored_file, now=clock.now()) == "副本讀回的雜湊不符"
    assert made.stored_file.copied_at is None
    monkeypatch.undo()
    assert copying.copy(desk.stores, made.stored_file, now=clock.now()) == ""
    assert made.stored_file.copied_at is not None and copies.path(made.stored_file.sha256).read_bytes() == files.pdf()
    assert copying.copy_manifest(desk.session, desk.stores, clock.today()) == 1
    line = (copies.root / "manifest" / f"{clock.today():%Y-%m}.tsv").read_text().rstrip("\n")
    text, _, digest = line.rpartition("\t")
    assert hashlib.sha256(text.encode()).hexdigest() == digest and made.receipt_no in text


def _damaged(store: LocalStore, sha256: str, copies: LocalStore) -> object:
    path = store.path(sha256)
    if store is copies:
        flip(path, random.Random(1))
    return path.open("rb")


def test_a_school_without_a_second_store_has_no_second_line(desk: Desk) -> None:
    made = desk.hand_in(files.pdf())
    assert storage.of(desk.session).copies is None and made.stored_file.copied_at is None
