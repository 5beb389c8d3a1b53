"""The restore points as rows: how old the newest is, whether each is still there, and which are old enough to go."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.config import Settings
from admin_app.services.keeping.backing_up import Made
from admin_app.services.keeping.contents import read_file_lines
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.problem import Damaged
from models.keeping import Backup
from models.verbs import Verb

MOST_LOOKED_AT = 500
MONTHLY_DAYS = 400
NOT_THERE = "備份位置裡已找不到，或清單已損壞"
EXPIRED = "超過保存天數，已清除"


def record(session: Session, settings: Settings, folder: Folder, made: Made, *, now: dt.datetime) -> Backup:
    """Remember a restore point that was written and read again."""
    contents = made.contents
    row = Backup(
        name=made.name,
        place=str(folder)[:300],
        taken_at=dt.datetime.fromisoformat(contents.taken_at),
        verified_at=now,
        database_bytes=contents.database.size,
        files=contents.files,
        file_bytes=contents.file_bytes,
        digest=made.digest,
        same_disk=on_same_disk(settings.data_dir, folder.path),
    )
    session.add(row)
    audit.track(session, Verb.back_up.name, Backup.__tablename__, note=f"還原點 {made.name}，檔案 {contents.files:,} 個")
    return row


def usable(session: Session, most: int = MOST_LOOKED_AT) -> Sequence[Backup]:
    """The restore points that can be restored, the newest first."""
    stmt = select(Backup).where(Backup.gone_at.is_(None)).order_by(Backup.taken_at.desc(), Backup.id.desc())
    return session.scalars(stmt.limit(most)).all()


def latest(session: Session, most: int) -> Sequence[Backup]:
    """The newest restore points, also those that are gone."""
    return session.scalars(select(Backup).order_by(Backup.taken_at.desc(), Backup.id.desc()).limit(most)).all()


def find_gone(session: Session, folder: Folder, *, now: dt.datetime) -> list[Backup]:
    """Mark the restore points that are not in the folder any more, or not as they were: they protect nothing."""
    gone = [row for row in usable(session) if _digest(folder, row.name) != row.digest]
    for row in gone:
        row.gone_at, row.problem = now, NOT_THERE
    return gone


def thin_out(session: Session, folder: Folder, *, days: int, now: dt.datetime) -> list[str]:
    """Take away restore points older than `days`, but for the first of each month of a year, and the files none lists any more."""
    rows = {row.name: row for row in usable(session)}
    names = folder.names()
    kept = _kept(names, now=now, days=days)
    gone = [name for name in names if name not in kept]
    if not gone:
        return []
    with folder.writing():
        for name in gone:
            folder.drop(name)
            if name in rows:
                rows[name].gone_at, rows[name].problem = now, EXPIRED
        _drop_unlisted(folder)
    return gone


def on_same_disk(data_dir: Path, place: Path) -> bool:
    """Whether one broken disk would take data and backups."""
    try:
        return os.stat(data_dir).st_dev == os.stat(place).st_dev
    except OSError:
        return False


def _kept(names: Sequence[str], *, now: dt.datetime, days: int) -> set[str]:
    """The newest always stays, however old it is."""
    oldest, oldest_month = (f"{now - dt.timedelta(days=each):%Y%m%dT%H%M%S}" for each in (days, MONTHLY_DAYS))
    first_of_month: dict[str, str] = {name[:6]: name for name in names}  # names come newest first: the last one wins
    monthly = {name for name in first_of_month.values() if name >= oldest_month}
    return {*names[:1], *(name for name in names if name >= oldest), *monthly}


def _drop_unlisted(folder: Folder) -> None:
    """A restore point that cannot be read may list anything: then no file goes."""
    try:
        listings = [folder.part(name, folder.contents(name).file_list).read_bytes() for name in folder.names()]
    except Damaged:
        return
    wanted = {sha256 for data in listings for sha256, _ in read_file_lines(data)}
    for sha256 in folder.stored():
        if sha256 not in wanted:
            folder.evidence(sha256).unlink()


def _digest(folder: Folder, name: str) -> str:
    try:
        return hashlib.sha256(folder.contents(name).written()).hexdigest()
    except Damaged:
        return ""
