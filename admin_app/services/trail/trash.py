"""回收桶: what was deleted, for how long it can still be put back, and the row made anew from the event that saw it go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, inspect, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from admin_app.actor import Actor, Held
from admin_app.services.audit.replaying import restored
from admin_app.services.trail.values import MODELS, mapped
from admin_app.services.trail.words import changes_of
from models.base import Entity
from models.event import Event
from models.verbs import Verb
from models.vocabulary import Scope

MOST = 200
NEVER_TAKEN_OVER = {"version"}


class CannotRestoreError(Exception):
    """A deleted row cannot come back now; the message says why and what to do."""


class CannotRestoreManyError(Exception):
    """Some of the deleted rows cannot come back, so none does."""

    def __init__(self, reasons: Sequence[tuple[Event, str]]) -> None:
        super().__init__(f"{len(reasons)} 筆不能復原")
        self.reasons = reasons


def gone_on(event: Event, days: int) -> dt.date:
    """The day from which a deleted row can no longer be put back."""
    return event.at.date() + dt.timedelta(days=days)


def since(now: dt.datetime, days: int) -> dt.datetime:
    """Deletions before this are out of the trash: a row deleted `days` days ago goes at the beginning of that day."""
    return dt.datetime.combine(now.date() - dt.timedelta(days=days - 1), dt.time())


def deletions(by: Actor, models: Iterable[type[Entity]], start: dt.datetime) -> Select[Event]:
    """Deletions since `start` that the person may see, newest first; what came back meanwhile is left out."""
    mine = or_(false(), *(and_(Event.kind == model.__tablename__, reach(by, model), _still_gone(model)) for model in models))
    later = aliased(Event)
    again = exists().where(
        later.kind == Event.kind,
        later.record_id == Event.record_id,
        later.verb == Verb.delete.name,
        later.id > Event.id,
    )
    stmt = select(Event).where(Event.verb == Verb.delete.name, Event.at >= start, Event.record_id.is_not(None), mine, ~again)
    return stmt.order_by(Event.at.desc(), Event.id.desc())


def reach(by: Actor, model: type[Entity]) -> ColumnElement[bool]:
    """Which deletions of a kind the person sees: all of their side where they write the whole side, else only their own."""
    own = Event.account_id == by.account_id
    found = [
        and_(_side(held, model, own), true() if lens is None and held.grant.scope is Scope.division else own)
        for subject, lens in model.lenses().items()
        for held in by.held(model.__write_act__, subject)
    ]
    return or_(false(), *found)


def _side(held: Held, model: Any, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """The wall. Of a row without a division the event cannot tell the side: where its student would, only own deletions."""
    division = held.grant.division
    if division is None:
        return true()
    if "division" not in model.__table__.c:
        return own if "student_id" in model.__table__.c else true()
    nullable = model.__table__.c.division.nullable
    return or_(Event.division == division, Event.division.is_(None)) if nullable else Event.division == division


def _still_gone(model: type[Entity]) -> ColumnElement[bool]:
    return ~exists().where(model.id == Event.record_id)


def rebuild(session: Session, event: Event) -> list[Entity]:
    """The deleted row with its old number and values, and what went with it; the caller flushes. Raises CannotRestoreError."""
    row = _row(event)
    _must_belong(session, row)
    _must_be_alone(session, row)
    return [row, *(_row(each) for each in _gone_with(session, event, type(row)))]


def rebuild_all(session: Session, model: type[Entity], events: Sequence[Event]) -> tuple[list[Entity], list[Entity]]:
    """Many deleted rows of one kind, and what went with them: a few statements however many. Raises CannotRestoreManyError."""
    rows: list[tuple[Event, Entity]] = []
    reasons: list[tuple[Event, str]] = []
    for event in events:
        try:
            rows.append((event, _row(event)))
        except CannotRestoreError as error:
            reasons.append((event, str(error)))
    reasons += [*_homeless(session, model, rows), *_doubled(session, model, rows)]
    if reasons:
        raise CannotRestoreManyError(reasons)
    return [row for _, row in rows], [_row(each) for event in events for each in _gone_with(session, event, model)]


def _homeless(session: Session, model: type[Entity], rows: Sequence[tuple[Event, Any]]) -> Iterator[tuple[Event, str]]:
    """Rows that name something which is gone."""
    for column in inspect(model).columns:
        key = inspect(model).get_property_by_column(column).key
        for target in (each.column for each in column.foreign_keys):
            named = {getattr(row, key) for _, row in rows} - {None}
            there = set(session.scalars(select(target).where(target.in_(named)))) if named else set()
            yield from ((event, _missing(column, key)) for event, row in rows if getattr(row, key) in named - there)


def _doubled(session: Session, model: type[Entity], rows: Sequence[tuple[Event, Any]]) -> Iterator[tuple[Event, str]]:
    """Rows whose place was taken meanwhile."""
    keys = [_column(model, name) for name in model.__natural_key__]
    wanted = {tuple(getattr(row, key) for key in keys): event for event, row in rows} if keys else {}
    whole = [values for values in wanted if None not in values]
    with session.no_autoflush:
        same = tuple_(*(getattr(model, key) for key in keys)).in_(whole) if whole else false()
        taken = session.scalars(select(model).where(same)).all()
    for found in taken:
        yield wanted[tuple(getattr(found, key) for key in keys)], _taken(model, found)


def _row(event: Event) -> Entity:
    model = MODELS[event.kind]
    told = {key: before for key, (before, _) in changes_of(event).items() if key not in NEVER_TAKEN_OVER}
    row = model()
    try:
        for key, value in restored(model, told).items():
            setattr(row, key, value)
    except (ValueError, KeyError, ArithmeticError):
        raise CannotRestoreError("這一筆的內容用到已不存在的代碼，請改用新增。") from None
    return row


def _must_belong(session: Session, row: Entity) -> None:
    """What the row names is still there."""
    for column in inspect(type(row)).columns:
        key = inspect(type(row)).get_property_by_column(column).key
        value, targets = getattr(row, key), [each.column for each in column.foreign_keys]
        if value is not None and not all(session.scalar(select(each).where(each == value)) for each in targets):
            raise CannotRestoreError(_missing(column, key))


def _must_be_alone(session: Session, row: Any) -> None:
    """Nothing took its place."""
    model = type(row)
    columns = [_column(model, name) for name in model.__natural_key__]
    values = [getattr(row, key) for key in columns]
    if not columns or None in values:
        return
    same = [getattr(model, key) == value for key, value in zip(columns, values, strict=True)]
    with session.no_autoflush:
        taken = session.scalars(select(model).where(*same).limit(1)).first()
    if taken is not None:
        raise CannotRestoreError(_taken(model, taken))


def _missing(column: Any, key: str) -> str:
    return f"「{column.info.get('zh') or key}」所指的資料已不在，請先復原或重新建立它，再復原這一筆。"


def _taken(model: type[Entity], row: Entity) -> str:
    return f"已另有一筆相同的{model.__zh__}（{row}），請直接編輯那一筆。"


def _column(model: type[Entity], name: str) -> str:
    relationship = inspect(model).relationships.get(name)
    return str(next(iter(relationship.local_columns)).key) if relationship is not None else name


def _gone_with(session: Session, event: Event, model: type[Entity]) -> Iterator[Event]:
    """Rows that were deleted along with this one because they belong to it, e.g. who took part in a consultation."""
    for each in inspect(model).relationships:
        if not (each.uselist and each.cascade.delete and event.request_id):
            continue
        child, key = each.mapper.class_, next(iter(each.remote_side)).key
        stmt = select(Event).where(
            Event.request_id == event.request_id, Event.verb == Verb.delete.name, Event.kind == child.__tablename__
        )
        for found in session.scalars(stmt.order_by(Event.id)):
            if mapped(child, str(key)) is not None and changes_of(found).get(str(key), (None,))[0] == event.record_id:
                yield found


def chosen(session: Session, stmt: Select[Event], ids: Sequence[int]) -> Sequence[Event]:
    """The named ones of the deletions within reach, the newest first."""
    return session.scalars(stmt.where(Event.id.in_(ids)).limit(MOST + 1)).all()
