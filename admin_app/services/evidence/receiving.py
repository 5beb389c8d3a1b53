"""Taking a file in, in one order and no other (P1).

Stream into a temporary file of the store while hashing → checks of size and content → fsync(file) → rename to its SHA-256 →
fsync(folder) → rows, manifest and event in one transaction → answer. The caller commits and then answers.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app import clock, storage
from admin_app.actor import Actor
from admin_app.audit import acting
from admin_app.policy import Verdict, may, require
from admin_app.services.evidence import content, manifest, receipts, scanning, stopping
from admin_app.services.evidence.limits import UploadLimits, load_upload_limits, size_zh
from admin_app.services.evidence.names import shown_name
from admin_app.services.evidence.refusing import AWAY, FULL, STOPPED, Refused
from admin_app.storage import DiskFull, Incoming, StoreBroken, Stores, TooLarge
from admin_app.storage.points import reach
from models.evidence import LONGEST_KEY, FileKind, ManifestDeed, StoredFile, UploadedFile
from models.people import Student
from models.values.roc import school_year_of
from models.vocabulary import Act, Subject

_KEY = re.compile(rf"[A-Za-z0-9_-]{{8,{LONGEST_KEY}}}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
PART = 1024 * 1024


def receive(
    session: Session,
    body: BinaryIO | Incoming,
    *,
    name: str,
    student: Student,
    by: Actor,
    key: str,
    told_sha256: str | None,
    now: dt.datetime,
    began_at: dt.datetime | None = None,
) -> UploadedFile:
    """Take in one file of a student's own. The same key again gives the same arrival. Raises `Refused`, `Denied`."""
    verdict = require(may_upload(by, student))
    if not _KEY.fullmatch(key):
        raise Refused("這次上傳缺少不重複鍵，請重新整理頁面後再傳一次。", 400)
    arrival = _arrived(session, body)
    try:
        known = _same_key(session, student, key)
        if known is not None:
            return _again(known, arrival)
        kept = _kept(session, arrival, student, told_sha256, now)
    except (DiskFull, StoreBroken, TooLarge, ConnectionError) as error:
        raise _refusal(session, error, now) from None
    finally:
        arrival.close()
    acting(session, verdict)
    return _written(session, kept, name=name, student=student, by=by, key=key, now=now, began_at=began_at or now)


def may_upload(by: Actor, student: Student) -> Verdict:
    """Whether somebody may hand in files of this student: only the student, whose 學習成果 or 多元表現 they are to record."""
    if by.student_id != student.id:
        return Verdict(False, "檔案須由學生本人上傳")
    verdicts = [may(by, Act.record, subject, student.division) for subject in (Subject.outcome, Subject.achievement)]
    return next((each for each in verdicts if each), verdicts[0])


def found_by_key(session: Session, student_id: int, key: str) -> UploadedFile | None:
    """What arrived under a key before."""
    return session.scalars(select(UploadedFile).where(UploadedFile.student_id == student_id, UploadedFile.key == key)).first()


class _Kept:
    """Contents that are safely in the store."""

    def __init__(self, sha256: str, size: int, kind: FileKind, shown: tuple[str, int] | None) -> None:
        self.sha256, self.size, self.kind, self.shown = sha256, size, kind, shown


def _arrived(session: Session, body: BinaryIO | Incoming) -> Incoming:
    """The whole body in a temporary file of the store. A form's upload already is one."""
    if not isinstance(body, Incoming):
        arrival = storage.of(session).files.incoming()
        shutil.copyfileobj(body, arrival, PART)
    else:
        arrival = body
    reach("arrived")
    return arrival


def _same_key(session: Session, student: Student, key: str) -> UploadedFile | None:
    return found_by_key(session, student.id, key)


def _again(known: UploadedFile, arrival: Incoming) -> UploadedFile:
    if arrival.trouble is None and arrival.sha256 != known.stored_file.sha256:
        raise Refused("這個不重複鍵已經用在另一個檔案。請重新選擇檔案後再傳一次。", 409)
    return known


def _kept(session: Session, arrival: Incoming, student: Student, told: str | None, now: dt.datetime) -> _Kept:
    if stopping.stopped(session):
        raise Refused(STOPPED, 503)
    stores, limits = storage.of(session), load_upload_limits(session, school_year_of(now.date()))
    _whole(arrival, told)
    kind = content.kind_of(arrival)
    _within_limits(session, arrival, kind, limits, student, now)
    scanning.scan(stores.clamd, arrival)
    reach("checked")
    return _in_store(stores, arrival, kind)


