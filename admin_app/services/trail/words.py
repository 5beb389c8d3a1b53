"""Events in words: 中文 terms, ROC dates, 是/否, names instead of numbers. Sensitive values stay hidden unless asked for."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import MANYTOONE

from admin_app import lookups
from admin_app.actor import Actor
from admin_app.grid.columns import HIDDEN, Column, display, formatter, label_column, sees
from admin_app.labels import said_with
from admin_app.policy import visible
from admin_app.services.codes import CodeBook, load_codes
from admin_app.services.trail.values import MODELS, PLUMBING, mapped, pointed_at
from models.base import Entity
from models.classes import Course, Department, SchoolClass, Teaching
from models.event import Event
from models.plain import plain, restore
from models.records.club import Club
from models.regulation import Edition
from models.values.roc import format_roc
from models.verbs import Verb, verb_zh
from models.vocabulary import Division, Subject

NAMED_OPENLY = frozenset({*lookups.SHARED, SchoolClass, Department, Course, Teaching, Club, Edition})
"""Rows whose names every grid that points at them shows; the others are named only to who may see them."""
OUT_OF_REACH = "（不在您可查閱的範圍）"
OTHER_FACT = "其他"
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Full = Mapping[Subject, frozenset[Division]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what it was and what it became, in words. `plain` is the pair as the event holds it."""

    key: str
    zh: str
    before: str
    after: str
    plain: tuple[Any, Any]
    sensitive: bool = False
    fact: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a person reads it. `record` names the row if it still exists and one may see it."""

    id: int
    at: str
    who: str
    post_zh: str
    act: str
    verb: str
    kind: str
    kind_zh: str
    record_id: int | None
    record: str
    opens: bool
    via: str
    note: str
    request_id: str
    changes: Sequence[Change]

    @property
    def is_new_row(self) -> bool:
        """Whether the event tells of a whole row: there is nothing beside what it was or became."""
        return any(change.key == "id" for change in self.changes)

    @property
    def is_whole(self) -> bool:
        """Whether there is no before beside the after: a row that came or went, or facts of something that changed no row."""
        return self.is_new_row or all(change.fact for change in self.changes)

    @property
    def filled(self) -> list[tuple[str, str]]:
        """Of a row that came or went: (label, text) of what was not empty."""
        pairs = ((change.zh, change.after or change.before) for change in self.changes)
        return [(zh, text) for zh, text in pairs if text]


class Wording:
    """Puts a batch of events into words: one statement for each kind of row they name."""

    def __init__(
        self, session: Session, by: Actor, events: Iterable[Event], *, full: Full | None = None, beside: Entity | None = None
    ) -> None:
        """`full`: for which subjects and divisions sensitive values are shown. `beside`: a row whose present values are put into
        words too."""
        self.session, self.by, self.full, self.beside = session, by, full or {}, beside
        self.events = list(events)
        self.changes: dict[int, dict[str, tuple[Any, Any]]] = {each.id: changes_of(each) for each in self.events}
        self.book = self._codes()
        self.labels = self._labels()

    def entries(self, *, seen: Mapping[tuple[str, int], str] | None = None) -> list[Entry]:
        """The events in words. With `seen` (label of every record the reader may open) the values of others stay hidden."""
        return [self._entry(each, seen) for each in self.events]

    def changed(self, event: Event, *, hidden: bool = False) -> list[Change]:
        """The event's fields in the model's order; `hidden`: which, but not what."""
        model, changes = MODELS.get(event.kind), self.changes[event.id]
        keys = [each.key for each in inspect(model).column_attrs if each.key in changes] if model else []
        known = [self._change(event, model, key, hidden) for key in keys if model and (key not in PLUMBING or key == "id")]
        return known + [_fact(key, changes[key]) for key in changes if key not in keys]

    def label(self, event: Event) -> str:
        """What the event's row was called, from the values it had: for rows that are gone."""
        model = MODELS.get(event.kind)
        if model is None:
            return ""
        words = [self._named(event, model, key) for key in _naming(model)]
        return " ".join(filter(None, words)) or f"{model.__zh__} {event.record_id}"

    def _named(self, event: Event, model: type[Entity], key: str) -> str:
        before, after = self.changes[event.id].get(key, (None, None))
        target = mapped(model, key)
        if target is None or target.info.get("sensitive"):
            return ""
        return self.say(model, key, after if before is None else before)

    def _entry(self, event: Event, seen: Mapping[tuple[str, int], str] | None) -> Entry:
        key = (event.kind, event.record_id or 0)
        model = MODELS.get(event.kind)
        record = (seen or {}).get(key, "")
        hidden = seen is not None and model is not None and not record and not holds_all(self.by, model, event.division)
        return Entry(
            id=event.id,
            at=f"{format_roc(event.at.date())} {event.at:%H:%M:%S}",
            who=event.actor,
            post_zh=self._post(event.post),
            act=verb_zh(event.verb),
            verb=event.verb,
            kind=event.kind,
            kind_zh=model.__zh__ if model else "",
            record_id=event.record_id,
            record=record or (self.label(event) if event.verb == Verb.delete.name and not hidden else ""),
            opens=bool(record),
            via=event.via,
            note=event.note,
            request_id=event.request_id,
            changes=self.changed(event, hidden=hidden),
        )

    def _post(self, code: str) -> str:
        """The post's name; nothing for one this edition no longer knows."""
        posts = self.by.rulebook.posts
        return posts[code].zh if code in posts else ""

    def _change(self, event: Event, model: type[Entity], key: str, hidden: bool) -> Change:
        pair, target = self.changes[event.id][key], mapped(model, key)
        sensitive = bool(target.info.get("sensitive"))
        masked = sensitive and not sees(model.__subject__, event.division, self.full)
        if hidden or masked:
            shade = HIDDEN if masked else OUT_OF_REACH
            before, after = ("" if value in (None, "") else shade for value in pair)
        else:
            before, after = (self.say(model, key, value) for value in pair)
        return Change(key, str(target.info.get("zh") or key), before, after, pair, sensitive)

    def say(self, model: type[Entity], key: str, value: Any) -> str:
        """A plain value of a column in words. Whether it may be shown is the caller's question."""
        target = mapped(model, key)
        related = pointed_at(target)
        if value is None:
            return ""
        if related is not None and isinstance(value, int):
            return self.labels.get((related, value)) or f"編號 {value}（已刪除，或不在您可查閱的範圍）"
        try:
            return str(formatter(_column(model, key), self.book.name)(restore(value, target.type)))
        except (ValueError, KeyError, ArithmeticError):
            return display(value)

    def _codes(self) -> CodeBook:
        lists = {target.info["codes"] for _, target, _ in self._cells() if target.info.get("codes")}
        return load_codes(self.session, sorted(lists), year=None)

    def _labels(self) -> dict[tuple[type[Entity], int], str]:
        wanted: dict[type[Entity], set[int]] = defaultdict(set)
        naming: dict[type[Entity], set[type[Entity]]] = defaultdict(set)
        for model, target, pair in self._cells():
            related = pointed_at(target)
            if related is not None:
                wanted[related].update(value for value in pair if isinstance(value, int))
                naming[related].add(model)
        found = ((model, self._read(model, ids, naming[model])) for model, ids in wanted.items() if ids)
        return {(model, number): label for model, read in found for number, label in read.items()}

    def _read(self, related: type[Entity], ids: set[int], naming: set[type[Entity]]) -> dict[int, str]:
        """Names of those the person may see, or may name in a row of a kind that points at them."""
        if related in NAMED_OPENLY:
            return labels(self.session, related, ids, true())
        ways = [lookups.pickable(self.by, model, model.__write_act__, related) for model in naming]
        return labels(self.session, related, ids, or_(visible(self.by, related), *ways))

    def _cells(self) -> Iterator[tuple[type[Entity], Any, tuple[Any, ...]]]:
        for event in self.events:
            model = MODELS.get(event.kind)
            for key, pair in self.changes[event.id].items():
                target = mapped(model, key) if model else None
                if model is not None and target is not None:
                    now = plain(getattr(self.beside, key), target.type) if isinstance(self.beside, model) else None
                    yield model, target, (*pair, now)


