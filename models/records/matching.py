"""登錄情形: an 應登錄名單 beside what students recorded themselves. Worked out on reading, so it is never out of date."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Enum, Select, and_, case, exists, literal, or_, type_coerce

from models.vocabulary import Term


class Match(Term):
    """Whether the student recorded what the list says."""

    registered = "已登錄"
    differs = "不符"
    missing = "未登錄"


MATCH: Enum = Enum(Match, native_enum=False, create_constraint=False)
MATCH_HELP = "已登錄：名稱、日期及獎項（字號）均相符；不符：名稱相同而日期或獎項不同；未登錄：查無此名稱"


def match_of(same_name: Select[Any], same_facts: ColumnElement[bool]) -> ColumnElement[Match]:
    """已登錄 when a row of `same_name` also has `same_facts`, 不符 when none has, 未登錄 when there is no such row."""
    word = case(
        (exists(same_name.where(same_facts)), literal(Match.registered.name)),
        (exists(same_name), literal(Match.differs.name)),
        else_=literal(Match.missing.name),
    )
    return type_coerce(word, MATCH)  # type: ignore[arg-type]


def same_day_and_award(day: Any, listed_day: Any, award: Any, listed_award: Any) -> ColumnElement[bool]:
    """Same date, and same award where the list names one."""
    return and_(day == listed_day, or_(listed_award == "", award == listed_award))
