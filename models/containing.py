"""Whether a column holds a text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Enum, String, cast, literal


def contains(expression: Any, text: str) -> ColumnElement[bool]:
    """Whether the column holds the text, whatever the case; `%` and `_` are characters like any other."""
    column_type = expression.type
    is_text = isinstance(column_type, String) and not isinstance(column_type, Enum)
    searched = expression if is_text else cast(expression, String)
    condition: ColumnElement[bool] = searched.ilike(literal(f"%{escaped(text)}%"), escape="\\")
    return condition


def escaped(text: str) -> str:
    """The text as LIKE takes it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
