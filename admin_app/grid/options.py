"""What a filter offers to pick from: the words of an enum, the codes of a list, or the names of the related rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, true
from sqlalchemy.orm import aliased

from admin_app.grid.columns import Column

MOST_NAMES = 50
Option = tuple[str, str]
"""What the address holds, and what a person reads."""


def fixed_options(shown: Column, lists: Mapping[str, Mapping[str, str]]) -> list[Option]:
    """Every choice of a column that has a closed set of them; `lists`: code list → value → 中文."""
    if shown.term:
        return [(term.name, str(term.value)) for term in shown.term]
    if shown.codes:
        return list(lists.get(shown.codes, {}).items())
    return [("1", "是"), ("0", "否")] if shown.kind == "bool" else []


def names(shown: Column, scope: ColumnElement[bool], typed: str) -> Select[str]:
    """Names of related rows that rows within `scope` have, holding what was typed: nobody learns of a row they may not see."""
    related = aliased(shown.owner)
    name = getattr(related, shown.attribute)
    has_one = _rows(shown, scope, related).exists()
    stmt = select(name).where(has_one, _holds(name, typed)).group_by(name)
    return stmt.order_by(func.min(related.id)).limit(MOST_NAMES)


def _rows(shown: Column, scope: ColumnElement[bool], related: Any) -> Select[int]:
    """Rows within `scope` whose path ends at the row `related` of the enclosing statement."""
    owner: Any = shown.model
    stmt = select(shown.model.id).select_from(shown.model)
    for step in shown.path:
        target = aliased(getattr(owner, step).property.mapper.class_)
        stmt = stmt.join(getattr(owner, step).of_type(target))
        owner = target
    return stmt.where(scope, owner.id == related.id)


def _holds(name: Any, typed: str) -> ColumnElement[bool]:
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    condition: ColumnElement[bool] = name.ilike(literal(f"%{escaped}%"), escape="\\") if typed else true()
    return condition