def changes_of(event: Event) -> dict[str, tuple[Any, Any]]:
    """`{column: (before, after)}`; the system's own columns are left out, the id is kept."""
    found: dict[str, list[Any]] = json.loads(event.changes)
    return {key: (pair[0], pair[1]) for key, pair in found.items()}


def labels(session: Session, model: type[Entity], ids: Iterable[int], allowed: Any) -> dict[int, str]:
    """What the rows of `model` are called, of those `allowed`: one statement."""
    related = [each for each in inspect(model).relationships if each.direction is MANYTOONE]
    options = said_with(model) or [joinedload(getattr(model, each.key)) for each in related]
    rows = session.scalars(select(model).options(*options).where(model.id.in_(sorted(ids)), allowed)).unique()
    return {row.id: str(row) for row in rows}


def records_seen(session: Session, by: Actor, events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """The records of these events that still exist and that the person may see, with what they are called."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.record_id is not None and event.kind in MODELS:
            wanted[event.kind].add(event.record_id)
    return {
        (kind, number): label
        for kind, ids in wanted.items()
        for number, label in labels(session, MODELS[kind], ids, visible(by, MODELS[kind])).items()
    }


def holds_all(by: Actor, model: type[Entity], division: Division | None) -> bool:
    """Whether the person may see every row of `model` in a division, so also one that no longer exists."""
    return any(
        lens is None and held.grant.scope.name == "division" and held.grant.division in (None, division)
        for subject, lens in model.lenses().items()
        for held in by.held_at_all(subject)
    )


def _column(model: type[Entity], key: str) -> Column:
    return Column(key, model, (), key, model)


def _naming(model: type[Entity]) -> list[str]:
    """The columns a row is known by: its name and its natural key without the semester."""
    keys = []
    for name in model.__natural_key__ or (label_column(model),):
        relationship = inspect(model).relationships.get(name)
        keys.append(str(next(iter(relationship.local_columns)).key) if relationship is not None else name)
    own = [] if any(key.endswith("_id") for key in keys) else [label_column(model)]
    return [key for key in dict.fromkeys([*own, *keys]) if key not in ("semester_id", "edition_id")]


def _fact(key: str, pair: tuple[Any, Any]) -> Change:
    """Something an event says beside a row's columns, e.g. 筆數 of an export."""
    return Change(key, key if not key.isascii() else OTHER_FACT, _told(pair[0]), _told(pair[1]), pair, fact=True)


def _told(value: Any) -> str:
    """A fact in words; a day reads like any other on the page."""
    try:
        return format_roc(dt.date.fromisoformat(value)) if isinstance(value, str) and ISO_DAY.fullmatch(value) else display(value)
    except ValueError:  # somebody's own words that only look like a day
        return display(value)
