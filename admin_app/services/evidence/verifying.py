"""Rows ↔ files ↔ digests ↔ manifest: what does not agree, named by owner and record.

Each affected arrival is a finding of its own, so that the list says which student lost which file under which receipt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from admin_app import clock
from admin_app.services.evidence import sweeping
from admin_app.services.evidence.copying import hashed
from admin_app.services.evidence.reading import KINDS
from admin_app.storage import LocalStore, Stores
from models.evidence import ManifestDeed, ManifestLine, StoreCheck, StoredFile, UploadedFile

BATCH = 200
MOST_FINDINGS = 500
SHARE = 7
"""A daily run reads every seventh file, another seventh each day."""
Report = Callable[[StoreCheck, list[str]], None]
"""Told after each batch: how far the run is, and the sentences it added. May commit."""


@dataclass
class Part:
    """A part of a run: sentences about what does not agree, and how much was read."""

    findings: list[str]
    last_id: int = 0
    files: int = 0
    bytes: int = 0


def start(session: Session, *, now: dt.datetime, whole: bool = True) -> StoreCheck:
    """A new run: over everything, or over today's seventh of the contents (and everything else)."""
    check = StoreCheck(started_at=now, whole=whole)
    session.add(check)
    session.flush()
    return check


def latest(session: Session) -> StoreCheck | None:
    """The newest finished run."""
    stmt = select(StoreCheck).where(StoreCheck.finished_at.is_not(None)).order_by(StoreCheck.id.desc()).limit(1)
    return session.scalars(stmt).first()


def unfinished(session: Session) -> StoreCheck | None:
    """The newest run over everything, if it was interrupted."""
    found = session.scalars(select(StoreCheck).where(StoreCheck.whole).order_by(StoreCheck.id.desc()).limit(1)).first()
    return found if found is not None and found.finished_at is None else None


def run(session: Session, stores: Stores, check: StoreCheck, *, clock: Callable[[], dt.datetime], report: Report) -> None:
    """Go on with a run to its end."""
    if not check.last_id:
        for findings in (_chain(session), _arrivals_without_line(session), _lines_without_arrival(session)):
            _take(check, Part(list(findings)), report)
    while (part := _contents(session, stores, check)) is not None:
        _take(check, part, report)
    _take(check, Part(list(_strangers(session, stores, clock()))), report)
    check.finished_at = clock()
    report(check, [])


def summary(check: StoreCheck) -> str:
    """A run in one line."""
    said = f"檔案 {check.files:,} 個（{check.bytes / 1024 / 1024:,.1f} MB）{'全部' if check.whole else '抽樣'}讀回核對"
    return f"{said}，{f'異常 {check.problems} 項' if check.problems else '沒有異常'}"


def _take(check: StoreCheck, part: Part, report: Report) -> None:
    check.files += part.files
    check.bytes += part.bytes
    check.last_id = max(check.last_id, part.last_id)
    room = MOST_FINDINGS - check.problems
    if room > 0 and part.findings:
        check.findings = "\n".join(filter(None, [check.findings, *part.findings[:room]]))
    check.problems += len(part.findings)
    report(check, part.findings)


def _contents(session: Session, stores: Stores, check: StoreCheck) -> Part | None:
    stmt = select(StoredFile).where(StoredFile.id > check.last_id).order_by(StoredFile.id).limit(BATCH)
    rows = session.scalars(stmt).all()
    if not rows:
        return None
    part, wrong = Part([], rows[-1].id), dict[int, str]()
    today = check.started_at.toordinal() % SHARE
    for row in rows:
        problem, read = _problem(stores, row, deep=check.whole or row.id % SHARE == today)
        part.files, part.bytes = part.files + (read > 0), part.bytes + read
        if problem:
            wrong[row.id] = problem
    part.findings = list(_named(session, {row.id: row for row in rows}, wrong))
    return part


def _problem(stores: Stores, row: StoredFile, *, deep: bool) -> tuple[str, int]:
    """What is wrong with a content, and how many bytes were read."""
    try:
        if not deep:
            return ("" if stores.files.has(row.sha256) else "檔案不見了"), 0
        with stores.files.open(row.sha256) as file:
            sha256, size = hashed(file)
    except FileNotFoundError:
        return "檔案不見了", 0
    except OSError as error:
        return f"檔案讀不出來（{type(error).__name__}）", 0
    if size != row.size:
        return f"檔案大小不符（應為 {row.size:,} 位元組，實為 {size:,}）", size
    return ("" if sha256 == row.sha256 else "檔案內容與 SHA-256 不符"), size


