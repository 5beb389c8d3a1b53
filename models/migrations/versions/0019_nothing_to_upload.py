"""What a student states who has nothing to upload this semester.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = ("no_upload", "no_achievement")


def upgrade() -> None:
    for table in STATEMENTS:
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("reason", sa.String(length=100), nullable=False),
            sa.Column("student_id", sa.Integer(), nullable=False),
            sa.Column("semester_id", sa.Integer(), nullable=False),
            sa.Column(
                "division",
                sa.Enum("day", "evening", name="division", native_enum=False, create_constraint=True, length=40),
                nullable=False,
            ),
            sa.CheckConstraint("length(reason) <= 100", name=op.f(f"ck_{table}_reason_fits")),
            sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f(f"fk_{table}_student_id_student")),
            sa.ForeignKeyConstraint(["semester_id"], ["semester.id"], name=op.f(f"fk_{table}_semester_id_semester")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("student_id", "semester_id", name=op.f(f"uq_{table}_student_id_semester_id")),
            sqlite_autoincrement=True,
        )
        op.create_index(op.f(f"ix_{table}_division_semester_id"), table, ["division", "semester_id"], unique=False)
        op.create_index(op.f(f"ix_{table}_student_id"), table, ["student_id"], unique=False)


def downgrade() -> None:
    for table in reversed(STATEMENTS):
        op.drop_index(op.f(f"ix_{table}_student_id"), table_name=table)
        op.drop_index(op.f(f"ix_{table}_division_semester_id"), table_name=table)
        op.drop_table(table)
