"""Editions of the rule: loading a printed one, copying it to a draft, saying what differs, publishing."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_app.rulebook import Grant, Rulebook, load_rulebook
from models.regulation import Article, Duty, Edition, EditionPart, OpenQuestion, Post, Reading, Relation, Seat, Title, Unit
from models.vocabulary import Division, EditionStatus, Scope, Timing

PARTS: tuple[type[EditionPart], ...] = (Article, Unit, Post, Seat, Title, Duty, Relation)
COPIED_NEVER = {"id", "version", "edition_id"}


class CannotPublish(ValueError):
    """A draft lacks something article 八 asks for; the message lists what."""


@dataclass(frozen=True)
class RowChange:
    """A row of the rule that was added (`before` empty), dropped (`after` empty) or changed, cell by cell."""

    kind: str
    code: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """(column, before, after) of the cells that differ."""
        keys = dict.fromkeys((*self.before, *self.after))
        return [(k, self.before.get(k, ""), self.after.get(k, "")) for k in keys if self.before.get(k, "") != self.after.get(k, "")]


@dataclass(frozen=True)
class Difference:
    """What a draft changes: rows, and who gains and who loses which permission."""

    rows: tuple[RowChange, ...]
    gained: tuple[Grant, ...]
    lost: tuple[Grant, ...]


def load_edition(session: Session, path: Path, *, now: dt.datetime) -> Edition:
    """Load a printed edition as published. Loading it again returns the one already there."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    head = text["edition"]
    known = session.scalar(select(Edition).where(Edition.code == head["code"]))
    if known is not None:
        return known
    edition = Edition(**head, status=EditionStatus.published, published_at=now)
    session.add(edition)
    for build, rows in (
        (_article, text["article"]),
        (_unit, text["unit"]),
        (_post, text["post"]),
        (_seat, text["seat"]),
        (_title, text["title"]),
        (_duty, text["duty"]),
        (_relation, text["relation"]),
    ):
        session.add_all(build(edition, position, row) for position, row in enumerate(rows))
    session.add_all(Reading(edition=edition, **row) for row in text["reading"])
    session.add_all(OpenQuestion(edition=edition, **row) for row in text["question"])
    session.flush()
    return edition


def _article(edition: Edition, position: int, row: dict[str, Any]) -> Article:
    return Article(edition=edition, position=position, **row)


def _unit(edition: Edition, position: int, row: dict[str, Any]) -> Unit:
    return Unit(edition=edition, position=position, **{**row, "division": Division[row["division"]]})


def _post(edition: Edition, position: int, row: dict[str, Any]) -> Post:
    words = {"also": tuple(row.get("also", ())), "scope": Scope[row.get("scope") or "division"]}
    return Post(edition=edition, position=position, **{**row, **words, "division": _division(row)})


def _seat(edition: Edition, position: int, row: dict[str, Any]) -> Seat:
    return Seat(edition=edition, position=position, **row)


def _title(edition: Edition, position: int, row: dict[str, Any]) -> Title:
    return Title(edition=edition, position=position, **{**row, "posts": tuple(row["posts"])})


def _duty(edition: Edition, position: int, row: dict[str, Any]) -> Duty:
    plain = {key: value for key, value in row.items() if key != "cells"}
    cells = {f"{name}_text": text for name, text in row["cells"].items()}
    words = {name: tuple(row.get(name, ())) for name in ("owners", "acts", "subjects", "merged")}
    terms = {"division": Division[row["division"]], "timing": Timing[row["timing"]]}
    return Duty(edition=edition, position=position, **{**plain, **cells, **words, **terms})


def _relation(edition: Edition, position: int, row: dict[str, Any]) -> Relation:
    words = {name: tuple(row[name]) for name in ("holders", "acts", "subjects")}
    scope = Scope[row["scope"]] if row.get("scope") else None
    return Relation(edition=edition, position=position, **{**row, **words, "division": _division(row), "scope": scope})


def _division(row: Mapping[str, Any]) -> Division | None:
    return Division[row["division"]] if row.get("division") else None


