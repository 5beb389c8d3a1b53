"""The audit trail only grows: events are sealed, kept by month on PostgreSQL, and the database itself refuses to change them.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.vault import vault

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFUSAL = "the audit trail only grows"
ROWS = 2_000
AHEAD = 3
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_COLUMNS = "id, at, account_id, actor, via, verb, kind, record_id, division, changes, note, request_id"
INDEXES = {
    "ix_event_at_id": ["at", "id"],
    "ix_event_account_id_at": ["account_id", "at"],
    "ix_event_kind_at": ["kind", "at"],
    "ix_event_kind_record_id_at": ["kind", "record_id", "at"],
    "ix_event_post_at": ["post", "at"],
    "ix_event_division_at": ["division", "at"],
    "ix_event_verb_at": ["verb", "at"],
    "ix_event_request_id": ["request_id"],
}
OLD_INDEXES = {
    "ix_event_account_id_at": ["account_id", "at"],
    "ix_event_at": ["at"],
    "ix_event_division": ["division"],
    "ix_event_kind_record_id": ["kind", "record_id"],
}
TYPES = {"id": sa.Integer(), "at": sa.DateTime()}
SEGMENT = ("number", "month", "first_id", "last_id", "count", "absent", "content", "previous", "sealed_at", "digest")
EVENT = ("id", "at", "account_id", "actor", "via", "post", "verb", "kind", "record_id", "division", "note", "request_id", "digest")

EXPIRED = """EXISTS (SELECT 1 FROM event_segment s WHERE s.expired_at IS NOT NULL
  AND s.month = {month} AND OLD.id BETWEEN s.first_id AND s.last_id)"""
SQLITE = [
    f"""CREATE TRIGGER event_is_kept BEFORE DELETE ON event
    WHEN NOT {EXPIRED.format(month="strftime('%Y-%m', OLD.at)")}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER event_is_not_rewritten BEFORE UPDATE ON event
    WHEN NOT (EXISTS (SELECT 1 FROM event_gate) AND {" AND ".join(f"OLD.{name} IS NEW.{name}" for name in EVENT)})
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # INSERT OR REPLACE deletes without asking the DELETE trigger.
    f"""CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER event_segment_is_kept BEFORE DELETE ON event_segment
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER event_segment_only_expires BEFORE UPDATE ON event_segment
    WHEN NOT (OLD.expired_at IS NULL AND {" AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in SEGMENT)})
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER event_segment_is_not_replaced BEFORE INSERT ON event_segment
    WHEN EXISTS (SELECT 1 FROM event_segment WHERE number = NEW.number OR (first_id = NEW.first_id AND month = NEW.month))
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION refuse_change_to_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        IF {EXPIRED.format(month="to_char(OLD.at, 'YYYY-MM')")} THEN RETURN OLD; END IF;
      ELSIF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT 1 FROM event_gate) AND to_jsonb(NEW) - 'changes' = to_jsonb(OLD) - 'changes' THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    f"""CREATE FUNCTION refuse_change_to_event_segment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF OLD.expired_at IS NULL AND to_jsonb(NEW) - '{{expired_at,expiry}}'::text[] = to_jsonb(OLD) - '{{expired_at,expiry}}'::text[]
        THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_to_event()""",
    """CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_event()""",
    """CREATE TRIGGER event_segment_is_kept BEFORE UPDATE OR DELETE ON event_segment
    FOR EACH ROW EXECUTE FUNCTION refuse_change_to_event_segment()""",
    """CREATE TRIGGER event_segment_is_not_emptied BEFORE TRUNCATE ON event_segment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_event_segment()""",
]
PARTITION = "CREATE TABLE {name} PARTITION OF event {bounds}"
KEPT_WHOLE = """CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON {name}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_event()"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _segment_tables()
    _set_aside(OLD_INDEXES)
    _event_table(postgresql)
    _move_rows()
    op.drop_table("event_before")
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(statement)
    if postgresql:
        _keep_parts_whole()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("event_is_kept", "event_is_not_rewritten", "event_is_not_replaced") if not postgresql else ():
        op.execute(f"DROP TRIGGER {name}")
    _set_aside(INDEXES)
    _old_event_table()
    op.execute(
        f"INSERT INTO event ({OLD_COLUMNS}) SELECT "
        + OLD_COLUMNS.replace("account_id", "(SELECT account.id FROM account WHERE account.id = event_before.account_id)")
        + " FROM event_before"
    )
    _count_on()
    for table in ("event_before", "event_check", "event_gate", "event_key", "event_segment"):
        op.drop_table(table)
    if postgresql:
        op.execute("DROP FUNCTION refuse_change_to_event()")
        op.execute("DROP FUNCTION refuse_change_to_event_segment()")


