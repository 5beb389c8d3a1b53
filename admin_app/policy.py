"""Who may do what: the answers, each with its reason and the row of the edition it comes from.

Neither the day nor the actor is ambient. An unknown model shows nothing; whoever may act on a subject may also see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from admin_app.actor import Actor, Held
from admin_app.rulebook import SYSTEM_DEFAULT, Grant, Rulebook
from admin_app.scopes import reach
from models.base import Entity
from models.vocabulary import Act, Division, Scope, Subject


@dataclass(frozen=True, slots=True)
class Verdict:
    """A yes with its row, or a no with its reason. `who` names those who may, with their rows."""

    allowed: bool
    sentence: str
    grant: Grant | None = None
    who: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


class Denied(Exception):
    """The policy said no; the message is the verdict's sentence."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.sentence)
        self.verdict = verdict


def may(actor: Actor, act: Act, subject: Subject, division: Division | None = None) -> Verdict:
    """Whether `actor` may perform `act` on `subject` at all (in `division`, if one is named)."""
    held = actor.held(act, subject)
    reaching = [each for each in held if division is None or each.grant.division in (None, division)]
    if reaching:
        return _yes(actor, reaching[0])
    who = actor.rulebook.owners(act, subject)
    if held and division:
        return Verdict(False, f"{actor.rulebook.zh(held[0].grant.holder)}僅負責{held[0].grant.division_zh}", None, who)
    return Verdict(False, f"分工表未將「{subject.zh}」{act.zh}列給{actor.posts_zh}", None, who)


def require(verdict: Verdict) -> Verdict:
    """Pass a yes through; raise `Denied` on a no."""
    if not verdict:
        raise Denied(verdict)
    return verdict


def visible(actor: Actor, model: type[Entity]) -> ColumnElement[bool]:
    """Rows of `model` the person may see: those any of their grants on its subjects reaches, and no others."""
    found = {
        (lens, held.grant.division, held.grant.scope, held.holding.reach): (held, lens)
        for subject, lens in model.lenses().items()
        for held in actor.held_at_all(subject)
    }
    seen = [each for key, each in found.items() if key[0] is None or (None, *key[1:]) not in found]
    return or_(false(), *(_through(lens, reach(actor, held, model)) for held, lens in seen))


def writable(actor: Actor, model: type[Entity], act: Act | None = None) -> ColumnElement[bool]:
    """Rows of `model` on which the person may perform `act` (its own write act by default)."""
    return or_(false(), *(condition for _, condition in _reaches(actor, model, act or model.__write_act__)))


def judge(session: Session, actor: Actor, act: Act, row: Entity) -> Verdict:
    """Whether `actor` may perform `act` on this very row, as it stands in the database or in the flushed transaction."""
    model = type(row)
    reaches = _reaches(actor, model, act)
    if not reaches:
        return may(actor, act, model.__subject__)
    answer = session.execute(select(*_columns(reaches)).where(model.id == row.id)).one_or_none()
    return _judged(actor, act, model, reaches, answer or ())


def find(
    session: Session, actor: Actor, act: Act, model: type[Entity], which: ColumnElement[bool], *options: ExecutableOption
) -> tuple[Any, Verdict] | None:
    """The row that `which` leaves, and whether `actor` may perform `act` on it as it stands there: one statement. The condition
    holds who may see it."""
    reaches = _reaches(actor, model, act)
    found = session.execute(select(model, *_columns(reaches)).options(*options).where(which)).one_or_none()
    if found is None:
        return None
    return found[0], _judged(actor, act, model, reaches, found[1:]) if reaches else may(actor, act, model.__subject__)


def unmasked(actor: Actor, subject: Subject) -> frozenset[Division]:
    """The divisions in which the person may see sensitive columns of `subject` in full."""
    divisions = {held.grant.division for held in actor.held(Act.unmask, subject)}
    return frozenset(Division) if None in divisions else frozenset(division for division in divisions if division)


def row_sentence(grant: Grant, rulebook: Rulebook) -> str:
    """A grant in words, e.g. 「工作職掌 D12：活動組登錄社團幹部」."""
    if grant.is_duty:
        return f"工作職掌 {grant.row}：{rulebook.zh(grant.holder)}{grant.act.zh}{grant.subject.zh}"
    source = f"系統預設 {grant.row}（本規定未訂）" if grant.basis == SYSTEM_DEFAULT else f"補充規定 {grant.basis}（{grant.row}）"
    return f"{source}：{grant.work.rstrip('。')}"


def _reaches(actor: Actor, model: type[Entity], act: Act) -> list[tuple[Held, ColumnElement[bool]]]:
    return [
        (held, _through(lens, reach(actor, held, model, every=True)))
        for subject, lens in model.lenses().items()
        for held in actor.held(act, subject)
    ]


def _columns(reaches: list[tuple[Held, ColumnElement[bool]]]) -> list[ColumnElement[bool]]:
    return [condition.label(f"reach_{number}") for number, (_, condition) in enumerate(reaches)]


def _judged(
    actor: Actor, act: Act, model: type[Entity], reaches: list[tuple[Held, ColumnElement[bool]]], answer: Sequence[Any]
) -> Verdict:
    """By the first grant that reaches the row; `answer` says of each whether it does, and is empty where there is no row."""
    for (held, _), reached in zip(reaches, answer, strict=False):
        if reached:
            return _yes(actor, held)
    return _out_of_reach(actor, act, model, reaches[0][0])


def _through(lens: object, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition & lens() if callable(lens) else condition


def _yes(actor: Actor, held: Held) -> Verdict:
    standing_in = f"（代理{held.holding.stands_in_for}）" if held.holding.stands_in_for else ""
    return Verdict(True, f"依{row_sentence(held.grant, actor.rulebook)}{standing_in}", held.grant)


def _out_of_reach(actor: Actor, act: Act, model: type[Entity], held: Held) -> Verdict:
    who = actor.rulebook.owners(act, held.grant.subject)
    holder = actor.rulebook.zh(held.grant.holder)
    limit = held.grant.division_zh if held.grant.scope is Scope.division else f"{held.grant.division_zh}之{held.grant.scope.zh}"
    return Verdict(False, f"{holder}僅負責{limit}，這一筆不在範圍內", None, who)