def copy_to_draft(session: Session, edition: Edition, *, code: str, basis: str) -> Edition:
    """A draft with the same rows, readings and open questions, to be edited."""
    draft = Edition(code=code, school=edition.school, title=edition.title, based_on=edition, basis=basis)
    session.add(draft)
    for model in (*PARTS, Reading, OpenQuestion):
        for row in session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)):
            session.add(model(edition=draft, **_columns(row)))
    session.flush()
    return draft


def _columns(row: Any) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs if each.key not in COPIED_NEVER}


def difference(session: Session, before: Edition, after: Edition) -> Difference:
    """Row by row, and in permissions, what `after` changes against `before`."""
    changes = tuple(change for model in PARTS for change in _changes(session, model, before, after))
    gained, lost = permission_changes(load_rulebook(session, before.id), load_rulebook(session, after.id))
    return Difference(changes, gained, lost)


def _changes(session: Session, model: type[EditionPart], before: Edition, after: Edition) -> Iterable[RowChange]:
    old, new = (_rows(session, model, edition) for edition in (before, after))
    for code in dict.fromkeys((*old, *new)):
        change = RowChange(model.__zh__, code, old.get(code, {}), new.get(code, {}))
        if change.cells:
            yield change


def _rows(session: Session, model: type[EditionPart], edition: Edition) -> dict[str, dict[str, str]]:
    keys = model.__natural_key__[1:]
    rows = session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.position, model.id))
    return {"／".join(str(getattr(row, key)) for key in keys if getattr(row, key) != ""): _cells(row) for row in rows}


def _cells(row: EditionPart) -> dict[str, str]:
    cells = {}
    for each in inspect(type(row)).column_attrs:
        if each.key not in (*COPIED_NEVER, "position"):
            value = getattr(row, each.key)
            cells[str(each.columns[0].info.get("zh", each.key))] = "、".join(value) if isinstance(value, tuple) else str(value or "")
    return cells


def permission_changes(before: Rulebook, after: Rulebook) -> tuple[tuple[Grant, ...], tuple[Grant, ...]]:
    """(gained, lost): grants of one rulebook the other does not have, whatever row they come from."""
    old, new = ({(*grant.key, grant.scope): grant for grant in book.grants} for book in (before, after))
    gained = tuple(grant for key, grant in new.items() if key not in old)
    lost = tuple(grant for key, grant in old.items() if key not in new)
    return gained, lost


def publish(
    session: Session,
    draft: Edition,
    *,
    adopted_on: dt.date | None,
    approved_on: dt.date | None,
    approval_no: str,
    effective_on: dt.date | None,
    now: dt.datetime,
) -> Edition:
    """Make a draft law. Article 八: 校務會議 passes it and 校長 approves it, so both dates and the 文號 must be there."""
    _must_be_publishable(draft, adopted_on, approved_on, approval_no, effective_on)
    draft.adopted_on, draft.approved_on, draft.effective_on = adopted_on, approved_on, effective_on
    draft.approval_no, draft.published_at, draft.status = approval_no.strip(), now, EditionStatus.published
    session.flush()
    return draft


def _must_be_publishable(
    draft: Edition, adopted_on: dt.date | None, approved_on: dt.date | None, approval_no: str, effective_on: dt.date | None
) -> None:
    missing = [
        label
        for label, value in (
            ("校務會議通過日期", adopted_on),
            ("校長核定日期", approved_on),
            ("核定文號", approval_no.strip()),
            ("生效日期", effective_on),
        )
        if not value
    ]
    if draft.status is EditionStatus.published:
        raise CannotPublish("這個版本已經發布。")
    if missing:
        raise CannotPublish(f"依第八點，修正須經校務會議通過並陳核校長核定；還缺：{'、'.join(missing)}。")
    if adopted_on and approved_on and approved_on < adopted_on:
        raise CannotPublish("校長核定日期不可早於校務會議通過日期，請檢查兩個日期。")
    if approved_on and effective_on and effective_on < approved_on:
        raise CannotPublish("生效日期不可早於校長核定日期，請檢查兩個日期。")
