"""Who has seen or changed a person's data: events on the rows about them, and exports that may have held them.

To those who answer requests by name; to the person by office. The office is who acted in law; the name protects the clerk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from admin_app.rulebook import Rulebook
from admin_app.services.personal.holdings import Holding, told, zh_of
from admin_app.services.personal.people import Person
from admin_app.services.trail.search import Cursor, page
from models.catalogue import METADATA
from models.event import Event
from models.people import Account
from models.values.roc import format_roc
from models.verbs import Verb, verb_zh

MOST_ROWS = 2_000
"""Rows about one person whose events are looked for; a student has a few hundred."""
MAY_INCLUDE = "可能包含"
SYSTEM = "系統"
SELF = "本人"
SIGNED_IN = "登入的使用者"


@dataclass(frozen=True)
class Glance:
    """One event as the page tells it."""

    at: str
    name: str
    office: str
    act: str
    zh: str
    note: str


def events(session: Session, person: Person, holdings: Sequence[Holding]) -> Select[Event]:
    """The statement for the events, newest first."""
    ids = _ids(session, told(holdings))
    on_rows = [and_(Event.kind == kind, Event.record_id.in_(numbers)) for kind, numbers in ids.items()]
    stmt = select(Event).where(or_(*on_rows, _exports(session, person, set(ids))))
    return stmt.order_by(Event.at.desc(), Event.id.desc())


def glances(
    session: Session, stmt: Select[Event], rulebook: Rulebook, own: Account | None, after: Cursor | None, size: int
) -> tuple[list[Glance], Cursor | None]:
    """One page of events in words, and where the next begins."""
    found, more = page(session, stmt, after, size)
    return [_glance(each, rulebook, own) for each in found], more


def _ids(session: Session, holdings: Sequence[Holding]) -> dict[str, list[int]]:
    numbered = [each for each in holdings if "id" in each.table.columns]
    parts = [
        select(literal(each.table.name).label("kind"), each.table.c.id.label("id")).where(each.where()).limit(MOST_ROWS).subquery()
        for each in numbered
    ]
    found: dict[str, list[int]] = {}
    for kind, number in session.execute(union_all(*(select(part.c.kind, part.c.id) for part in parts))):
        found.setdefault(kind, []).append(number)
    return found


def _exports(session: Session, person: Person, kinds: set[str]) -> ColumnElement[bool]:
    """Exports of these kinds since the person is known here."""
    first = session.scalar(select(func.min(Event.at)).where(Event.kind == person.__tablename__, Event.record_id == person.id))
    since = [Event.at >= first] if first else []
    whole = and_(Event.record_id.is_(None), Event.kind.in_(kinds))
    return and_(Event.verb == Verb.export.name, whole, *since)


def _glance(event: Event, rulebook: Rulebook, own: Account | None) -> Glance:
    is_export = event.record_id is None
    zh = _kind_zh(event.kind)
    return Glance(
        at=f"{format_roc(event.at.date())} {event.at:%H:%M}",
        name=event.actor,
        office=_office(event, rulebook, own),
        act=f"{MAY_INCLUDE}：{verb_zh(event.verb)}" if is_export else verb_zh(event.verb),
        zh=zh,
        note=event.note if is_export or event.verb == Verb.disclose.name else "",
    )


def _office(event: Event, rulebook: Rulebook, own: Account | None) -> str:
    if own is not None and event.account_id == own.id:
        return SELF
    if event.account_id is None:
        return SYSTEM
    return rulebook.zh(event.post) if event.post in rulebook.posts else SIGNED_IN


def _kind_zh(kind: str) -> str:
    return zh_of(METADATA.tables[kind]) if kind in METADATA.tables else kind
