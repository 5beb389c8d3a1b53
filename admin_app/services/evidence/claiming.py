"""Which files belong to which record: claimed by it, counted, and let go when they are replaced."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import Actor
from admin_app.policy import Verdict, require
from admin_app.services.evidence.limits import load_upload_limits
from admin_app.services.evidence.refusing import Refused
from models.calendar import SchoolYear, Semester
from models.evidence import UploadedFile
from models.records.base import StudentRecord
from models.workflow import THE_STUDENTS

GONE = "選用的檔案已不存在（超過一天沒有放進任何一筆資料就會移除），請重新上傳。"
TAKEN = "選用的檔案已經用在另一筆資料，請重新上傳一次。"
TWICE = "同一個檔案加入了兩次，請移除其中一個。"


def claim(session: Session, files: Sequence[int], record: StudentRecord, *, by: Actor) -> None:
    """Make these the record's files, and let go of those it had. Raises `Refused`, `Denied`. The record has been flushed."""
    require(_own(by, record))
    chosen = _chosen(session, files, record)
    _may_change(session, chosen, record)
    _within_limits(session, chosen, record)
    kind, now = record.__tablename__, clock.now()
    for each in files_of(session, record):
        if each not in chosen:
            each.record_kind, each.record_id, each.released_at = None, None, now
    for each in chosen:
        each.record_kind, each.record_id, each.released_at = kind, record.id, None
    session.flush()


def files_of(session: Session, record: StudentRecord) -> list[UploadedFile]:
    """The record's files, in the order they arrived."""
    return files_of_many(session, record.__tablename__, [record.id]).get(record.id, [])


def files_of_many(session: Session, kind: str, ids: Iterable[int]) -> dict[int, list[UploadedFile]]:
    """The files of many records of one kind (`__tablename__`), in one statement."""
    stmt = select(UploadedFile).where(UploadedFile.record_kind == kind, UploadedFile.record_id.in_(list(ids)))
    found: dict[int, list[UploadedFile]] = defaultdict(list)
    for each in session.scalars(stmt.order_by(UploadedFile.id)):
        found[each.record_id or 0].append(each)
    return dict(found)


def digests_of(session: Session, record: StudentRecord) -> str:
    """One digest over what the student sent for this record: what a certification is bound to. Empty without files.

    Uploading the same content again, in whatever order, gives the same digest.
    """
    return digest_over(each.stored_file.sha256 for each in files_of(session, record))


def digest_over(digests: Iterable[str]) -> str:
    """The digest of a set of digests."""
    lines = sorted(digests)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _own(by: Actor, record: StudentRecord) -> Verdict:
    mine = by.student_id is not None and by.student_id == record.student_id
    return Verdict(mine, "" if mine else "檔案須由學生本人選用")


def _chosen(session: Session, files: Sequence[int], record: StudentRecord) -> list[UploadedFile]:
    if len(set(files)) != len(files):
        raise Refused(TWICE)
    stmt = select(UploadedFile).where(UploadedFile.id.in_(files), UploadedFile.student_id == record.student_id)
    found = {each.id: each for each in session.scalars(stmt.with_for_update(of=UploadedFile))}
    if len(found) != len(files):
        raise Refused(GONE, 409)
    chosen = [found[number] for number in files]
    mine = (record.__tablename__, record.id)
    if any(each.is_claimed and (each.record_kind, each.record_id) != mine for each in chosen):
        raise Refused(TAKEN, 409)
    if len({each.stored_file_id for each in chosen}) != len(chosen):
        raise Refused(TWICE)
    return chosen


def _may_change(session: Session, chosen: list[UploadedFile], record: StudentRecord) -> None:
    """What was sent, certified or submitted keeps its files; to name again those it has changes nothing."""
    kind: Any = type(record)
    state: Any = session.scalar(select(kind.state).where(kind.id == record.id).with_for_update())
    if state not in THE_STUDENTS and set(chosen) != set(files_of(session, record)):
        raise Refused(f"這一筆已{state.zh}，檔案不能再更換。", 409)


def _within_limits(session: Session, chosen: list[UploadedFile], record: StudentRecord) -> None:
    stmt = select(SchoolYear.year).join(Semester).where(Semester.id == record.semester_id)
    limits = load_upload_limits(session, session.scalars(stmt).one())
    for documents, zh in ((True, "文件或圖片檔"), (False, "錄音或影片檔")):
        most = limits.per_record(documents=documents)
        if sum(each.stored_file.kind.is_document is documents for each in chosen) > most:
            raise Refused(f"每一筆最多 {most} 個{zh}。請移除多的，或把幾份合成一個檔案。")
