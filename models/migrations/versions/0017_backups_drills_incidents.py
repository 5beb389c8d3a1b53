"""Restore points, restore drills, and incidents.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("loss", "leak", "tampering", "outage", "other")


def upgrade() -> None:
    _backup()
    _drill()
    _incident()


def _backup() -> None:
    op.create_table(
        "backup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("verified_at", sa.DateTime(), nullable=False),
        sa.Column("database_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("same_disk", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.CheckConstraint("verified_at >= taken_at", name=op.f("ck_backup_is_verified_after_it_was_taken")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
        sa.UniqueConstraint("name", name=op.f("uq_backup_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_backup_taken_at"), "backup", ["taken_at"], unique=False)
    op.create_index(op.f("ix_backup_verified_at"), "backup", ["verified_at"], unique=False)


def _drill() -> None:
    op.create_table(
        "restore_drill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("backup", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_post", sa.String(length=60), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_by_id IS NULL)", name=op.f("ck_restore_drill_a_signature_has_its_person_and_time")
        ),
        sa.CheckConstraint("signed_at IS NULL OR finished_at IS NOT NULL", name=op.f("ck_restore_drill_is_signed_after_it_ended")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["account.id"], name=op.f("fk_restore_drill_requested_by_id_account")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["account.id"], name=op.f("fk_restore_drill_signed_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restore_drill")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_restore_drill_begun_at"), "restore_drill", ["begun_at"], unique=False)


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="incidentkind", native_enum=False, length=40, create_constraint=True), nullable=False
        ),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=True),
        sa.Column("report_no", sa.String(length=60), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_incident_ends_after_it_began")),
        sa.CheckConstraint(
            "reported_at IS NULL OR reported_at >= known_at", name=op.f("ck_incident_is_reported_after_it_is_known")
        ),
        sa.CheckConstraint("reported_at IS NULL OR report_no <> ''", name=op.f("ck_incident_a_report_has_its_number")),
        sa.CheckConstraint(
            "closed_at IS NULL OR (reported_at IS NOT NULL AND measures <> '')",
            name=op.f("ck_incident_closes_with_a_report_and_measures"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incident_known_at"), "incident", ["known_at"], unique=False)


def downgrade() -> None:
    for name in ("incident", "restore_drill", "backup"):
        op.drop_table(name)
