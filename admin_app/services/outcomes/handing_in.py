"""The student's verbs: send a work to be certified, take it back, make a new version, say that a return is in doubt."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import judge, require
from admin_app.services.evidence import digests_of
from admin_app.services.outcomes.taking import UNPROCESSABLE, NotNow, Taken, move, must_be_possible, take
from admin_app.services.outcomes.telling import tell_keepers
from models.records.learning_outcome import LONGEST_REASON, NOT_THEIRS, LearningOutcome, OutcomeState, open_courses
from models.vocabulary import Act

NO_FILE = "還沒有附上檔案，請先上傳成果的文件或影音檔，再送出認證。"
NAME_LENGTH = 80


def send(session: Session, outcome: LearningOutcome, *, by: Actor, now: dt.datetime, began_at: dt.datetime | None = None) -> None:
    """Hand the work to its course teacher. One with the very files of a certified version keeps that certification."""
    taken = Taken(require(judge(session, by, Act.record, outcome)), now, began_at=began_at)
    must_be_possible(session, outcome, taken, "send")
    _must_hang_on_an_own_course(session, outcome)
    digest = digests_of(session, outcome)
    if not digest:
        raise NotNow(NO_FILE, UNPROCESSABLE)
    before = outcome.previous
    if outcome.state is OutcomeState.draft and before is not None and vouched_for(before, digest, outcome):
        take(
            session,
            outcome,
            taken,
            "keep",
            sent_at=now,
            certified_at=before.certified_at,
            certified_by_id=before.certified_by_id,
            certified_for=before.certified_for,
            certified_digest=digest,
            certification_note=f"檔案與「{before.name}」相同，沿用認證"[:LONGEST_REASON],
        )
        return
    take(session, outcome, taken, "send", sent_at=now, certification_note="", **NO_DOUBT)


NO_DOUBT = {"doubt": "", "doubted_at": None, "doubt_answer": "", "doubt_answered_at": None}
"""A work sent again begins anew: what was doubted stays in its events."""


def vouched_for(before: LearningOutcome, digest: str, outcome: LearningOutcome) -> bool:
    """Whether a teacher has vouched for these very files, of the same student in the same course."""
    same = (before.student_id, before.teaching_id) == (outcome.student_id, outcome.teaching_id)
    return same and before.certified_at is not None and before.certified_digest == digest


def withdraw(session: Session, outcome: LearningOutcome, *, by: Actor, now: dt.datetime) -> None:
    """Take it back before it is certified; it is a draft again."""
    verdict = require(judge(session, by, Act.record, outcome))
    take(session, outcome, Taken(verdict, now), "withdraw")


def new_version(session: Session, outcome: LearningOutcome, *, by: Actor, now: dt.datetime) -> LearningOutcome:
    """A draft that follows a work which was certified: that one is never edited, and both remain."""
    require(judge(session, by, Act.record, outcome))
    if outcome.certified_at is None or outcome.state in (OutcomeState.draft, OutcomeState.sent, OutcomeState.returned):
        raise NotNow("這件成果還沒有認證通過，直接修改即可，不需要另做一版。")
    made = LearningOutcome(
        student=outcome.student,
        teaching=outcome.teaching,
        name=_next_name(session, outcome),
        brief=outcome.brief,
        kind=outcome.kind,
        practical=outcome.practical,
        previous=outcome,
    )
    session.add(made)
    session.flush()
    must_be_possible(session, made, Taken(require(judge(session, by, Act.record, made)), now), "send")
    return made


def _next_name(session: Session, outcome: LearningOutcome) -> str:
    base = outcome.name.split("（第")[0]
    same = (LearningOutcome.student_id == outcome.student_id, LearningOutcome.teaching_id == outcome.teaching_id)
    known = session.scalar(
        select(func.count(LearningOutcome.id)).where(*same, LearningOutcome.name.startswith(base, autoescape=True))
    )
    number = (known or 0) + 1
    too_long = max(0, len(_version(base, number)) - NAME_LENGTH)
    return _version(base[: len(base) - too_long], number)


def _version(name: str, number: int) -> str:
    return f"{name}（第 {number} 版）"


def doubt(session: Session, outcome: LearningOutcome, text: str, *, by: Actor, now: dt.datetime) -> None:
    """The student doubts a return: 教務處 sees it and answers."""
    verdict = require(judge(session, by, Act.record, outcome))
    if outcome.state is not OutcomeState.returned:
        raise NotNow("只有被退回的成果可以提出疑義。")
    if outcome.doubt:
        raise NotNow("已提出過疑義，教務單位處理後會通知您。")
    text = text.strip()
    if not text or len(text) > LONGEST_REASON:
        raise NotNow(f"請寫明您的疑義，最多 {LONGEST_REASON} 個字。", UNPROCESSABLE)
    move(session, outcome, Taken(verdict, now, text), "doubt", doubt=text, doubted_at=now)
    tell_keepers(session, outcome, by, "有學生對課程學習成果的退回提出疑義，請處理。")


def _must_hang_on_an_own_course(session: Session, outcome: LearningOutcome) -> None:
    """The roster may have changed since the draft was made."""
    if outcome.teaching_id not in session.scalars(open_courses(outcome.student_id)).all():
        raise NotNow(NOT_THEIRS)
