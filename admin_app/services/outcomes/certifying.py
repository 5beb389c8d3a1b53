"""Certifying: the course teacher, a colleague who teaches with them, or a dated substitute vouches for a work.

It says that the work is the student's own and belongs to the course; nothing about quality, and no grade. 教務處 revokes a
certification and answers doubts.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import Denied, Verdict, judge, require
from admin_app.services.evidence import digests_of
from admin_app.services.outcomes.taking import UNPROCESSABLE, NotNow, Taken, move, take
from admin_app.services.outcomes.telling import tell_student
from models.records.learning_outcome import LONGEST_REASON, LearningOutcome, OutcomeState
from models.vocabulary import Act

MEANS = "認證只確認這件成果是學生本人所作、與本課程相符；不評定好壞，也不是成績。"
OWN_WORK = "不能認證自己的成果。"
CHANGED = "您看過之後檔案又變動了，請重新開啟這件成果再認證。"
NOT_SAME = "撤銷認證由原認證教師或教務單位辦理。"


def certify(session: Session, outcome: LearningOutcome, *, by: Actor, now: dt.datetime, seen: str | None = None) -> None:
    """Vouch for it. `seen`: the digest of the files that were shown; others are not certified unseen."""
    taken = Taken(_may(session, by, outcome), now)
    digest = digests_of(session, outcome)
    if seen is not None and seen != digest:
        raise NotNow(CHANGED)
    take(
        session,
        outcome,
        taken,
        "certify",
        certified_at=now,
        certified_by_id=by.staff_id,
        certified_for=stands_in_for(by, outcome),
        certified_digest=digest,
        certification_note="",
    )
    tell_student(session, outcome, f"「{outcome.name}」已通過認證。")


def send_back(session: Session, outcome: LearningOutcome, reason: str, *, by: Actor, now: dt.datetime) -> None:
    """Return it with what is to be put right; the student may send it again."""
    taken = Taken(_may(session, by, outcome), now, reason.strip())
    take(session, outcome, taken, "send_back", **_answered(by, outcome, taken))
    tell_student(session, outcome, f"「{outcome.name}」已退回：{taken.reason}")


def revoke(session: Session, outcome: LearningOutcome, reason: str, *, by: Actor, now: dt.datetime) -> None:
    """Take a certification back before the work is selected: whoever gave it, or 教務處."""
    taken = Taken(_may_revoke(session, by, outcome), now, reason.strip())
    take(session, outcome, taken, "revoke", **_answered(by, outcome, taken))
    tell_student(session, outcome, f"「{outcome.name}」的認證已撤銷：{taken.reason}")


def reconsider(session: Session, outcome: LearningOutcome, reason: str, *, by: Actor, now: dt.datetime) -> None:
    """教務處 finds the student's doubt sound: the work goes back to the teacher's queue."""
    verdict = require(judge(session, by, Act.settle, outcome))
    _must_be_doubted(outcome)
    answer = {"doubt_answer": reason.strip(), "doubt_answered_at": now, "certification_note": ""}
    take(session, outcome, Taken(verdict, now, reason.strip()), "reconsider", **answer)
    tell_student(session, outcome, f"您對「{outcome.name}」的疑義已處理，請教師重新認證：{reason.strip()}")


def uphold(session: Session, outcome: LearningOutcome, answer: str, *, by: Actor, now: dt.datetime) -> None:
    """教務處 upholds the return, and says why."""
    verdict = require(judge(session, by, Act.settle, outcome))
    _must_be_doubted(outcome)
    text = answer.strip()
    if not text or len(text) > LONGEST_REASON:
        raise NotNow(f"請寫明維持退回的理由，最多 {LONGEST_REASON} 個字。", UNPROCESSABLE)
    move(session, outcome, Taken(verdict, now, text), "uphold", doubt_answer=text, doubt_answered_at=now)
    tell_student(session, outcome, f"您對「{outcome.name}」的疑義已處理，維持退回：{text}")


def stands_in_for(by: Actor, outcome: LearningOutcome) -> str:
    """The course teacher's name when `by` certifies as their 代理人; empty otherwise."""
    course = outcome.teaching
    fitting = (
        each.stands_in_for
        for each in by.holdings
        if each.absent_id is not None and each.absent_id == course.staff_id and each.teaching_id in (None, course.id)
    )
    return "" if course.staff_id == by.staff_id else next(fitting, "")


def _may(session: Session, by: Actor, outcome: LearningOutcome) -> Verdict:
    if by.staff_id is None or by.student_id == outcome.student_id:
        raise Denied(Verdict(False, OWN_WORK))
    return require(judge(session, by, Act.certify, outcome))


def _may_revoke(session: Session, by: Actor, outcome: LearningOutcome) -> Verdict:
    settles = judge(session, by, Act.settle, outcome)
    if settles:
        return settles
    certifies = _may(session, by, outcome)
    if outcome.certified_by_id != by.staff_id:
        raise Denied(Verdict(False, NOT_SAME, None, by.rulebook.owners(Act.settle, LearningOutcome.__subject__)))
    return certifies


def _answered(by: Actor, outcome: LearningOutcome, taken: Taken) -> dict[str, object]:
    """What a return leaves on the row: who said no, when and why; nothing of a certification."""
    return {
        "certified_at": taken.now,
        "certified_by_id": by.staff_id,
        "certified_for": stands_in_for(by, outcome),
        "certified_digest": "",
        "certification_note": taken.reason,
    }


def _must_be_doubted(outcome: LearningOutcome) -> None:
    if outcome.state is not OutcomeState.returned or not outcome.doubt or outcome.doubt_answered_at is not None:
        raise NotNow("這件成果沒有待處理的疑義。")