def _set_aside(indexes: dict[str, list[str]]) -> None:
    """Names of indexes, keys and sequences are one to a schema: the table that goes must give them up first."""
    for name in indexes:
        op.drop_index(name, table_name="event")
    op.rename_table("event", "event_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE event_before RENAME CONSTRAINT pk_event TO pk_event_before")
        op.execute("ALTER SEQUENCE event_id_seq RENAME TO event_before_id_seq")


def _event_table(postgresql: bool) -> None:
    key = ("id", "at") if postgresql else ("id",)
    op.create_table(
        "event",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("via", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        _division(),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_event")),
        **({"postgresql_partition_by": "RANGE (at)"} if postgresql else {}),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "event", columns)
    if postgresql:
        _partitions()


def _old_event_table() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("via", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        _division(),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_event_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    for name, columns in OLD_INDEXES.items():
        op.create_index(name, "event", columns)


def _division() -> sa.Column[Any]:
    kind = sa.Enum("day", "evening", name="division", native_enum=False, create_constraint=True, length=40)
    return sa.Column("division", kind, nullable=True)


def _segment_tables() -> None:
    op.create_table(
        "event_segment",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("first_id", Number, nullable=False),
        sa.Column("last_id", Number, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=80), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("expired_at", sa.DateTime(), nullable=True),
        sa.Column("expiry", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_segment")),
        sa.UniqueConstraint("first_id", "month", name=op.f("uq_event_segment_first_id_month")),
    )
    op.create_index("ix_event_segment_month", "event_segment", ["month"])
    op.create_index("ix_event_segment_sealed_at", "event_segment", ["sealed_at"])
    op.create_table(
        "event_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_key")),
        sa.UniqueConstraint("code", name=op.f("uq_event_key_code")),
    )
    op.create_table(
        "event_gate", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_event_gate"))
    )
    op.create_table(
        "event_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_digest", sa.String(length=80), nullable=False),
        sa.Column("events", Number, nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_check")),
    )
    op.create_index("ix_event_check_started_at", "event_check", ["started_at"])


def _partitions() -> None:
    """One for each month from the first event to a few months ahead, and one for the rest."""
    first, last, now = op.get_bind().execute(sa.text("SELECT min(at), max(at), now()::timestamp FROM event_before")).one()
    ahead = _months_on(now, AHEAD)
    month = _months_on(first or now, 0)
    while month <= max(ahead, _months_on(last or now, 0)):
        following = _months_on(month, 1)
        bounds = f"FOR VALUES FROM ('{month:%Y-%m-%d}') TO ('{following:%Y-%m-%d}')"
        op.execute(PARTITION.format(name=f"event_y{month:%Y}m{month:%m}", bounds=bounds))
        month = following
    op.execute(PARTITION.format(name="event_other", bounds="DEFAULT"))


def _keep_parts_whole() -> None:
    """A statement trigger of the whole table does not hear of a TRUNCATE of one part."""
    parts = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass"
    for (name,) in op.get_bind().execute(sa.text(parts)).all():
        op.execute(KEPT_WHOLE.format(name=name))


def _months_on(day: dt.date, number: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)


def _move_rows() -> None:
    """Every event that is here already is given its digest."""
    new = sa.table("event", *(sa.column(name, TYPES.get(name)) for name in [*OLD_COLUMNS.split(", "), "post", "digest"]))
    for rows in _old_rows():
        op.get_bind().execute(sa.insert(new), rows)
    _count_on()


def _old_rows() -> Iterator[list[dict[str, Any]]]:
    old = sa.table("event_before", *(sa.column(name, TYPES.get(name)) for name in OLD_COLUMNS.split(", ")))
    last = 0
    while rows := op.get_bind().execute(sa.select(old).where(old.c.id > last).order_by(old.c.id).limit(ROWS)).mappings().all():
        last = rows[-1]["id"]
        yield [{**row, "post": "", "digest": _digest(row)} for row in rows]


def _digest(row: Any) -> str:
    """As `models.seals` made them when this was written."""
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portfolio:audit").derive(vault().keys[0])
    values = {**row, "at": row["at"].isoformat(), "post": "", "changes": vault().decrypt(row["changes"])}
    names = ("at", "account_id", "actor", "via", "post", "verb", "kind", "record_id", "division", "changes", "note", "request_id")
    content = json.dumps(["event.1", *(values[name] for name in names)], ensure_ascii=False, separators=(",", ":")).encode()
    return f"{hashlib.sha256(b'code:' + key).hexdigest()[:8]}:{hmac.digest(key, content, 'sha256').hex()}"


def _count_on() -> None:
    """PostgreSQL numbers from a sequence, which must go on after the rows that were moved."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('event', 'id'), coalesce((SELECT max(id) FROM event), 0) + 1, false)")
