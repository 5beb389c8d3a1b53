"""A grid's conditions: what a filter's operator means, and whether a text holds another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Enum, String, Text, cast, literal, or_

from models.containing import contains, escaped


def _is_empty(expression: Any, value: Any) -> ColumnElement[bool]:
    empty: ColumnElement[bool] = expression.is_(None)
    if isinstance(expression.type, String) and not isinstance(expression.type, Enum):
        empty = or_(empty, expression == "")
    return empty if value else ~empty


def _holds(expression: Any, code: str) -> ColumnElement[bool]:
    """Whether a `Words` column, stored as `a|b`, holds exactly this code."""
    stored = literal("|") + cast(expression, Text) + literal("|")
    condition: ColumnElement[bool] = stored.like(literal(f"%|{escaped(code)}|%"), escape="\\")
    return condition


OPERATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "has": contains,
    "is": lambda expression, value: expression == value,
    "in": lambda expression, value: expression.in_(value),
    "from": lambda expression, value: expression >= value,
    "to": lambda expression, value: expression <= value,
    "empty": _is_empty,
    "holds": _holds,
}
