"""What an import would do, said before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import inspect

from admin_app.services.importing.findings import Finding
from admin_app.services.importing.kind import Difference, Draft, Extra, Kind
from admin_app.services.importing.links import links_of
from admin_app.services.importing.period import Period
from models.base import Entity
from models.vocabulary import Division

SHOWN = 20
"""A summary names at most this many differences; a list of new rows at most this many names."""


@dataclass(frozen=True)
class Result:
    """How many rows an import added and changed, and how many it left as they were or kept out."""

    added: int
    changed: int
    unchanged: int
    bad: int
    extras: int
    rows: tuple[Entity, ...] = field(default=(), repr=False)
    """Every row written, flushed but not yet committed by `write`; for a caller that asks the policy about each."""

    @property
    def anything(self) -> bool:
        return bool(self.rows)

    def __str__(self) -> str:
        also = f"，另新增相關資料 {self.extras} 筆" if self.extras else ""
        return f"已新增 {self.added} 筆、更新 {self.changed} 筆{also}；不變 {self.unchanged} 筆，未匯入 {self.bad} 筆"


@dataclass
class Plan:
    """Belongs to the session it was made in. Nothing is written until `write` or `commit`."""

    kind: Kind
    source: str
    header: tuple[str, ...]
    unit: str
    titles: tuple[str, ...]
    """What stood above the header; it goes into the file to mend, because it may say the 學期 and the 部別."""
    period: Period
    target: str
    """The 學期 or 學年度 the rows go into; empty for rows that belong to none."""
    drafts: list[Draft]
    notes: list[Finding]
    """What is said about the file as a whole."""
    to_add: list[Draft]
    to_change: list[Draft]
    to_add_also: list[Extra]

    @property
    def added(self) -> int:
        return len(self.to_add)

    @property
    def changed(self) -> int:
        return len(self.to_change)

    @property
    def unchanged(self) -> int:
        """Good rows that are already as the file has them."""
        merged = sum(1 for draft in self.drafts if draft.part_of is not None and not draft.bad)
        return len(self.drafts) - self.bad - self.added - self.changed - merged

    @property
    def bad(self) -> int:
        return len(self.bad_rows)

    @cached_property
    def bad_rows(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.bad]

    @cached_property
    def findings(self) -> list[Finding]:
        """Those of the file first, then by line."""
        return [*self.notes, *(finding for draft in self.drafts for finding in draft.findings)]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_error]

    @cached_property
    def differences(self) -> list[Difference]:
        return [difference for draft in self.to_change for difference in draft.differences.values()]

    @cached_property
    def proposals(self) -> list[str]:
        """What is added beside the rows of the file, one sentence for each kind: 「將新增 30 班：…」."""
        return [_proposal(model, rows) for model, rows in _by_kind(self.to_add_also, self.new_entities).items()]

    @cached_property
    def new_entities(self) -> list[Entity]:
        """Rows that good rows of the file make necessary: a class, a 科, a 學年度."""
        found: dict[int, Entity] = {}
        for draft in (*self.to_add, *self.to_change):
            for value in draft.values.values():
                _collect(value, found)
        for extra in self.to_add_also:
            for value in extra.values.values():
                _collect(value, found)
        return list(found.values())

    @property
    def divisions(self) -> frozenset[Division]:
        """The divisions whose rows would be added or changed, before or after: whoever imports must be allowed in each.

        Empty for a kind both divisions share, such as code lists.
        """
        after = {division_of(draft) for draft in (*self.to_add, *self.to_change)}
        before = {getattr(draft.entity, "division", None) for draft in self.to_change}
        return frozenset(each for each in after | before if isinstance(each, Division))

    def summary(self) -> list[str]:
        """The plan in lines of 中文: counts, what is added beside, differences, and every finding."""
        return [
            f"{self.kind.zh}：{self.source}{f'（{self.target}）' if self.target else ''}",
            f"讀取 {len(self.drafts)} 筆：將新增 {self.added} 筆、更新 {self.changed} 筆、"
            f"不變 {self.unchanged} 筆、須修正 {self.bad} 筆",
            *self.proposals,
            *_at_most(list(map(str, self.differences)), "處更新"),
            *(f"須修正：{finding}" for finding in self.errors),
            *_at_most([f"提醒：{finding}" for finding in self.warnings], "則提醒"),
        ]


def _proposal(model: type[Entity], rows: Sequence[Entity | Extra]) -> str:
    measure = MEASURES.get(model.__tablename__, f"筆{model.__zh__}")
    named = [str(row) for row in rows if isinstance(row, Entity)]
    names = f"：{'、'.join(named[:SHOWN])}{' 等' if len(named) > SHOWN else ''}" if named else ""
    return f"將新增 {len(rows)} {measure}{names}"


MEASURES = {"school_class": "班", "department": "科", "school_year": "個學年度"}


def _by_kind(extras: Sequence[Extra], entities: Sequence[Entity]) -> dict[type[Entity], list[Entity | Extra]]:
    found: dict[type[Entity], list[Entity | Extra]] = {}
    for entity in sorted(entities, key=lambda each: each.__tablename__):
        found.setdefault(type(entity), []).append(entity)
    for extra in extras:
        found.setdefault(extra.model, []).append(extra)
    return found


def _collect(value: object, found: dict[int, Entity]) -> None:
    """The value when it is a new row, and the new rows it needs in turn."""
    if not isinstance(value, Entity) or not inspect(value).transient or id(value) in found:
        return
    found[id(value)] = value
    for attr in links_of(type(value)):
        _collect(getattr(value, attr), found)


def division_of(draft: Draft) -> Division | None:
    """The row's own division, or that of what it names."""
    said = draft.values.get("division") or draft.about.get("division")
    if said is not None:
        return said  # type: ignore[no-any-return]
    for attr in ("student", "teaching", "school_class", "staff", "counselor"):
        named = draft.values.get(attr)
        if named is not None:
            return getattr(named, "division", None)
    return None


def _at_most(lines: Sequence[str], what: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"……另有 {len(lines) - SHOWN} {what}"
