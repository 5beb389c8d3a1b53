"""Files students hand in: the store, the receipts, the manifest that only grows, and the limits of a school year.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

REFUSAL = "the manifest only grows"
SQLITE = [
    f"""CREATE TRIGGER manifest_line_is_kept BEFORE DELETE ON manifest_line
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER manifest_line_is_not_rewritten BEFORE UPDATE ON manifest_line
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # INSERT OR REPLACE deletes without asking the DELETE trigger.
    f"""CREATE TRIGGER manifest_line_is_not_replaced BEFORE INSERT ON manifest_line
    WHEN EXISTS (SELECT 1 FROM manifest_line WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION refuse_change_to_manifest() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE TRIGGER manifest_line_is_kept BEFORE UPDATE OR DELETE ON manifest_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change_to_manifest()""",
    """CREATE TRIGGER manifest_line_is_not_emptied BEFORE TRUNCATE ON manifest_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_manifest()""",
]


def upgrade() -> None:
    op.create_table(
        "manifest_line",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "deed",
            sa.Enum("received", "removed", name="manifestdeed", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt_no", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_manifest_line")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_manifest_line_receipt_no"), "manifest_line", ["receipt_no"], unique=False)
    op.create_index(op.f("ix_manifest_line_sha256"), "manifest_line", ["sha256"], unique=False)
    op.create_table(
        "store_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_check")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_store_check_started_at"), "store_check", ["started_at"], unique=False)
    op.create_table(
        "store_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_stop")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_store_stop_ended_at"), "store_stop", ["ended_at"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pdf", "jpg", "png", "mp3", "mp4", name="filekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.Column("copied_at", sa.DateTime(), nullable=True),
        sa.Column("shown_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256_has_64_digits")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_is_positive")),
        sa.ForeignKeyConstraint(["shown_id"], ["stored_file.id"], name=op.f("fk_stored_file_shown_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stored_file_copied_at_id"), "stored_file", ["copied_at", "id"], unique=False)
    op.create_index(op.f("ix_stored_file_shown_id"), "stored_file", ["shown_id"], unique=False)
    op.create_table(
        "upload_limit",
        sa.Column(
            "kind",
            sa.Enum(
                "document_kb",
                "media_kb",
                "documents_per_record",
                "media_per_record",
                "student_mb",
                "outcomes_per_semester",
                "selected_outcomes",
                "selected_achievements",
                name="limitkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("figure >= 0", name=op.f("ck_upload_limit_is_not_negative")),
        sa.CheckConstraint("from_year BETWEEN 100 AND 199", name=op.f("ck_upload_limit_is_a_roc_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_limit")),
        sa.UniqueConstraint("kind", "from_year", name=op.f("uq_upload_limit_kind_from_year")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "uploaded_file",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("receipt_no", sa.String(length=20), nullable=False),
        sa.Column("record_kind", sa.String(length=60), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(record_kind IS NULL) = (record_id IS NULL)", name=op.f("ck_uploaded_file_a_claim_names_its_record")),
        sa.CheckConstraint("length(key) > 0", name=op.f("ck_uploaded_file_key_is_written")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_uploaded_file_stored_file_id_stored_file")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_uploaded_file_student_id_student")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_uploaded_file_uploaded_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_file")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_uploaded_file_receipt_no")),
        sa.UniqueConstraint("student_id", "key", name=op.f("uq_uploaded_file_student_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_uploaded_file_record_kind_record_id"), "uploaded_file", ["record_kind", "record_id"], unique=False)
    op.create_index(op.f("ix_uploaded_file_released_at"), "uploaded_file", ["released_at"], unique=False)
    op.create_index(op.f("ix_uploaded_file_stored_file_id"), "uploaded_file", ["stored_file_id"], unique=False)
    op.create_index(op.f("ix_uploaded_file_student_id_received_at"), "uploaded_file", ["student_id", "received_at"], unique=False)
    op.create_index(op.f("ix_uploaded_file_uploaded_by_id"), "uploaded_file", ["uploaded_by_id"], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_uploaded_file_uploaded_by_id"), table_name="uploaded_file")
    op.drop_index(op.f("ix_uploaded_file_student_id_received_at"), table_name="uploaded_file")
    op.drop_index(op.f("ix_uploaded_file_stored_file_id"), table_name="uploaded_file")
    op.drop_index(op.f("ix_uploaded_file_released_at"), table_name="uploaded_file")
    op.drop_index(op.f("ix_uploaded_file_record_kind_record_id"), table_name="uploaded_file")
    op.drop_table("uploaded_file")
    op.drop_table("upload_limit")
    op.drop_index(op.f("ix_stored_file_shown_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_copied_at_id"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index(op.f("ix_store_stop_ended_at"), table_name="store_stop")
    op.drop_table("store_stop")
    op.drop_index(op.f("ix_store_check_started_at"), table_name="store_check")
    op.drop_table("store_check")
    op.drop_index(op.f("ix_manifest_line_sha256"), table_name="manifest_line")
    op.drop_index(op.f("ix_manifest_line_receipt_no"), table_name="manifest_line")
    op.drop_table("manifest_line")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_to_manifest()")
