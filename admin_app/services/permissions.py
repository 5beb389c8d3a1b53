"""權限總表: what an edition lets each post do, as rows for a file and as lines for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.rulebook import SYSTEM_DEFAULT, Grant, Rulebook, record_subjects
from models.regulation import Duty, Post
from models.vocabulary import Act, Division, Subject

MATRIX_COLUMNS = ("post", "division", "subject", "act", "allowed", "duty")
DUTY_COLUMNS = ("code", "division", "timing", "work", "owners", "act", "subject", "note")


class MatrixRow(NamedTuple):
    """One post, one side of the wall, one subject, one act: `allowed` is yes or no, `duty` the row it comes from."""

    post: str
    division: str
    subject: str
    act: str
    allowed: str
    duty: str


class DutyRow(NamedTuple):
    """One printed row of the duty tables: the rule's words for time and owners, codes for act and subject (`a|b`)."""

    code: str
    division: str
    timing: str
    work: str
    owners: str
    act: str
    subject: str
    note: str


def matrix_rows(rulebook: Rulebook) -> Iterator[MatrixRow]:
    """Every post × division × (subject, act) that any row of the edition names, in the vocabulary's order."""
    pairs = _pairs(rulebook)
    for post in rulebook.posts:
        for division in Division:
            for subject, act in pairs:
                row = _row(rulebook, post, division, subject, act)
                yield MatrixRow(post, division.name, subject.name, act.name, "yes" if row else "no", row)


def _pairs(rulebook: Rulebook) -> list[tuple[Subject, Act]]:
    named = {(grant.subject, grant.act) for grant in rulebook.grants}
    return [(subject, act) for subject in Subject for act in Act if (subject, act) in named]


def _row(rulebook: Rulebook, post: str, division: Division, subject: Subject, act: Act) -> str:
    found = effective(rulebook, post, act, subject, division)
    return found[0].row if found else ""


def effective(rulebook: Rulebook, post: str, act: Act, subject: Subject, division: Division) -> list[Grant]:
    """The grants by which a holder of `post` may, its own and those of posts it holds with it; duty rows first."""
    grants = [grant for held in rulebook.with_implied(post) for grant in rulebook.find(held, act, subject)]
    return sorted((grant for grant in grants if grant.division in (None, division)), key=lambda grant: not grant.is_duty)


def duty_rows(session: Session, edition_id: int) -> Iterator[DutyRow]:
    """The rows of both duty tables in printed order."""
    names = {post.code: post.zh for post in session.scalars(select(Post).where(Post.edition_id == edition_id))}
    for duty in session.scalars(select(Duty).where(Duty.edition_id == edition_id).order_by(Duty.position)):
        yield DutyRow(
            code=duty.code,
            division=duty.division.name,
            timing=duty.timing.zh,
            work=duty.work,
            owners="、".join(names.get(owner, owner) for owner in duty.owners),
            act="|".join(duty.acts),
            subject="|".join(duty.subjects),
            note=duty.note_text,
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """A post in a cell of the table, and the row that put it there. `through`: the post it holds with its own that has it."""

    post: str
    zh: str
    through: str
    grant: Grant

    @property
    def is_default(self) -> bool:
        return self.grant.basis == SYSTEM_DEFAULT


@dataclass(frozen=True, slots=True)
class Line:
    """One act on one subject and everybody who may."""

    act: Act
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One subject with its acts."""

    subject: Subject
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Subjects of one sort under a heading."""

    zh: str
    blocks: tuple[Block, ...]


def table(rulebook: Rulebook, division: Division, *, post: str = "", subject: Subject | None = None) -> list[Part]:
    """The table of one division; of one post or one subject when named. Parts and blocks without a line are left out."""
    records = record_subjects()
    parts = (
        ("學生紀錄", [each for each in Subject if each in records]),
        ("管理、訓練與會議", [s for s in Subject if s not in records]),
    )
    found = [Part(zh, _blocks(rulebook, division, post, [s for s in subjects if subject in (None, s)])) for zh, subjects in parts]
    return [part for part in found if part.blocks]


def _blocks(rulebook: Rulebook, division: Division, post: str, subjects: Sequence[Subject]) -> tuple[Block, ...]:
    posts = [post] if post else list(rulebook.posts)
    blocks = [
        Block(
            subject,
            tuple(line for act in rulebook.acts_on(subject) if (line := _line(rulebook, division, posts, subject, act)).holders),
        )
        for subject in subjects
    ]
    return tuple(block for block in blocks if block.lines)


def _line(rulebook: Rulebook, division: Division, posts: Sequence[str], subject: Subject, act: Act) -> Line:
    holders = []
    for post in posts:
        found = effective(rulebook, post, act, subject, division)
        if found:
            through = "" if found[0].holder == post else rulebook.zh(found[0].holder)
            holders.append(Holder(post, rulebook.zh(post), through, found[0]))
    return Line(act, tuple(sorted(holders, key=lambda holder: not holder.grant.is_duty)))
