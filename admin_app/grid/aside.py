"""Telling SQLite to walk the order's index.

SQLite plans without regard to LIMIT: for the sake of a condition's index it would read and sort all rows the condition leaves, to
show fifty. A condition behind a `+` offers it no index, and one called likely makes it expect most rows to pass. PostgreSQL weighs
this by itself and reads neither.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Aside(FunctionElement[Any]):
    name = "aside"
    inherit_cache = True


def aside(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, offering no index and expected to hold."""
    return _Aside(condition)


@compiles(_Aside)
def _as_it_is(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"({compiler.process(element.clauses, **kwargs)})"


@compiles(_Aside, "sqlite")
def _behind_a_plus(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"likely(+({compiler.process(element.clauses, **kwargs)}))"
