"""Import batches, and what each of their rows was before.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = ("uploaded", "checked", "imported", "undone", "failed")


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("semester_id", sa.Integer(), nullable=True),
        sa.Column("divisions", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "state", sa.Enum(*STATES, name="importstate", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("mapping", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "added", "changed", "unchanged", "bad", "also")),
        sa.Column("outlook", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("file_kept", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("checked_at", "imported_at", "undone_at")),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state != 'imported' OR imported_at IS NOT NULL", name=op.f("ck_import_batch_an_imported_batch_has_its_time")
        ),
        sa.CheckConstraint(
            "state != 'undone' OR (imported_at IS NOT NULL AND undone_at IS NOT NULL)",
            name=op.f("ck_import_batch_what_is_undone_was_imported"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_import_batch_account_id_account")),
        sa.ForeignKeyConstraint(["semester_id"], ["semester.id"], name=op.f("fk_import_batch_semester_id_semester")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_import_batch_undone_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sqlite_autoincrement=True,
    )
    for columns in (["digest"], ["kind", "uploaded_at"], ["account_id", "uploaded_at"], ["file_kept", "uploaded_at"]):
        op.create_index(op.f(f"ix_import_batch_{'_'.join(columns)}"), "import_batch", columns)
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_row_batch_id_kind"), "import_row", ["batch_id", "kind"])
    op.create_index(op.f("ix_import_row_kind_record_id"), "import_row", ["kind", "record_id"])


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_batch")
