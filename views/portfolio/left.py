"""What is left of the semester: days, works, sizes; whether the windows are open. Server time decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from werkzeug.exceptions import Conflict

from admin_app.extensions import db
from admin_app.services import evidence, windows
from admin_app.services.evidence.limits import KB, size_zh
from admin_app.services.windows import Answer, Open
from admin_app.terms import Term
from models.calendar import Semester
from models.evidence import LimitKind, StoredFile, UploadedFile
from models.people import Student
from models.records.learning_outcome import LearningOutcome
from models.vocabulary import WindowKind

FEW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, e.g. 71 天."""

    zh: str
    big: str
    small: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Left:
    """What the student may still do."""

    lines: tuple[Line, ...]
    sentence: str
    may_upload: bool
    may_add: bool


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may be."""

    url: str
    document_bytes: int
    media_bytes: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Selecting:
    """Whether one may select now, and how many of each."""

    sentence: str
    limits: dict[str, int]


def what_is_left(student: Student, term: Term, now: dt.datetime) -> Left:
    """The page's first box."""
    book, limits = windows.load(db.session, _semester(term), [student.id]), evidence.load_upload_limits(db.session, term.year)
    upload = book.of(WindowKind.upload, student, now=now)
    add = book.of(WindowKind.achievement, student, now=now)
    made = db.session.scalar(
        select(func.count(LearningOutcome.id)).where(
            LearningOutcome.student_id == student.id, LearningOutcome.semester_id == term.id
        )
    )
    most = limits[LimitKind.outcomes_per_semester]
    used = db.session.scalar(
        select(func.sum(StoredFile.size))
        .join(UploadedFile, UploadedFile.stored_file_id == StoredFile.id)
        .where(UploadedFile.student_id == student.id)
    )
    lines = (
        _until("課程學習成果", upload, now),
        _until("多元表現", add, now),
        Line("本學期件數", f"{made or 0}／{most}", f"還可以新增 {max(0, most - (made or 0))} 件"),
        Line("已上傳", size_zh(int(used or 0)), f"每學年上限 {size_zh(limits.student_bytes)}"),
    )
    return Left(lines, file_limits(term).sentence, bool(upload), bool(add))


def file_limits(term: Term) -> FileLimits:
    """Sizes and counts of the school year."""
    limits = evidence.load_upload_limits(db.session, term.year)
    document, media = limits[LimitKind.document_kb] * KB, limits[LimitKind.media_kb] * KB
    sentence = (
        f"文件 PDF、JPG、PNG 每檔 {size_zh(document)} 以內，影音 MP3、MP4 每檔 {size_zh(media)} 以內；"
        f"每一件最多文件 {limits.per_record(documents=True)} 個、影音 {limits.per_record(documents=False)} 個。"
    )
    return FileLimits(url_for("files.receive"), document, media, sentence)


def must_be_open(model: Any, student: Student, term: Term, now: dt.datetime) -> None:
    """409 with the window's own sentence when it is not."""
    kind = WindowKind.upload if model is LearningOutcome else WindowKind.achievement
    answer = windows.window(db.session, kind, student, _semester(term), now=now)
    if isinstance(answer, windows.Closed):
        raise Conflict(answer.sentence)


def selection_state(student: Student, term: Term, now: dt.datetime) -> Selecting:
    """When one may select, and up to how many."""
    answer = windows.window(db.session, WindowKind.selection, student, _semester(term), now=now)
    limits = evidence.load_upload_limits(db.session, term.year)
    sentence = f"勾選到 {windows.told(answer.closes_at)} 截止" if isinstance(answer, Open) else answer.sentence
    figures = {"outcome": limits[LimitKind.selected_outcomes], "achievement": limits[LimitKind.selected_achievements]}
    return Selecting(sentence, figures)


def _semester(term: Term) -> Semester:
    return db.session.get_one(Semester, term.id)


def _until(zh: str, answer: Answer, now: dt.datetime) -> Line:
    """Days, and hours on the last one."""
    if not isinstance(answer, Open):
        return Line(zh, "現在不能上傳", answer.sentence, "warn")
    if answer.closes_at.year > 9000:
        return Line(zh, "開放中", "截止日等候國教署來文")
    days, hours = answer.left(now)
    big = f"還有 {days} 天" if days else f"還有 {hours} 小時" if hours else "不到 1 小時"
    extended = "（您的延期）" if answer.extended else ""
    return Line(
        zh, big, f"{windows.told(answer.closes_at)} 截止{extended}", "bad" if not days else "warn" if days < FEW_DAYS else "plain"
    )
