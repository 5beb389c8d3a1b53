"""Account life: who heads a unit, how many may hold a post, first passwords that lapse, handovers that can be undone, 帳號清查.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCOPES = ("division", "own", "children", "homeroom", "taught", "counselled", "department", "assigned_class")
SCOPED = ("post", "relation")
DIVISIONS = sa.Enum("day", "evening", name="division", native_enum=False, create_constraint=True, length=40)
FINDINGS = sa.Enum("keep", "disable", "change", name="reviewfinding", native_enum=False, create_constraint=True, length=40)
LAW = """
CREATE TRIGGER {table}_is_law_on_{verb} BEFORE {verb} ON {table}
WHEN (SELECT status FROM edition WHERE id = OLD.edition_id) = 'published'
BEGIN SELECT RAISE(ABORT, 'a published edition never changes'); END
"""


def upgrade() -> None:
    op.add_column("unit", sa.Column("head", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("post", sa.Column("many", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("first_password_until", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("created_on", sa.Date(), nullable=True))
    op.add_column("appointment", sa.Column("succeeds", sa.Integer(), nullable=True))
    op.add_column("appointment", sa.Column("succeeded_until", sa.Date(), nullable=True))
    _scopes((*SCOPES, "unit"))
    _reviews()


def _scopes(allowed: tuple[str, ...]) -> None:
    """Let a scope be one of these words. SQLite makes the table anew, and its guards with it."""
    words = ", ".join(f"'{word}'" for word in allowed)
    for table in SCOPED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(f"ck_{table}_scope"), type_="check")
            batch.create_check_constraint(batch.f(f"ck_{table}_scope"), f"scope IN ({words})")
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(LAW.format(table=table, verb=verb))


def _reviews() -> None:
    op.create_table(
        "access_review",
        sa.Column("school_year_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("division", DIVISIONS, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_on IS NULL OR confirmed_by <> ''", name=op.f("ck_access_review_a_confirmed_review_names_who")
        ),
        sa.ForeignKeyConstraint(["school_year_id"], ["school_year.id"], name=op.f("fk_access_review_school_year_id_school_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
        sa.UniqueConstraint("school_year_id", "unit", name=op.f("uq_access_review_school_year_id_unit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_access_review_unit"), "access_review", ["unit"])
    op.create_index(op.f("ix_access_review_division"), "access_review", ["division"])
    op.create_table(
        "access_review_line",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("division", DIVISIONS, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("posts", sa.String(length=400), nullable=False),
        sa.Column("finding", FINDINGS, nullable=True),
        sa.Column("remark", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name=op.f("fk_access_review_line_review_id_access_review")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_review_line_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review_line")),
        sa.UniqueConstraint("review_id", "account_id", name=op.f("uq_access_review_line_review_id_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_access_review_line_account_id"), "access_review_line", ["account_id"])
    op.create_index(op.f("ix_access_review_line_division_unit"), "access_review_line", ["division", "unit"])


def downgrade() -> None:
    op.drop_table("access_review_line")
    op.drop_table("access_review")
    _scopes(SCOPES)
    for table, column in (
        ("appointment", "succeeded_until"),
        ("appointment", "succeeds"),
        ("account", "created_on"),
        ("account", "first_password_until"),
        ("post", "many"),
        ("unit", "head"),
    ):
        op.drop_column(table, column)
