"""Whose rows a person may import: exactly those they could write one by one in the grid, asked for many rows in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.lookups import pickable
from admin_app.policy import Denied, Verdict, may, writable
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.kinds import KINDS
from admin_app.services.importing.plan import Plan, division_of
from admin_app.services.importing.planning import Confine
from admin_app.services.tabular import TableError
from models.base import Entity
from models.vocabulary import Division, Scope

PERSONAL = frozenset({Scope.own, Scope.children, Scope.taught})
"""Who reaches no further enters their own rows one by one."""
CHUNK = 500
"""How many ids one statement asks about."""


def may_import(by: Actor, kind: Kind) -> Verdict:
    """Why the person may bring files of this kind, or why not and who may."""
    act = kind.model.__write_act__
    verdicts = [may(by, act, subject) for subject in kind.model.lenses()]
    verdict = next((each for each in verdicts if each), verdicts[0])
    if verdict and not _reaches_others(by, kind):
        who = by.rulebook.owners(act, kind.model.__subject__)
        return Verdict(False, f"您只登錄自己的{kind.zh}，請逐筆登錄；整批匯入由負責全部資料的職務辦理", None, who)
    return verdict


def kinds_for(by: Actor) -> list[Kind]:
    """The kinds a person may import."""
    return [kind for kind in KINDS.values() if _reaches_others(by, kind)]


def imports_anything(by: Actor) -> bool:
    """Whether there is any such kind: every page's menu asks."""
    return any(_reaches_others(by, kind) for kind in KINDS.values())


def _reaches_others(by: Actor, kind: Kind) -> bool:
    """Whether the person writes rows of this kind that are not only their own."""
    act = kind.model.__write_act__
    return any(each.grant.scope not in PERSONAL for subject in kind.model.lenses() for each in by.held(act, subject))


def divisions_for(by: Actor, model: type[Entity]) -> frozenset[Division]:
    """The divisions in which the person may write rows of a model."""
    found = {each.grant.division for subject in model.lenses() for each in by.held(model.__write_act__, subject)}
    return frozenset(Division) if None in found else frozenset(each for each in found if each)


def confine(by: Actor) -> Confine:
    """Fails every draft that `by` could not write: another division's, a row out of reach, or one that names what is out of reach.

    What a row out of reach holds is not told: its findings and differences go.
    """

    def limit(session: Session, kind: Kind, drafts: Sequence[Draft]) -> None:
        good = [draft for draft in drafts if not draft.bad]
        _keep_divisions(by, kind, good)
        _keep_rows(session, by, kind, [draft for draft in good if not draft.bad])
        _keep_named(session, by, kind, [draft for draft in good if not draft.bad])

    return limit


def refuse_what_only_others_add(by: Actor, plan: Plan) -> None:
    """Raise TableError when the file makes rows necessary (a 學年度, say) that this person may not add."""
    needed = {type(entity) for entity in plan.new_entities} | {extra.model for extra in plan.to_add_also}
    for model in sorted(needed, key=lambda each: each.__tablename__):
        verdict = may(by, model.__write_act__, model.__subject__)
        if not verdict:
            who = f"（可辦理者：{'、'.join(verdict.who)}）" if verdict.who else ""
            raise TableError(f"這個檔案需要先新增{model.__zh__}，您的職務不能新增，請先請可辦理的人新增後再匯入{who}。")


def require_all(session: Session, by: Actor, rows: Iterable[tuple[type[Entity], int]]) -> None:
    """Raise Denied unless `by` may write every one of these rows as they stand in the transaction."""
    grouped: dict[type[Entity], list[int]] = defaultdict(list)
    for model, number in rows:
        grouped[model].append(number)
    for model, ids in grouped.items():
        outside = set(ids) - writable_ids(session, by, model, ids)
        if outside:
            who = by.rulebook.owners(model.__write_act__, model.__subject__)
            raise Denied(Verdict(False, f"有 {len(outside)} 筆{model.__zh__}不在您可辦理的範圍內，整批都沒有辦理", None, who))


def writable_ids(session: Session, by: Actor, model: type[Entity], ids: Iterable[int]) -> set[int]:
    """Those of the ids that `by` may write."""
    allowed = writable(by, model)
    return {each for some in chunked(ids) for each in session.scalars(select(model.id).where(model.id.in_(some), allowed))}


def chunked(ids: Iterable[int]) -> Iterator[list[int]]:
    every = iter(ids)
    while some := list(islice(every, CHUNK)):
        yield some


def _keep_divisions(by: Actor, kind: Kind, drafts: Sequence[Draft]) -> None:
    allowed = divisions_for(by, kind.model)
    if allowed == frozenset(Division):
        return
    own = "、".join(sorted(each.zh for each in allowed))
    for draft in drafts:
        for division in (division_of(draft), getattr(draft.entity, "division", None)):
            if isinstance(division, Division) and division not in allowed:
                _turn_away(draft, f"屬於{division.zh}，您的職務僅負責{own}，沒有匯入")
                break


def _keep_rows(session: Session, by: Actor, kind: Kind, drafts: Sequence[Draft]) -> None:
    changing = [draft for draft in drafts if draft.entity is not None]
    allowed = writable_ids(session, by, kind.model, [draft.entity.id for draft in changing if draft.entity is not None])
    for draft in changing:
        if draft.entity is not None and draft.entity.id not in allowed:
            _turn_away(draft, "這一筆不在您可辦理的範圍內，沒有匯入")


def _keep_named(session: Session, by: Actor, kind: Kind, drafts: Sequence[Draft]) -> None:
    """What a row names must be what the person could have picked in the grid's form."""
    named = {id(draft): list(_named(draft)) for draft in drafts}
    wanted: dict[type[Entity], set[int]] = defaultdict(set)
    for each in named.values():
        for entity in each:
            wanted[type(entity)].add(entity.id)
    allowed = {model: _pickable_ids(session, by, kind, model, ids) for model, ids in wanted.items()}
    for draft in drafts:
        outside = [entity for entity in named[id(draft)] if entity.id not in allowed[type(entity)]]
        if outside:
            _turn_away(draft, f"所填的{type(outside[0]).__zh__}不在您可辦理的範圍內，沒有匯入")


def _named(draft: Draft) -> Iterator[Entity]:
    """The school's own rows that a draft names."""
    for value in (*draft.values.values(), draft.about.get("child")):
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, Entity) and inspect(each).persistent:
                yield each


def _pickable_ids(session: Session, by: Actor, kind: Kind, model: type[Entity], ids: Iterable[int]) -> set[int]:
    allowed = pickable(by, kind.model, kind.model.__write_act__, model)
    return {each for some in chunked(ids) for each in session.scalars(select(model.id).where(model.id.in_(some), allowed))}


def _turn_away(draft: Draft, message: str) -> None:
    draft.findings.clear()
    draft.differences = {}
    draft.fail("", message)


def tables() -> Mapping[str, type[Entity]]:
    """Every kind of row by its table's name."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity)}