def _whole(arrival: Incoming, told: str | None) -> None:
    """What came is what was sent."""
    if arrival.trouble is not None:
        raise arrival.trouble
    if arrival.size == 0:
        raise Refused("這個檔案是空的（0 位元組）。請確認檔案已存檔、可以打開，再重新選擇。")
    if told and not _DIGEST.fullmatch(told):
        raise Refused("瀏覽器送來的檢查碼看不懂，請重新整理頁面後再傳一次。", 400)
    if told and told.lower() != arrival.sha256:
        raise Refused("檔案在傳送途中壞了（檢查碼不符），沒有收下。請再傳一次。")


def _within_limits(
    session: Session, arrival: Incoming, kind: FileKind, limits: UploadLimits, student: Student, now: dt.datetime
) -> None:
    most = limits.most_bytes(kind)
    if arrival.size > most:
        raise Refused(f"這個{kind.zh}有 {size_zh(arrival.size)}，上限是 {size_zh(most)}。{content.SMALLER[kind]}", 413)
    year = school_year_of(now.date())
    begins = dt.datetime(year + 1911, 8, 1)
    held = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(UploadedFile, UploadedFile.stored_file_id == StoredFile.id)
        .where(UploadedFile.student_id == student.id, UploadedFile.received_at >= begins)
    )
    if (session.scalar(held) or 0) + arrival.size > limits.student_bytes:
        raise Refused(f"您這學年的檔案總量已達 {size_zh(limits.student_bytes)} 的上限。請先刪除用不到的草稿檔案。", 413)


def _in_store(stores: Stores, arrival: Incoming, kind: FileKind) -> _Kept:
    """Keep it, and beside a photo that tells where it was taken the version that does not."""
    shown = None
    cleaned = content.cleaned(arrival, kind, stores.files)
    if cleaned is not None:
        with cleaned:
            shown = (cleaned.sha256, cleaned.size)
            stores.files.keep(cleaned, prefix="shown_")
    size, sha256 = arrival.size, arrival.sha256
    stores.files.keep(arrival)
    reach("folder_synced")
    return _Kept(sha256, size, kind, shown)


def _refusal(session: Session, error: Exception, now: dt.datetime) -> Refused:
    if isinstance(error, DiskFull):
        return Refused(FULL, 503)
    if isinstance(error, StoreBroken):
        session.rollback()
        stopping.stop(session.get_bind().engine, f"寫入檔案時儲存裝置回報錯誤（{error}）", now=clock.now())
        return Refused(STOPPED, 503)
    if isinstance(error, TooLarge):
        return Refused(_too_large(load_upload_limits(session, school_year_of(now.date()))), 413)
    return Refused(AWAY, 503)


def _too_large(limits: UploadLimits) -> str:
    documents, media = size_zh(limits.most_bytes(FileKind.pdf)), size_zh(limits.most_bytes(FileKind.mp4))
    return f"檔案太大。文件與圖片最大 {documents}，錄音與影片最大 {media}；請縮小後再傳一次。"


def _written(
    session: Session, kept: _Kept, *, name: str, student: Student, by: Actor, key: str, now: dt.datetime, began_at: dt.datetime
) -> UploadedFile:
    """The rows, the receipt and the line of the manifest; whoever else writes to the store waits."""
    manifest.take_turn(session)
    reach("turn_taken")
    known = found_by_key(session, student.id, key)
    if known is not None:  # the same upload came in twice at once
        return known
    stored = _stored(session, kept, now)
    receipt_no = receipts.number(manifest.next_sequence(session), now)
    made = UploadedFile(
        student_id=student.id,
        stored_file=stored,
        name=shown_name(name, kept.kind),
        began_at=began_at,
        received_at=now,
        key=key,
        receipt_no=receipt_no,
        released_at=now,
        uploaded_by_id=by.account_id,
    )
    session.add(made)
    session.flush()
    reach("file_row")
    manifest.note(session, ManifestDeed.received, stored, receipt_no, at=now)
    reach("manifest_row")
    _still_there(storage.of(session), kept)
    reach("flushed")
    return made


def _stored(session: Session, kept: _Kept, now: dt.datetime) -> StoredFile:
    found = session.scalars(select(StoredFile).where(StoredFile.sha256 == kept.sha256)).first()
    if found is None:
        found = StoredFile(sha256=kept.sha256, size=kept.size, kind=kept.kind, stored_at=now)
        session.add(found)
    if kept.shown is not None and found.shown is None:
        sha256, size = kept.shown
        found.shown = session.scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).first() or StoredFile(
            sha256=sha256, size=size, kind=kept.kind, stored_at=now
        )
    session.flush()
    return found


def _still_there(stores: Stores, kept: _Kept) -> None:
    """Between the file's coming and our turn the sweeping job may have taken it for one nobody wants."""
    if not all(stores.files.has(sha256) for sha256 in (kept.sha256, *(kept.shown or ())[:1])):
        raise Refused(AWAY, 503)
