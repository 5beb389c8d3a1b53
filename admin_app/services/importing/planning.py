"""From a file to a plan: read, look up, check, compare. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload

from admin_app.services.exporting import display
from admin_app.services.exporting.xlsx_writer import NOTES
from admin_app.services.importing.columns import Column
from admin_app.services.importing.findings import Finding, about_file
from admin_app.services.importing.kind import UNSHOWN, Difference, Draft, Kind
from admin_app.services.importing.links import held, key_in, key_of, link_at, links_of, lists_of, stored, table_columns
from admin_app.services.importing.period import read_period
from admin_app.services.importing.plan import Plan
from admin_app.services.importing.reading import (
    Tell,
    merge_shared,
    open_table,
    read_drafts,
    refuse_duplicates,
    say_nothing,
    unit_of,
)
from admin_app.services.importing.rules import refuse_broken
from admin_app.services.importing.school import School
from admin_app.services.tabular import Table, TableError
from models.base import Entity
from models.calendar import Semester
from models.classes import Course, Teaching
from models.people import Staff, Student
from models.values.identity import mask
from models.values.roc import format_roc

EXPLANATIONS = f"；「{NOTES}」未讀取"
NAMED_FIRST: Mapping[type[Entity], str] = {Student: "students", Staff: "staff", Course: "courses", Teaching: "teachings"}
"""What other rows name, with where the school keeps it."""
BATCH = 500
"""How many keys one statement asks for."""
STEPS = 4
"""Reading, checking, comparing, saying: what `tell` counts."""
Confine = Callable[[Session, Kind, Sequence[Draft]], None]
"""Fails the drafts that whoever imports may not write."""


def confine_nothing(session: Session, kind: Kind, drafts: Sequence[Draft]) -> None:
    """The command line writes for the whole school."""


class ClosedTermError(TableError):
    """The semester takes no records now."""


def plan(
    session: Session,
    kind: Kind,
    source: Table | bytes | str | Path,
    *,
    on: dt.date,
    semester_id: int | None = None,
    filename: str = "",
    chosen: Mapping[str, str] | None = None,
    confine: Confine = confine_nothing,
    tell: Tell = say_nothing,
) -> Plan:
    """What importing `source` would do. Raises TableError for a file that cannot be read or is about a closed semester."""
    name = Path(filename or (str(source) if isinstance(source, str | Path) else "")).name
    table = open_table(kind, source, name)
    period = read_period(name, *table.titles)
    used, notes = kind.headings.recognise(table.header) if chosen is None else kind.headings.choose(table.header, chosen)
    lists = {column.codes for column in kind.columns if column.codes}
    school = School(session, on=on, period=period, semester_id=semester_id, code_lists=lists)
    with session.no_autoflush:
        notes += _about_the_file(kind, school, table, semester_id)
        drafts = read_drafts(kind, table, used, school, tell)
        tell(2, STEPS, "核對重複與學期")
        _settle(kind, drafts, school)
        tell(3, STEPS, "與現有資料比對")
        to_add, to_change = _compare(session, kind, drafts)
        refuse_broken(kind, [*to_add, *to_change])
        confine(session, kind, [*to_add, *to_change])
        extras = kind.extras([draft for draft in drafts if not draft.bad], school)
    return Plan(
        kind=kind,
        source=name or kind.zh,
        header=table.header,
        unit=unit_of(table),
        titles=table.titles,
        period=period,
        target=_target(kind, school),
        drafts=drafts,
        notes=[*notes, *(about_file(text) for text in (*_worth_saying(table), *school.notes))],
        to_add=[draft for draft in to_add if not draft.bad],
        to_change=[draft for draft in to_change if not draft.bad],
        to_add_also=extras,
    )


def refuse_early(
    session: Session, kind: Kind, table: Table, *, on: dt.date, semester_id: int | None = None, filename: str = ""
) -> None:
    """What no row of the file could mend, said before anybody looks at its columns. Raises TableError."""
    school = School(session, on=on, period=read_period(Path(filename).name, *table.titles), semester_id=semester_id)
    if "semester" in links_of(kind.model):
        _refuse_closed(kind, school, school.semester)
    _refuse_too_early(kind, school)


def _worth_saying(table: Table) -> list[str]:
    """Not that a template's own page of explanations was left unread."""
    return [text for text in table.warnings if EXPLANATIONS not in text]


def _about_the_file(kind: Kind, school: School, table: Table, semester_id: int | None) -> list[Finding]:
    """Refuse a semester that takes no records; say when the file names another period than the one it goes into."""
    if "semester" in links_of(kind.model):
        _refuse_closed(kind, school, school.semester)
    _refuse_too_early(kind, school)
    said = school.period
    if semester_id is not None and said.year and said.term and (said.year, said.term) != _named(school.semester):
        return [about_file(f"檔名或標題寫 {said.year} 學年度{said.term.zh}，這次匯入的是 {school.semester}，請確認")]
    current = school.terms.current(school.on)
    if said.year and current and said.year < current.year and semester_id is None:
        return [about_file(f"這是 {said.year} 學年度的檔案，早於目前的 {current.year} 學年度，請確認")]
    return []


