"""密碼單 of a whole grade or school: made by a job into one encrypted file, which its maker fetches once within a day."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app import audit, clock
from admin_app.services.account_life.slips import Slip, give, hashed_in_threads, new_password, places
from admin_app.services.jobs import Unworkable, Work, job, periodic
from models.classes import SchoolClass
from models.job import Job, JobState
from models.people import Account, Guardianship, Student
from models.vault import vault
from models.vocabulary import Division

KIND = "print_slips"
LASTS = dt.timedelta(hours=24)
Batch = tuple[list[Slip], str, str]
"""Slips, what for, layout."""
AT_A_TIME = 40
"""Passwords hashed between two reports of progress."""


def waiting(people: str, divisions: Sequence[Division], grade: int | None) -> Select[Account]:
    """The enabled accounts of a grade's students (guardians) who have no password of their own, by class and seat."""
    student = Account.student if people == "student" else None
    stmt = select(Account).options(
        joinedload(Account.student).joinedload(Student.school_class), joinedload(Account.guardian), joinedload(Account.staff)
    )
    if student is not None:
        stmt = stmt.join(Account.student)
    else:
        first = select(Guardianship.student_id).where(Guardianship.guardian_id == Account.guardian_id)
        stmt = stmt.join(Student, Student.id == first.order_by(Guardianship.id).limit(1).scalar_subquery())
    stmt = stmt.outerjoin(SchoolClass, SchoolClass.id == Student.school_class_id)
    here: ColumnElement[bool] = and_(Account.enabled, Account.division.in_(divisions), _no_own_password())
    stmt = stmt.where(here, SchoolClass.grade == grade) if grade else stmt.where(here)
    return stmt.order_by(SchoolClass.grade, SchoolClass.id, Student.seat_no, Account.username)


def _no_own_password() -> ColumnElement[bool]:
    return or_(Account.password_hash == "", Account.first_password_until.is_not(None), Account.must_change_password)


@job(KIND, zh="產生密碼單", most_attempts=1)
def make_batch(work: Work, *, people: str, divisions: list[str], grade: int | None, what: str, layout: str) -> dict[str, Any]:
    """Hash first, which takes the time, then write the accounts and the file."""
    found = work.session.scalars(waiting(people, [Division[name] for name in divisions], grade)).unique().all()
    if not found:
        raise Unworkable("沒有需要首次密碼的帳號：都已自設密碼或已停用。")
    made, hashed = [new_password() for _ in found], list[str]()
    for start in range(0, len(made), AT_A_TIME):
        hashed += hashed_in_threads(made[start : start + AT_A_TIME])
        work.progress(len(hashed), len(made), "產生密碼")
    now, until = clock.now(), clock.today() + dt.timedelta(days=work.settings.first_password_days)
    where = places(work.session, found)
    for account, password_hash in zip(found, hashed, strict=True):
        give(work.session, account, password_hash, now=now, until=until)
    slips = [
        Slip(account.person.name, where[account.id], account.username, password, until)
        for account, password in zip(found, made, strict=True)
    ]
    audit.track(work.session, "print_slips", "account", note=what, count=len(slips), until=until.isoformat())
    keep(work.settings.data_dir, work.job_id, slips, what=what, layout=layout)
    text = f"{what}密碼單 {len(slips)} 張，24 小時內可開啟一次。"
    return {"text": text, "url": f"/accounts/slips/batches/{work.job_id}"}


def keep(data_dir: Path, number: int, slips: Sequence[Slip], *, what: str, layout: str) -> None:
    """Write the file, readable by nobody without the data key."""
    path = path_of(data_dir, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"what": what, "layout": layout, "slips": [{**asdict(slip), "until": slip.until.isoformat()} for slip in slips]}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(vault().encrypt_bytes(json.dumps(content, ensure_ascii=False).encode()))


def path_of(data_dir: Path, number: int) -> Path:
    """Where a batch lies until it is fetched."""
    return data_dir / "slips" / f"{number}.slips"


def fetch(
    session: Session, data_dir: Path, number: int, *, account_id: int, now: dt.datetime
) -> tuple[list[Slip], str, str] | None:
    """The slips, what for and the layout; only for their maker, only once, only within a day. None otherwise."""
    mine = (Job.id == number, Job.kind == KIND, Job.account_id == account_id, Job.state == JobState.done)
    found = session.scalar(select(Job).where(*mine, Job.finished_at > now - LASTS))
    taken = path_of(data_dir, number).with_suffix(".taken")
    try:
        if found is None:
            return None
        path_of(data_dir, number).rename(taken)  # one of two who click at once gets it
    except FileNotFoundError:
        return None
    content = json.loads(vault().decrypt_bytes(taken.read_bytes()))
    taken.unlink()
    slips = [Slip(**{**slip, "until": dt.date.fromisoformat(slip["until"])}) for slip in content["slips"]]
    return slips, content["what"], content["layout"]


@periodic("sweep_slips", zh="清除過期的密碼單", minutes=60)
def sweep_slips(work: Work) -> dict[str, Any]:
    """Throw away what nobody fetched within a day; those passwords stay unknown and are printed anew."""
    gone, oldest = 0, (clock.now() - LASTS).timestamp()
    for path in (work.settings.data_dir / "slips").glob("*"):
        if dt.datetime.fromtimestamp(path.stat().st_mtime, clock.TAIPEI).replace(tzinfo=None).timestamp() < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return {"text": f"清除 {gone} 份未取用的密碼單。"}
