"""Every change leaves an event in the same transaction: who, through which post, what, before and after.

A session must be signed (`sign`) before it changes anything; an unsigned change is an error, not an unrecorded one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.types import TypeEngine

from admin_app import clock
from admin_app.policy import Verdict
from models import grams, seals
from models.base import Base, Entity
from models.event import Event
from models.people import Account
from models.plain import plain

UNRECORDED = {"version", "password_hash", "id_number_index", "mail_to", "mail_subject", "mail_body"}
ROWS = 1_000
"""Events written at a time. An event's time is taken just before it gets its number: sealing relies on it (docs/audit.md)."""
_JSON = json.JSONEncoder(ensure_ascii=False)
BULK_ALLOWED = "bulk_change_is_recorded"


class Unsigned(RuntimeError):
    """A change was about to be made by nobody in particular."""


@dataclass(slots=True)
class Signature:
    """Who is acting in this session. `via` is the sentence of the row of the edition that allows it, `post` the post it names."""

    account_id: int | None
    actor: str
    via: str = ""
    post: str = ""
    request_id: str = ""
    verb: str = ""
    note: str = ""


def sign(session: Session, signature: Signature) -> Signature:
    """Say who acts in `session` from now on."""
    session.info["signature"] = signature
    return signature


def signature(session: Session) -> Signature:
    """Who acts in `session`."""
    if "signature" not in session.info:
        raise Unsigned("異動前須先指明由誰、依何職務辦理")
    signed: Signature = session.info["signature"]
    return signed


def acting(session: Session, verdict: Verdict, verb: str = "") -> Signature:
    """Say by which row of the edition, and so through which post, the person acts from now on."""
    signed = signature(session)
    signed.via, signed.post = verdict.sentence, verdict.grant.holder if verdict.grant else ""
    signed.verb = verb or signed.verb
    return signed


def track(session: Session, verb: str, kind: str, *, record: Entity | None = None, note: str = "", **facts: Any) -> None:
    """Record something that happened without changing a row: an export, a refusal, a sign-in.

    A fact is not named like a column of the record: replaying the record's events would take it for a change.
    """
    if record is not None and (taken := facts.keys() & inspect(record).mapper.column_attrs.keys()):
        raise ValueError(f"稽核事實不可與欄位同名：{'、'.join(sorted(taken))}")
    row = _event(signature(session), verb, kind, record, {name: [None, plain(value)] for name, value in facts.items()})
    session.execute(insert(Event), [_sealed({**row, "note": note or row["note"]})])


def track_rows(session: Session, verb: str, kind: str, ids: Sequence[int], *, note: str = "") -> None:
    """Record that something happened to many rows at once, an event each, without any value of theirs."""
    rows = ({**_event(signature(session), verb, kind, None, {}), "record_id": number, "note": note} for number in ids)
    while batch := [_sealed(row) for row in islice(rows, ROWS)]:
        session.execute(insert(Event), batch)


@event.listens_for(Session, "after_flush")
def record_changes(session: Session, context: Any) -> None:
    """Write one event for each row this flush adds, changes or deletes, and let the search find what it then holds."""
    changes = _changes(session, context)
    while rows := [_sealed(row) for row in islice(changes, ROWS)]:
        session.connection().execute(insert(Event), rows)
    grams.follow(session, removed(context))


@event.listens_for(Session, "do_orm_execute")
def refuse_unrecorded_bulk(state: ORMExecuteState) -> None:
    """UPDATE and DELETE statements pass no flush and would leave no event."""
    if (state.is_update or state.is_delete) and not state.execution_options.get(BULK_ALLOWED):
        raise Unsigned("整批異動須逐筆留下稽核紀錄")


def removed(context: Any) -> list[Entity]:
    """Rows a flush deletes: those asked for, and those that go because what they belonged to let them go (`delete-orphan`)."""
    found = (state.obj() for state, (gone, only_listed) in context.states.items() if gone and not only_listed)
    return [row for row in found if isinstance(row, Entity)]


def _changes(session: Session, context: Any) -> Iterator[dict[str, Any]]:
    gone = dict.fromkeys(removed(context))
    for row in session.new:
        if isinstance(row, Entity):
            yield _event(signature(session), "create", _kind(row), row, {key: [None, new] for key, new in _held(row)})
    for row in session.dirty:
        if isinstance(row, Entity) and row not in gone and session.is_modified(row):
            changed = {key: [old, new] for key, old, new in _values(row) if old != new}
            if not changed or _is_only_sign_in(row, changed):
                continue
            yield _event(signature(session), "update", _kind(row), row, changed)
    for row in gone:
        yield _event(signature(session), "delete", _kind(row), row, {key: [old, None] for key, old in _held(row)})


def _is_only_sign_in(row: Entity, changed: dict[str, Any]) -> bool:
    """A sign-in is its own event; the time it leaves on the account is not a second one."""
    return isinstance(row, Account) and set(changed) <= {"signed_in_at"}


@cache
def _recorded(model: type[Base]) -> tuple[tuple[str, TypeEngine[Any]], ...]:
    """The columns an event tells of, with their types; what the database works out is told by what it is worked out from."""
    columns = [(each.key, each.columns[0]) for each in inspect(model).column_attrs]
    return tuple((key, column.type) for key, column in columns if key not in UNRECORDED and column.table is not None)


def _held(row: Base) -> Iterator[tuple[str, Any]]:
    """(column, value) of every recorded column."""
    values = inspect(row).dict
    for key, kind in _recorded(type(row)):
        yield key, plain(values.get(key), kind)


def _values(row: Base) -> Iterator[tuple[str, Any, Any]]:
    """(column, before, after) of every recorded column; before is after where it did not change."""
    attributes, values = inspect(row).attrs, inspect(row).dict
    for key, kind in _recorded(type(row)):
        history = attributes[key].history
        new = plain(values.get(key), kind)
        yield key, plain(history.deleted[0], kind) if history.deleted else None if history.added else new, new


def _event(signed: Signature, verb: str, kind: str, record: Entity | None, changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "account_id": signed.account_id,
        "actor": signed.actor,
        "via": signed.via[:200],
        "post": signed.post,
        "verb": signed.verb or verb,
        "kind": kind,
        "record_id": record.id if record is not None else None,
        "division": getattr(record, "division", None),
        "changes": _JSON.encode(changes),
        "note": signed.note,
        "request_id": signed.request_id,
    }


def _sealed(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the digest of everything it says."""
    return {**row, "digest": seals.seal(seals.event_bytes(row))}


def _kind(row: Base) -> str:
    return str(row.__tablename__)
