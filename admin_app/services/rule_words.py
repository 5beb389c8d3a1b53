"""The rule's own words as code lists: posts and units as the editions name them, acts, subjects, the cells of a duty row.

A column whose values are such words says so like any coded column: `codes="rule.post"`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, cast, literal, select, union_all
from sqlalchemy.orm import Session

from admin_app.rulebook import ALL_RECORDS
from models.catalogue import ENTITIES
from models.regulation import Post, Unit
from models.vocabulary import Act, Division, Subject

PREFIX = "rule."
CELLS = {"when": "時間", "group": "工作類別", "work": "工作內容", "owner": "主責單位", "note": "備註"}
RECORDS_ZH = "各項學生紀錄"
FIXED: dict[str, dict[str, str]] = {
    "act": {act.name: act.zh for act in Act},
    "subject": {**{subject.name: subject.zh for subject in Subject}, ALL_RECORDS: RECORDS_ZH},
    "cell": CELLS,
    "kind": {model.__tablename__: model.__zh__ for model in ENTITIES},
}
EDITION_ROWS: dict[str, type[Post] | type[Unit]] = {"post": Post, "unit": Unit}


def load_words(session: Session, lists: Iterable[str]) -> dict[str, dict[str, str]]:
    """Each named list as code → 中文. Posts and units, of every edition as the newest names them, take one statement together."""
    kinds = {name: name.removeprefix(PREFIX) for name in lists}
    named = _named(session, [kind for kind in kinds.values() if kind in EDITION_ROWS])
    return {name: named[kind] if kind in named else FIXED[kind] for name, kind in kinds.items()}


def _named(session: Session, kinds: list[str]) -> dict[str, dict[str, str]]:
    if not kinds:
        return {}
    every = union_all(*(_rows(kind) for kind in kinds)).subquery()
    found: dict[str, dict[str, tuple[str, str]]] = {kind: {} for kind in kinds}
    for kind, code, zh, division in session.execute(
        select(every.c.kind, every.c.code, every.c.zh, every.c.division).order_by(every.c.edition_id, every.c.position)
    ):
        found[kind][code] = (zh, division)
    return {kind: _told_apart(names) for kind, names in found.items()}


def _rows(kind: str) -> Any:
    model = EDITION_ROWS[kind]
    division = cast(model.division, Text).label("division")
    return select(literal(kind).label("kind"), model.code, model.zh, division, model.edition_id, model.position)


def _told_apart(names: dict[str, tuple[str, str]]) -> dict[str, str]:
    """任課教師, 導師 and 學生 exist in both divisions: the list says which is which."""
    times = Counter(zh for zh, _ in names.values())
    return {
        code: f"{zh}（{Division[division].zh}）" if times[zh] > 1 and division else zh for code, (zh, division) in names.items()
    }