def _named(session: Session, rows: dict[int, StoredFile], wrong: dict[int, str]) -> Iterator[str]:
    """A sentence for each arrival of a content that is wrong, be it what was sent or what is shown of it."""
    if not wrong:
        return
    photo = aliased(StoredFile)
    stmt = (
        select(UploadedFile, photo.shown_id)
        .join(photo, photo.id == UploadedFile.stored_file_id)
        .where(UploadedFile.stored_file_id.in_(wrong) | photo.shown_id.in_(wrong))
        .options(joinedload(UploadedFile.student))
        .order_by(UploadedFile.id)
    )
    told = set[int]()
    for arrival, shown_id in session.execute(stmt).unique():
        for number in (arrival.stored_file_id, shown_id):
            if number in wrong:
                told.add(number)
                what = wrong[number] if number == arrival.stored_file_id else f"去除拍攝資訊的版本：{wrong[number]}"
                yield f"{what}：{_whose(session, arrival)}（SHA-256 {rows[number].sha256}）"
    for number in wrong.keys() - told:
        yield f"{wrong[number]}：沒有收檔紀錄的檔案（SHA-256 {rows[number].sha256}）"


def _whose(session: Session, arrival: UploadedFile) -> str:
    student, model = arrival.student, KINDS.get(arrival.record_kind or "")
    record = session.get(model, arrival.record_id) if model is not None and arrival.record_id else None
    if record is not None:
        of = f"{type(record).__zh__}「{record}」（編號 {record.id}）"
    else:
        of = f"{model.__zh__ if model else ''}編號 {arrival.record_id}（已刪除）" if arrival.is_claimed else "尚未放進任何一筆資料"
    return f"{student.name}（{student.student_no}）{of}，收檔憑證 {arrival.receipt_no}，檔名 {arrival.name}"


def _chain(session: Session) -> Iterator[str]:
    """The manifest's lines one behind the other, each what its digest says."""
    before, expected = "", 1
    for line in session.scalars(select(ManifestLine).order_by(ManifestLine.sequence).execution_options(yield_per=2_000)):
        if line.sequence != expected:
            yield f"收檔總帳缺第 {expected} 行到第 {line.sequence - 1} 行"
        elif line.previous != before:
            yield f"收檔總帳第 {line.sequence} 行接不上前一行（收檔憑證 {line.receipt_no}）"
        if line.digest != line.computed():
            yield f"收檔總帳第 {line.sequence} 行的內容與摘要不符（收檔憑證 {line.receipt_no}）"
        before, expected = line.digest, line.sequence + 1


def _arrivals_without_line(session: Session) -> Iterator[str]:
    line = ManifestLine
    noted = exists().where(
        line.receipt_no == UploadedFile.receipt_no, line.deed == ManifestDeed.received, line.sha256 == StoredFile.sha256
    )
    stmt = select(UploadedFile).join(UploadedFile.stored_file).where(~noted).options(joinedload(UploadedFile.student))
    for arrival in session.scalars(stmt.order_by(UploadedFile.id).limit(MOST_FINDINGS)):
        yield f"收檔總帳沒有這一筆，或雜湊不同：{_whose(session, arrival)}"


def _lines_without_arrival(session: Session) -> Iterator[str]:
    later = aliased(ManifestLine)
    removed = exists().where(later.receipt_no == ManifestLine.receipt_no, later.deed == ManifestDeed.removed)
    arrived = exists().where(UploadedFile.receipt_no == ManifestLine.receipt_no)
    stmt = select(ManifestLine).where(ManifestLine.deed == ManifestDeed.received, ~removed, ~arrived)
    for line in session.scalars(stmt.order_by(ManifestLine.sequence).limit(MOST_FINDINGS)):
        yield f"收檔總帳有、資料庫沒有的收檔紀錄：收檔憑證 {line.receipt_no}（SHA-256 {line.sha256}）"


def _strangers(session: Session, stores: Stores, now: dt.datetime) -> Iterator[str]:
    """Files without a row that the sweeping job should have removed by now, and what is no file of the store at all."""
    before = clock.timestamp(now - 2 * sweeping.UNCLAIMED)
    for sha256 in sweeping.orphans(session, stores.files, before=before):
        yield f"儲存位置裡有檔案沒有任何紀錄（SHA-256 {sha256}）"
    if isinstance(stores.files, LocalStore):
        for path in stores.files.strangers():
            yield f"儲存位置裡有不是本系統的檔案：{path.relative_to(stores.files.root)}"


def held(session: Session) -> tuple[int, int, int]:
    """How many contents there are, their bytes, and how many have no copy elsewhere yet."""
    total, size = session.execute(select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).select_from(StoredFile)).one()
    uncopied = session.scalar(select(func.count()).select_from(StoredFile).where(StoredFile.copied_at.is_(None))) or 0
    return total, int(size), uncopied
