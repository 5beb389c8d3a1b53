"""Alembic's entry: runs inside the connection it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from models import catalogue
from models.base import Encrypted, Words
from models.event import is_partition


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Our column types are plain text in the database, and migrations say so."""
    if kind == "type" and isinstance(item, Encrypted | Words):
        return "sa.Text()"
    return False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """The months of the event table are made and dropped as time goes by; they are no tables of the schema."""
    return not (kind == "table" and is_partition(name))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=catalogue.METADATA,
    render_item=render_item,
    include_name=include_name,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
