"""The months of the event table on PostgreSQL: made ahead, so that each can be searched and dropped by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.event import REST, partition_of

AHEAD = 3
HELD = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass")
ASTRAY = text(f"SELECT DISTINCT date_trunc('month', at)::date FROM {REST}")  # noqa: S608 - a name of ours
WAIT = text("SET LOCAL lock_timeout = '20s'")


def make_months(session: Session, *, today: dt.date, ahead: int = AHEAD) -> list[str]:
    """Make the partitions of this month and the next few; the names of new ones. Nothing on SQLite, which has none."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    astray = set(session.scalars(ASTRAY))
    wanted = {months_on(today, number) for number in range(ahead + 1)} | astray
    held = set(session.scalars(HELD))
    made = sorted(month for month in wanted if partition_of(month) not in held)
    for month in made:
        _make(session, month, astray=month in astray)
    return [partition_of(month) for month in made]


def drop_month(session: Session, month: dt.date) -> None:
    """Take a month's partition away with all that is in it. Its segments must say that it has expired."""
    session.execute(WAIT)
    session.execute(text(f"DROP TABLE IF EXISTS {partition_of(month)}"))


def months_on(day: dt.date, number: int) -> dt.date:
    """The first day of the month `number` months after that of `day`."""
    months = day.year * 12 + day.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)


def _make(session: Session, month: dt.date, *, astray: bool) -> None:
    """Events of a month that had no partition lie in the rest; they move over in the same transaction."""
    session.execute(WAIT)
    if astray:
        session.execute(text(f"ALTER TABLE event DETACH PARTITION {REST}"))
    name, begins, ends = partition_of(month), month.isoformat(), months_on(month, 1).isoformat()
    session.execute(text(f"CREATE TABLE {name} PARTITION OF event FOR VALUES FROM ('{begins}') TO ('{ends}')"))
    session.execute(
        text(
            f"CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON {name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_event()"
        )
    )
    if astray:
        where = f"at >= '{begins}' AND at < '{ends}'"
        session.execute(text(f"INSERT INTO event SELECT * FROM {REST} WHERE {where}"))  # noqa: S608 - names and dates of ours
        session.execute(text(f"DELETE FROM {REST} WHERE {where}"))  # noqa: S608 - our own names and dates
        session.execute(text(f"ALTER TABLE event ATTACH PARTITION {REST} DEFAULT"))
