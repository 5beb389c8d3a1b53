"""Alembic's entry: runs inside the connection it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from models import catalogue
from models.base import Encrypted, Words


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Our column types are plain text in the database, and migrations say so."""
    if kind == "type" and isinstance(item, Encrypted | Words):
        return "sa.Text()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=catalogue.METADATA,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
