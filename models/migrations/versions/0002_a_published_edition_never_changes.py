"""A published edition never changes: the database itself refuses.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PARTS = ("article", "duty", "relation", "unit", "post", "seat", "title")
REFUSAL = "a published edition never changes"
SQLITE = """
CREATE TRIGGER {table}_is_law_on_{verb} BEFORE {verb} ON {table}
WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change_to_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRESQL_PART = """
CREATE FUNCTION refuse_change_to_law_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT status FROM edition WHERE id = OLD.edition_id) = 'published' THEN
    RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def _upgrade_sqlite() -> None:
    law = "OLD.status = 'published'"
    part = "(SELECT status FROM edition WHERE id = OLD.edition_id) = 'published'"
    for verb in ("update", "delete"):
        op.execute(SQLITE.format(table="edition", verb=verb, condition=law, refusal=REFUSAL))
        for table in PARTS:
            op.execute(SQLITE.format(table=table, verb=verb, condition=part, refusal=REFUSAL))


def _upgrade_postgresql() -> None:
    op.execute(POSTGRESQL_FUNCTION.format(refusal=REFUSAL))
    op.execute(POSTGRESQL_PART.format(refusal=REFUSAL))
    op.execute(
        "CREATE TRIGGER edition_is_law BEFORE UPDATE OR DELETE ON edition FOR EACH ROW"
        " WHEN (OLD.status = 'published') EXECUTE FUNCTION refuse_change_to_law()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_is_law BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            " EXECUTE FUNCTION refuse_change_to_law_row()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("edition", *PARTS):
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_is_law_on_{verb}")
        return
    for table in ("edition", *PARTS):
        op.execute(f"DROP TRIGGER {table}_is_law ON {table}")
    op.execute("DROP FUNCTION refuse_change_to_law_row()")
    op.execute("DROP FUNCTION refuse_change_to_law()")
