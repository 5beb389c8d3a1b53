"""The language a person has chosen for the interface.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMN = "language VARCHAR(40) CONSTRAINT ck_account_language CHECK (language IN ('chinese', 'english'))"


def upgrade() -> None:
    """As one column with its own check: SQLite then needs no new table, and drops nothing with the old one."""
    op.execute(f"ALTER TABLE account ADD COLUMN {COLUMN}")


def downgrade() -> None:
    op.drop_column("account", "language")
