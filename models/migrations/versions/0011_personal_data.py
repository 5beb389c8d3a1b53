"""個資申請, 保存期限 and 屆期清除.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


ONE = (
    "(CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN student_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN guardian_id IS NULL THEN 0 ELSE 1 END) <= 1"
)


def upgrade() -> None:
    _requests()
    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("anchor", _words("anchor", "departure", "semester_end", "creation"), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("since_year", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("months IS NULL OR months BETWEEN 1 AND 1200", name=op.f("ck_retention_rule_months_are_1_to_1200")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("kind", name=op.f("uq_retention_rule_kind")),
        sqlite_autoincrement=True,
    )
    _runs()


def _requests() -> None:
    op.create_table(
        "personal_request",
        sa.Column("applicant", sa.String(length=60), nullable=False),
        sa.Column("right", _words("personalright", "inspect", "copy", "correct", "stop", "erase"), nullable=False),
        sa.Column("division", _words("division", "day", "evening"), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", _words("requestoutcome", "granted", "partly", "refused", "withdrawn"), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(ONE, name=op.f("ck_personal_request_is_about_at_most_one_person")),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (outcome IS NULL)", name=op.f("ck_personal_request_an_answer_has_its_day_and_outcome")
        ),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= received_on", name=op.f("ck_personal_request_is_answered_after_it_came")
        ),
        sa.CheckConstraint("extended_on IS NULL OR extension_reason <> ''", name=op.f("ck_personal_request_an_extension_says_why")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome NOT IN ('refused', 'partly') OR reason <> ''",
            name=op.f("ck_personal_request_a_refusal_says_why"),
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_personal_request_{name}_id_{name}"))
            for name in ("student", "guardian", "staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_request")),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["student_id"],
        ["guardian_id"],
        ["staff_id"],
        ["received_on"],
        ["due_on"],
        ["division", "answered_on", "due_on"],
    ):
        op.create_index(f"ix_personal_request_{'_'.join(columns)}", "personal_request", columns)


def _runs() -> None:
    op.create_table(
        "purge_run",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", _words("purgestate", "proposed", "confirmed", "done", "withdrawn"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("spared", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", name=op.f("ck_purge_run_takes_two_people")
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'done') OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_purge_run_is_confirmed_before_it_is_done"),
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["account.id"], name=op.f("fk_purge_run_proposed_by_id_account")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["account.id"], name=op.f("fk_purge_run_confirmed_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "purge_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["purge_run.id"], name=op.f("fk_purge_item_run_id_purge_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_item")),
        sa.UniqueConstraint("run_id", "kind", "record_id", name=op.f("uq_purge_item_run_id_kind_record_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("purge_item", "purge_run", "retention_rule", "personal_request"):
        op.drop_table(table)
