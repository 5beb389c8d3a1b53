"""The student's side of the table of steps: what may be done with a piece of work now, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict, NotFound, UnprocessableEntity

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services import outcomes
from admin_app.services.outcomes.taking import steps_of
from admin_app.services.windows import Answer, Closed, Windows
from models.catalogue import ACHIEVEMENTS
from models.records.base import StudentRecord
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.values.roc import format_roc
from models.workflow import THE_STUDENTS, Step
from views.portfolio.blueprint import blueprint, whose

DOUBT = "doubt"
VERBS: dict[str, Callable[..., Any]] = {
    "send": outcomes.send,
    "withdraw": outcomes.withdraw,
    "select": outcomes.select,
    "unselect": outcomes.unselect,
}
MODELS: tuple[type[StudentRecord], ...] = (LearningOutcome, *ACHIEVEMENTS)
KINDS: dict[str, Any] = {each.__tablename__: each for each in MODELS}
FORWARD = ("send", "select")
HELP = {
    "send": "送出後由任課教師認證；認證確認是本人作品、符合課程，不是打分數。認證前可以撤回。",
    "withdraw": "撤回後變回草稿，可以修改再送。",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A button. `asks`: the words it takes first."""

    name: str
    zh: str
    url: str
    asks: str = ""
    help: str = ""
    is_forward: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """A place on the way, as the page draws it."""

    zh: str
    tone: str
    when: str
    is_here: bool


def state_of(row: Any) -> Any:
    return row.state


def may_edit(row: Any) -> bool:
    """What was sent or certified is never edited."""
    return row.state in THE_STUDENTS


def offers(row: Any, book: Windows, *, has_files: bool) -> Sequence[Offer]:
    """The steps of the table that are the student's, from where the row stands, while their windows are open."""
    open_now = [each for each in own_steps(row) if not isinstance(_answer(row, book, each), Closed)]
    found = [_offer(row, each) for each in open_now if has_files or each.name != "send"]
    if getattr(row, "state", None) is OutcomeState.returned and not row.doubt:
        found.append(Offer(DOUBT, "對退回有疑義", _url(row, DOUBT), "請寫明疑義，由教務處處理"))
    return found


def why_later(row: Any, book: Windows) -> str:
    """Why the way forward is shut for now; empty when it is open, or when there is none."""
    answers = [_answer(row, book, each) for each in own_steps(row) if each.name in FORWARD]
    return next((each.sentence for each in answers if isinstance(each, Closed)), "")


def own_steps(row: Any) -> list[Step]:
    """The student's steps from where the row stands, whatever the hour."""
    return [each for each in outcomes.possible(row) if each.name in VERBS]


def path(row: Any) -> list[Station]:
    """The way from draft to confirmed, with what has been passed."""
    states = ("draft", "sent", "certified", "selected", "submitted", "received", "confirmed")
    known = type(row.state)
    names = [name for name in states if name in known.__members__]
    here = {"returned": "sent", "questioned": "received"}.get(row.state.name, row.state.name)
    at = names.index(here)
    return [_station(row, known[name], number, at) for number, name in enumerate(names)]


@blueprint.post("/<kind>/<int:number>/<step>")
@login_required
def take(kind: str, number: int, step: str) -> Any:
    """One verb, then back to where the student was."""
    row, by, now = own_row(whose(), kind, number), identity.actor(), clock.now()
    try:
        if step == DOUBT and isinstance(row, LearningOutcome):
            outcomes.doubt(db.session(), row, request.form.get("reason", ""), by=by, now=now)
        elif step in VERBS and step in {each.name for each in steps_of(row)}:
            VERBS[step](db.session(), row, by=by, now=now)
        else:
            raise NotFound("沒有這個動作。請從「我的學習歷程」操作。")
    except outcomes.NotNow as refused:
        db.session.rollback()
        raise (UnprocessableEntity if refused.status == 422 else Conflict)(str(refused)) from None
    zh = f"「{row.state.zh}」"
    db.session.commit()
    flash(f"已辦理，這一件現在是{zh}。", "success")
    if request.form.get("back", "").startswith("selection"):
        return redirect(url_for("portfolio.selection"))
    return redirect(url_for("portfolio.piece", kind=kind, number=number))


def own_row(student: Any, kind: str, number: int) -> Any:
    """The student's own row; another's does not exist."""
    from_kind = KINDS.get(kind)
    row = None
    if from_kind is not None:
        row = db.session.query(from_kind).filter_by(id=min(number, 2**31 - 1), student_id=student.id).one_or_none()
    if row is None:
        raise NotFound("找不到這一件，可能已經刪除。請從「我的學習歷程」重新選擇。")
    return row


def _answer(row: Any, book: Windows, each: Step) -> Answer | None:
    return None if each.window is None else book.of(each.window, row.student, now=clock.now())


def _offer(row: Any, each: Step) -> Offer:
    return Offer(each.name, each.zh, _url(row, each.name), "", HELP.get(each.name, ""), each.name in FORWARD)


def _url(row: Any, name: str) -> str:
    return url_for("portfolio.take", kind=row.__tablename__, number=row.id, step=name)


def _station(row: Any, state: Any, number: int, at: int) -> Station:
    bad = number == at and row.state.name in ("returned", "questioned")
    tone = "bad" if bad else "here" if number == at else "done" if number < at else "next"
    when = getattr(row, f"{state.name}_at", None) if number <= at else None
    return Station(row.state.zh if bad else state.zh, tone, format_roc(when.date()) if when else "", number == at)
