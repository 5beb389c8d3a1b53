"""People's names in the order of their strokes, where PostgreSQL was built with the order of Traditional Chinese.

The column itself gets the order, so that every list, index and page anchor follows it. SQLite and a PostgreSQL without ICU have no
such order and keep that of the code points.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STROKES = "zh-Hant-TW-x-icu"
NAMES = {"staff": 40, "student": 60, "guardian": 60}


def upgrade() -> None:
    if _knows_strokes(op.get_bind()):
        _order_names(STROKES)


def downgrade() -> None:
    if _knows_strokes(op.get_bind()):
        _order_names("default")


def _knows_strokes(connection: sa.Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return False
    known = sa.text("SELECT count(*) FROM pg_collation WHERE collname = :name AND pg_collation_is_visible(oid)")
    return bool(connection.execute(known, {"name": STROKES}).scalar_one())


def _order_names(collation: str) -> None:
    for table, length in NAMES.items():
        op.execute(sa.text(f'ALTER TABLE {table} ALTER COLUMN name TYPE varchar({length}) COLLATE "{collation}"'))
