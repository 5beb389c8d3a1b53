"""Taking a step of the table: the state, the student at school, the window and the reason, then the change and its event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_app import audit
from admin_app.policy import Verdict
from admin_app.services import windows
from models.records.learning_outcome import LONGEST_REASON, LearningOutcome
from models.vocabulary import EnrolmentStatus
from models.workflow import ACHIEVEMENT_STEPS, STEPS, Step, step

JUST_CHANGED = "這一件剛剛已由別人辦理，請重新整理頁面後再看一次。"
CONFLICT, UNPROCESSABLE = 409, 422


class NotNow(Exception):
    """The step cannot be taken; the message says why and what to do, `status` is the HTTP status that goes with it."""

    def __init__(self, sentence: str, status: int = CONFLICT) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Taken:
    """A step to take: by which row of the edition, when, and why where it takes a reason."""

    verdict: Verdict
    now: dt.datetime
    reason: str = ""
    began_at: dt.datetime | None = None


def steps_of(row: Any) -> tuple[Step, ...]:
    """The table of steps a row goes by."""
    return STEPS if isinstance(row, LearningOutcome) else ACHIEVEMENT_STEPS


def possible(row: Any) -> tuple[Step, ...]:
    """The steps that leave from where the row stands; whether a person may take them is the policy's answer."""
    return tuple(each for each in steps_of(row) if each.leaves(row.state))


def must_be_possible(session: Session, row: Any, taken: Taken, name: str) -> Step:
    """The step of this name if it can be taken; `NotNow` with the reason when it cannot."""
    found = step(name, steps_of(row))
    if not found.leaves(row.state):
        raise NotNow(f"「{row.name if hasattr(row, 'name') else row}」目前是「{row.state.zh}」，不能{found.zh}。")
    if row.student.status is not EnrolmentStatus.enrolled:
        raise NotNow(f"這位學生目前{row.student.status.zh}，暫停辦理；復學後照原來的狀態繼續。")
    if found.window is not None:
        answer = windows.window(session, found.window, row.student, row.semester, now=taken.now, began_at=taken.began_at)
        if isinstance(answer, windows.Closed):
            raise NotNow(answer.sentence)
    if found.needs_reason and not taken.reason.strip():
        raise NotNow(f"{found.zh}須寫明理由，讓對方知道要怎麼做。", UNPROCESSABLE)
    if len(taken.reason) > LONGEST_REASON:
        raise NotNow(f"理由最多 {LONGEST_REASON} 個字，請精簡後再送出。", UNPROCESSABLE)
    return found


def take(session: Session, row: Any, taken: Taken, name: str, **values: Any) -> None:
    """Take the step of this name and set what goes with it. The event carries the step's name and the reason."""
    found = must_be_possible(session, row, taken, name)
    move(session, row, taken, name, state=found.target, **values)


def move(session: Session, row: Any, taken: Taken, verb: str, **values: Any) -> None:
    """Set `values` under the name of a verb, whoever else may be doing so at this moment."""
    signed = audit.signature(session)
    before = signed.verb, signed.note
    audit.acting(session, taken.verdict, verb).note = taken.reason
    try:
        for key, value in values.items():
            setattr(row, key, value)
        session.flush()
    except StaleDataError:
        session.rollback()
        raise NotNow(JUST_CHANGED) from None
    except IntegrityError as error:
        session.rollback()
        if "no such step" in str(error.orig):
            raise NotNow(JUST_CHANGED) from None
        raise
    finally:
        signed.verb, signed.note = before
