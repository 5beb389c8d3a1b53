"""Columns the database works out each time a row is read; nothing of them is stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import MappedSQLExpression, column_property


def computed(zh: str, expression: ColumnElement[Any], help: str = "") -> MappedSQLExpression[Any]:
    """A read-only column with its 中文 label."""
    return column_property(expression, info={"zh": zh, "help": help})
