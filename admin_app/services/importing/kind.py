"""What can be imported, and one row of a file on its way to becoming a row of the school."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from admin_app.services.importing.columns import Column, Headings
from admin_app.services.importing.findings import Finding, Severity
from admin_app.services.importing.school import School
from admin_app.services.tabular import Row
from models.base import Entity
from models.values.identity import mask, normalise_id_number
from models.values.text import tidy

WHO = ("學號", "家長代碼", "教師代碼")
"""Columns that say whose row it is."""
UNSHOWN = "（個資，不顯示）"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that an import changes, in words. Personal data is named, not shown."""

    line: int
    label: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label} {self.field}：{self.before or '（空白）'} → {self.after or '（空白）'}"


@dataclass(eq=False)
class Draft:
    """One row. `values` become the model's attributes; `texts` are what resolvers look at, by the column's name."""

    row: Row
    unit: str
    columns: Mapping[str, Column]
    headings: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    """What a resolver found that is no attribute of the model (a guardian's child)."""
    findings: list[Finding] = field(default_factory=list)
    differences: dict[str, Difference] = field(default_factory=dict)
    """By attribute: what the file says otherwise than the school."""
    failed: set[str] = field(default_factory=set)
    entity: Entity | None = None
    """The row of the school it is: the one found, or the one made of it."""
    part_of: Draft | None = None
    """An earlier row about the same thing (a guardian's second child)."""

    @property
    def line(self) -> int:
        return self.row.line

    @property
    def bad(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def text(self, name: str) -> str:
        """What stands under a column that a resolver reads; empty when the file lacks it."""
        return self.texts.get(name, "")

    def written(self, name: str) -> str:
        """A column's cell as it stands in the file."""
        return tidy(self.row.cells.get(self.headings.get(name, ""), ""))

    def fail(self, name: str, message: str, value: str = "") -> None:
        """Keep the row out. `name` is a column's; the message follows the heading it has in this file."""
        column = self.columns.get(name)
        self.failed.add(column.attr if column else name)
        self._say(name, message, value, Severity.error)

    def warn(self, name: str, message: str, value: str = "") -> None:
        """Say something about the row, which is imported all the same."""
        self._say(name, message, value, Severity.warning)

    def _say(self, name: str, message: str, value: str, severity: Severity) -> None:
        column = self.columns.get(name)
        label = self.headings.get(name) or (column.zh if column else name)
        seen = mask(normalise_id_number(value)) if column is not None and column.secret and value else value
        self.findings.append(Finding(self.line, label, seen, message, severity, self.unit, self.who))

    @cached_property
    def who(self) -> str:
        """Whose row it is, as the file says."""
        named = {column.zh: self.written(name) for name, column in self.columns.items() if column.zh in WHO}
        return next((f"{zh} {named[zh]}" for zh in WHO if named.get(zh)), "")


Resolver = Callable[[Draft, School], None]
"""Finds what a row names (a student, a class), or says why it cannot."""


@dataclass(frozen=True)
class Extra:
    """A row that follows from others (a post from a 職務). Added when missing, never changed. A Draft stands for its entity."""

    model: type[Entity]
    values: Mapping[str, Any]


def _no_review(drafts: Sequence[Draft], school: School) -> None:
    return None


def _no_extras(drafts: Sequence[Draft], school: School) -> list[Extra]:
    return []


@dataclass(frozen=True)
class Kind:
    """How one kind of file becomes rows of `model`."""

    name: str
    model: type[Entity]
    columns: tuple[Column, ...]
    resolvers: tuple[Resolver, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    """Attributes, beside the natural key, that no two rows of a file may share."""
    header: tuple[str, ...] = ()
    """The headings of a file that has none."""
    review: Callable[[Sequence[Draft], School], None] = _no_review
    extras: Callable[[Sequence[Draft], School], list[Extra]] = _no_extras
    recorded: bool = False
    """Recorded in a semester, so only while it is open."""
    shared: bool = False
    """Several rows may be about the same thing, as long as they agree on it."""

    @property
    def zh(self) -> str:
        return self.model.__zh__

    @property
    def key(self) -> tuple[str, ...]:
        return self.model.__natural_key__

    @cached_property
    def headings(self) -> Headings:
        return Headings(self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def by_attr(self) -> dict[str, Column]:
        """The main column of each attribute."""
        return {column.attr: column for column in reversed(self.columns) if column.attr}
