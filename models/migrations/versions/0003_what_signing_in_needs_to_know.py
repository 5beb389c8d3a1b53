"""What signing in needs to know of an account: its mail address, when its password was set, whether it must be changed.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("email", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("password_set_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_unique_constraint(batch.f("uq_account_email"), ["email"])


def downgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(batch.f("uq_account_email"), type_="unique")
        for column in ("must_change_password", "password_set_at", "email"):
            batch.drop_column(column)
