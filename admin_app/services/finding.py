"""The pairs of characters that names and titles are found by, against the rows themselves: verified, and made anew."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.orm import Session

from models.catalogue import METADATA
from models.grams import GRAM, GRAMMED, field_number, stored, write


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a column's pairs are from its rows."""

    table: str
    column: str
    missing: int
    left_over: int


def verify(session: Session) -> list[Drift]:
    """The columns whose pairs are not what their rows say; none when all is well."""
    found = []
    for name, columns in GRAMMED.items():
        should = set(stored(session.connection(), METADATA.tables[name]))
        for column in columns:
            field = field_number(name, column)
            mine = {each for each in should if each[0] == field}
            kept = _kept(session.connection(), field)
            if mine != kept:
                found.append(Drift(name, column, len(mine - kept), len(kept - mine)))
    return found


def rebuild(session: Session) -> int:
    """Make every pair anew; how many there are. The caller commits."""
    connection = session.connection()
    connection.execute(delete(GRAM))
    return sum(_rebuild(connection, METADATA.tables[name]) for name in GRAMMED)


def _rebuild(connection: Connection, table: Table) -> int:
    names = GRAMMED[table.name]
    found = connection.execute(select(table.c.id, *(table.c[name] for name in names)).order_by(table.c.id))
    return write(connection, ((number, texts) for number, *texts in found), [field_number(table.name, name) for name in names])


def _kept(connection: Connection, field: int) -> set[tuple[int, str, int]]:
    rows = connection.execute(select(GRAM.c.gram, GRAM.c.record_id).where(GRAM.c.field == field))
    return {(field, gram, number) for gram, number in rows}
