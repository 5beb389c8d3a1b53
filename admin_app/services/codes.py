"""Code lists as one page needs them: the values valid in a school year, and their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from admin_app.services.rule_words import PREFIX, load_words
from models.codes import Code, CodeList

NOT_LISTED = "代碼表未收錄"


@dataclass(frozen=True)
class CodeBook:
    """`lists`: code list → value → 中文. `complete`: the lists that hold every value there is."""

    lists: Mapping[str, Mapping[str, str]]
    complete: frozenset[str]

    def name(self, code_list: str, value: str) -> str:
        """A value in words; a value the list lacks is shown as it is, and said to be missing, never guessed."""
        found = self.lists.get(code_list, {}).get(value)
        return found if found is not None else f"{value}（{NOT_LISTED}）"

    def value(self, code_list: str, text: str) -> str | None:
        """The value a text means, given as the value itself or in words; None when the list is complete and lacks it."""
        values = self.lists.get(code_list, {})
        if text in values:
            return text
        by_name = {zh: value for value, zh in values.items()}
        return by_name.get(text, None if code_list in self.complete else text)


def load_codes(session: Session, lists: Iterable[str], *, year: int | None) -> CodeBook:
    """The named lists as of a school year (None: all years), in one statement; none when no list is named. Lists named `rule.…`
    come from the editions."""
    named = set(lists)
    words = load_words(session, sorted(each for each in named if each.startswith(PREFIX)))
    wanted = sorted(named - words.keys())
    if not wanted:
        return CodeBook(words, frozenset(words))
    rows = session.execute(_values(in_a_year=year is not None), {"wanted": wanted, "year": year}).all()
    found: dict[str, dict[str, str]] = {name: {} for name in wanted}
    for name, _, value, zh in rows:
        if value is not None:
            found[name][value] = zh
    complete = frozenset(name for name, is_complete, _, _ in rows if is_complete)
    return CodeBook({**found, **words}, complete | words.keys())


@cache
def _values(*, in_a_year: bool) -> Any:
    """The statement for the `wanted` lists and their values, of a `year` or of all, put together once for each."""
    year = bindparam("year", type_=Integer)
    valid = and_(Code.valid_from <= year, or_(Code.valid_until.is_(None), Code.valid_until >= year)) if in_a_year else true()
    return (
        select(CodeList.code, CodeList.complete, Code.value, Code.zh)
        .outerjoin(Code, and_(Code.list_code == CodeList.code, valid))
        .where(CodeList.code.in_(bindparam("wanted", expanding=True)))
        .order_by(CodeList.code, Code.id)
    )