def _refuse_too_early(kind: Kind, school: School) -> None:
    """One sentence instead of the same one on every row: what the rows name has not been imported at all."""
    columns = table_columns(kind.model)
    for attr, (local, _) in links_of(kind.model).items():
        link = link_at(kind.model, local)
        if link is None or columns[local].nullable or attr not in kind.by_attr:
            continue
        named: type[Entity] = link.mapper.class_
        if named in NAMED_FIRST and not getattr(school, NAMED_FIRST[named]):
            raise TableError(f"還沒有任何{named.__zh__}，請先匯入{named.__zh__}，再匯入{kind.zh}。")


def _refuse_closed(kind: Kind, school: School, semester: Semester) -> None:
    term = school.terms.find(semester.id)
    if term is None:
        return
    if term.closed_on is not None and term.closed_on <= school.on:
        raise ClosedTermError(f"{term.zh}已於 {format_roc(term.closed_on)} 關閉，各項紀錄只能查閱，不能匯入。")
    if kind.recorded and not term.open_on(school.on):
        raise ClosedTermError(f"{term.zh}於 {format_roc(term.starts_on)} 開學，開學後才能登錄，還不能匯入。")


def _target(kind: Kind, school: School) -> str:
    links = links_of(kind.model)
    return str(school.semester) if "semester" in links else str(school.year) if {"school_class", "school_year"} & set(links) else ""


def _named(semester: Semester) -> tuple[int, object]:
    return semester.school_year.year, semester.term


def _settle(kind: Kind, drafts: Sequence[Draft], school: School) -> None:
    """Everything that can keep a row out, short of comparing it with the school's own."""
    for draft in drafts:
        semester = draft.values.get("semester")
        if semester is not None and semester is not school.semester:
            try:
                _refuse_closed(kind, school, semester)
            except TableError as error:
                draft.fail("semester.code", f"：{str(error).rstrip('。')}")
    kind.review(drafts, school)
    refuse_duplicates(kind, drafts)
    if kind.shared:
        merge_shared(kind, [draft for draft in drafts if not draft.bad])


def _compare(session: Session, kind: Kind, drafts: Iterable[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The good rows that are new, and those that differ from the school's."""
    good = [draft for draft in drafts if not draft.bad and draft.part_of is None]
    existing = {key_in(entity, kind.key): entity for entity in _existing(session, kind, good)}
    for draft in good:
        draft.entity = existing.get(key_of(kind.model, draft.values, kind.key) or ())
        draft.differences = dict(_differences(kind, draft, draft.entity)) if draft.entity is not None else {}
    return [draft for draft in good if draft.entity is None], [draft for draft in good if draft.differences]


def _existing(session: Session, kind: Kind, drafts: Sequence[Draft]) -> Iterator[Entity]:
    """Rows of the school the drafts could be, read in few statements: by semester, by a single key, or all of a small table."""
    model: Any = kind.model
    given = {attr for draft in drafts for attr in draft.values} - set(kind.key)
    stmt = select(model).options(
        *(joinedload(getattr(model, attr)) for attr in links_of(model) if attr in given),
        *(selectinload(getattr(model, attr)) for attr in lists_of(model) if attr in given),
    )
    if "semester" in links_of(model):
        semesters = {draft.values["semester"].id for draft in drafts if draft.values.get("semester") is not None}
        yield from session.scalars(stmt.where(model.semester_id.in_(semesters)))
    elif len(kind.key) == 1 and kind.key[0] not in links_of(model):
        column = getattr(model, kind.key[0])
        keys = (draft.values[kind.key[0]] for draft in drafts)
        while some := list(islice(keys, BATCH)):
            yield from session.scalars(stmt.where(column.in_(some)))
    else:
        yield from session.scalars(stmt)


def _differences(kind: Kind, draft: Draft, entity: Entity) -> Iterator[tuple[str, Difference]]:
    """What the file says otherwise. A blank cell says nothing."""
    for attr, value in draft.values.items():
        if attr in lists_of(kind.model):
            same = {each.id for each in getattr(entity, attr)} == {each.id for each in value}
        else:
            same = held(entity, attr) == stored(kind.model, attr, value)
        if not same:
            column = kind.by_attr.get(attr)
            zh = column.zh if column else _label(kind.model, attr)
            before, after = _shown(column, getattr(entity, attr)), _shown(column, value)
            yield attr, Difference(draft.line, str(entity), zh, before, after)


def _label(model: type[Entity], attr: str) -> str:
    return str(inspect(model).attrs[attr].info.get("zh", attr))


def _shown(column: Column | None, value: object) -> str:
    if column is not None and column.secret:
        return mask(str(value))
    if column is not None and column.sensitive:
        return UNSHOWN
    if isinstance(value, Entity):
        return str(value)
    return display([str(each) for each in value] if isinstance(value, list) else value)
