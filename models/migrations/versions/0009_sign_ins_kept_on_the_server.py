"""Sign-ins kept on the server, failures counted, one-time links in a table of their own, and the passwords an account had before.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

METHODS = ("password", "demo", "passkey", "school_account")
REASONS = ("signed_out", "ended_elsewhere", "idle", "absolute", "password", "disabled", "departed", "post_ended", "keeper")
KEEP_LINKS = """
INSERT INTO one_time_link (digest, account_id, purpose, created_at, expires_at)
SELECT link_digest, id, 'given', link_expires_at, link_expires_at FROM account WHERE link_digest IS NOT NULL
"""


def upgrade() -> None:
    _sessions()
    _counters()
    _links()
    _passwords()
    op.execute(KEEP_LINKS)
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(batch.f("uq_account_link_digest"), type_="unique")
        for column in ("session_stamp", "link_digest", "link_expires_at"):
            batch.drop_column(column)


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _owned(table: str, *columns: sa.Column[object] | sa.UniqueConstraint) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )


def _sessions() -> None:
    _owned(
        "sign_in_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("method", _words("signinmethod", METHODS), nullable=False),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("posts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("second_factor_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("end_reason", _words("endreason", REASONS), nullable=True),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_session_digest")),
    )
    for column in ("account_id", "ended_at", "seen_at"):
        op.create_index(op.f(f"ix_sign_in_session_{column}"), "sign_in_session", [column])


def _counters() -> None:
    op.create_table(
        "sign_in_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_counter")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_in_counter_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_counter_counted_at"), "sign_in_counter", ["counted_at"])


def _links() -> None:
    _owned(
        "one_time_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", _words("linkpurpose", ("given", "forgotten")), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_link_digest")),
    )
    for column in ("account_id", "expires_at"):
        op.create_index(op.f(f"ix_one_time_link_{column}"), "one_time_link", [column])


def _passwords() -> None:
    _owned(
        "former_password",
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
    )
    op.create_index(op.f("ix_former_password_account_id_replaced_at"), "former_password", ["account_id", "replaced_at"])


def downgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("link_expires_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("link_digest", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("session_stamp", sa.Integer(), nullable=False, server_default="0"))
        batch.create_unique_constraint(batch.f("uq_account_link_digest"), ["link_digest"])
    for table in ("sign_in_session", "sign_in_counter", "one_time_link", "former_password"):
        op.drop_table(table)
