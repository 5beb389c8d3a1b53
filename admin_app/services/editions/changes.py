"""What one edition changes against another: row by row in words, and in who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_app.grid.columns import column, formatter
from admin_app.rulebook import Grant, Rulebook, load_rulebook
from admin_app.services.codes import load_codes
from admin_app.services.editions.drafts import COPIED_NEVER, PARTS
from models.regulation import Edition, EditionPart
from models.vocabulary import Division

NOT_SHOWN = {*COPIED_NEVER, "position"}


@dataclass(frozen=True)
class RowChange:
    """A row of the rule that was added (`before` empty), dropped (`after` empty) or changed, cell by cell, in 中文."""

    kind: str
    code: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def zh(self) -> str:
        return "修改" if self.before and self.after else "新增" if self.after else "刪除"

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """(column, before, after) of the cells that differ."""
        keys = dict.fromkeys((*self.before, *self.after))
        return [(k, self.before.get(k, ""), self.after.get(k, "")) for k in keys if self.before.get(k, "") != self.after.get(k, "")]


@dataclass(frozen=True)
class Difference:
    """What a draft changes: rows, and who gains and who loses which permission.

    A grant's holder is the post that gains or loses it, also by holding another post (`Post.also`); a grant for both divisions
    counts once in each.
    """

    rows: tuple[RowChange, ...]
    gained: tuple[Grant, ...]
    lost: tuple[Grant, ...]


def difference(session: Session, before: Edition, after: Edition) -> Difference:
    """Row by row, and in permissions, what `after` changes against `before`."""
    rows = tuple(change for model in PARTS for change in _changes(session, model, before, after))
    gained, lost = permission_changes(load_rulebook(session, before.id), load_rulebook(session, after.id))
    return Difference(rows, gained, lost)


def _changes(session: Session, model: type[EditionPart], before: Edition, after: Edition) -> Iterable[RowChange]:
    shown = [column(model, key) for each in inspect(model).column_attrs if (key := each.key) not in NOT_SHOWN]
    names = load_codes(session, (each.codes for each in shown if each.codes), year=None).name
    writers = {each.key: (each.zh, formatter(each, names)) for each in shown}
    old, new = (_rows(session, model, edition, writers) for edition in (before, after))
    for code in dict.fromkeys((*old, *new)):
        change = RowChange(model.__zh__, code, old.get(code, {}), new.get(code, {}))
        if change.cells:
            yield change


def _rows(session: Session, model: type[EditionPart], edition: Edition, writers: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    keys = model.__natural_key__[1:]
    rows = session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.position, model.id))
    return {
        "／".join(str(getattr(row, key)) for key in keys if getattr(row, key) != ""): {
            zh: write(getattr(row, key)) for key, (zh, write) in writers.items()
        }
        for row in rows
    }


def permission_changes(before: Rulebook, after: Rulebook) -> tuple[tuple[Grant, ...], tuple[Grant, ...]]:
    """(gained, lost): what a holder of a post may do under one rulebook and not under the other, whatever row it comes from."""
    old, new = ({(*grant.key, grant.scope): grant for grant in _effective(book)} for book in (before, after))
    gained = tuple(grant for key, grant in new.items() if key not in old)
    lost = tuple(grant for key, grant in old.items() if key not in new)
    return gained, lost


def _effective(book: Rulebook) -> Iterator[Grant]:
    """Every grant as each post has it in each division, its own and those of the posts it holds with it."""
    posts = dict.fromkeys((*book.posts, *(grant.holder for grant in book.grants)))
    by_holder: dict[str, list[Grant]] = {}
    for grant in book.grants:
        by_holder.setdefault(grant.holder, []).append(grant)
    for post in posts:
        for held in book.with_implied(post):
            for grant in by_holder.get(held, ()):
                for division in (grant.division,) if grant.division else Division:
                    yield replace(grant, holder=post, division=division)


def grants_in_words(book: Rulebook, grants: Iterable[Grant]) -> list[dict[str, str]]:
    """Each grant as a page prints it: post, division, act, subject, scope and row."""
    return [
        {
            "post": book.zh(grant.holder),
            "division": grant.division_zh,
            "act": grant.act.zh,
            "subject": grant.subject.zh,
            "scope": grant.scope.zh,
            "row": grant.row,
        }
        for grant in grants
    ]
