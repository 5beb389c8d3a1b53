"""The files a student handed in, as they go into a copy: named by what they belong to and by their receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.services.keeping.evidence_files import evidence_store
from admin_app.services.personal.copying import FILES, Attached
from admin_app.services.personal.holdings import zh_of
from admin_app.services.personal.people import Person
from models.catalogue import METADATA
from models.evidence import UploadedFile
from models.people import Student
from models.values.roc import format_roc

UNCLAIMED = "未歸入任何資料"
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
LONGEST = 80


def files_of(person: type[Person], number: int, settings: Settings) -> Callable[[Session], Sequence[Attached]]:
    """Asked when the archive is written. Only students hand files in."""
    return partial(_of_student, number, settings) if person is Student else _none


def _none(session: Session) -> Sequence[Attached]:
    return ()


def _of_student(number: int, settings: Settings, session: Session) -> Sequence[Attached]:
    store = evidence_store(settings)
    stmt = select(UploadedFile).where(UploadedFile.student_id == number).order_by(UploadedFile.received_at, UploadedFile.id)
    return [
        Attached(
            path=path_of(each),
            receipt_no=each.receipt_no,
            received_at=f"{format_roc(each.received_at.date())} {each.received_at:%H:%M:%S}",
            size=each.stored_file.size,
            sha256=each.stored_file.sha256,
            blocks=partial(store.blocks, each.stored_file.sha256),
        )
        for each in session.scalars(stmt)
    ]


def path_of(each: UploadedFile) -> str:
    """`檔案/課程學習成果/115-000123-7K 報告.pdf`: no name a device gave leads out of its folder, and none comes twice."""
    table = METADATA.tables.get(each.record_kind or "")
    folder = zh_of(table).replace("/", "／") if table is not None else UNCLAIMED
    name = UNSAFE.sub("_", each.name).strip(". ")[-LONGEST:] or each.stored_file.kind.name
    return f"{FILES}/{folder}/{each.receipt_no} {name}"
