"""Saved views of grids, and who uses which.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("grid", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "grid", "name", name=op.f("uq_saved_view_account_id_grid_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_view_grid_unit"), "saved_view", ["grid", "unit"], unique=False)
    op.create_table(
        "view_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_view_choice_account_id_account"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_view_choice_view_id_saved_view"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_choice")),
        sa.UniqueConstraint("account_id", "view_id", name=op.f("uq_view_choice_account_id_view_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_view_choice_view_id"), "view_choice", ["view_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_view_choice_view_id"), table_name="view_choice")
    op.drop_table("view_choice")
    op.drop_index(op.f("ix_saved_view_grid_unit"), table_name="saved_view")
    op.drop_table("saved_view")
