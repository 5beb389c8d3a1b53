"""An edition as it is printed: the two tables with their merged cells, and beside each row how this system reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.regulation import Article, Duty, Edition, OpenQuestion, Post, Reading, Seat
from models.vocabulary import Act, Division, Subject

CELLS = ("when", "group", "work", "owner", "note")
OF_THE_LINE = ("when", "group", "note")
"""Cells that rows of one printed line share: the line has one time and one note, however many works it lists."""
TITLES = {Division.day: "工作職掌分配表", Division.evening: "進修部工作職掌分配表"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell and how many rows and columns it spans."""

    name: str
    text: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One duty: the cells that begin in its row, each cell's text however far up it begins, and how the row reads."""

    duty: Duty
    cells: tuple[Cell, ...]
    texts: dict[str, str]
    reads: str
    readings: tuple[Reading, ...]
    begins_line: bool


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """One of the two tables."""

    zh: str
    division: Division
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class PrintedRule:
    """Everything the page of an edition shows."""

    edition: Edition
    articles: tuple[tuple[int, Article], ...]
    tables: tuple[PrintedTable, ...]
    questions: tuple[OpenQuestion, ...]
    seats: tuple[Seat, ...]


def printed_rule(session: Session, edition: Edition) -> PrintedRule:
    """Read an edition for its page. An article comes with its depth: 0 for 一–八, more for its items."""
    duties = _rows(session, Duty, edition, Duty.position)
    posts = {post.code: post.zh for post in _rows(session, Post, edition, Post.position)}
    readings = _rows(session, Reading, edition, Reading.id)
    articles = _rows(session, Article, edition, Article.position)
    parents = {article.number: article.parent for article in articles}
    return PrintedRule(
        edition,
        tuple((_depth(parents, article.parent), article) for article in articles),
        tuple(
            PrintedTable(zh, division, printed_rows([duty for duty in duties if duty.division is division], posts, readings))
            for division, zh in TITLES.items()
        ),
        tuple(_rows(session, OpenQuestion, edition, OpenQuestion.code)),
        tuple(_rows(session, Seat, edition, Seat.number)),
    )


def _rows(session: Session, model: type[Any], edition: Edition, order: Any) -> Sequence[Any]:
    return session.scalars(select(model).where(model.edition_id == edition.id).order_by(order, model.id)).all()


def _depth(parents: dict[str, str], number: str) -> int:
    depth, seen = 0, set[str]()
    while number and number not in seen:
        seen.add(number)
        depth, number = depth + 1, parents.get(number, "")
    return depth


def printed_rows(duties: Sequence[Duty], posts: dict[str, str], readings: Sequence[Reading] = ()) -> tuple[PrintedRow, ...]:
    """The rows of one table in printed order."""
    found = []
    begins: dict[str, int] = {}
    for number, duty in enumerate(duties):
        begins.update({name: number for name in CELLS if not _continues(duties, number, name)})
        found.append(
            PrintedRow(
                duty,
                tuple(_cells(duties, number, begins)),
                {name: _text(duties[begin], name) for name, begin in begins.items()},
                reads(duty, posts),
                tuple(reading for reading in readings if reading.duty == duty.code),
                number == 0 or not _same_line(duties, number),
            )
        )
    return tuple(found)


def reads(duty: Duty, posts: dict[str, str]) -> str:
    """The row as who does what to what, e.g. 「活動組登錄社團參與、社團幹部」."""
    owners = "、".join(posts.get(owner, owner) for owner in duty.owners)
    acts = "、".join(Act[act].zh for act in duty.acts if act in Act.__members__)
    subjects = "、".join(Subject[subject].zh for subject in duty.subjects if subject in Subject.__members__)
    return f"{owners}{acts}{subjects}"


def _text(duty: Duty, name: str) -> str:
    text: str = getattr(duty, f"{name}_text")
    return text


def _same_line(duties: Sequence[Duty], number: int) -> bool:
    return duties[number].line > 0 and duties[number].line == duties[number - 1].line


def _continues(duties: Sequence[Duty], number: int, name: str) -> bool:
    """Whether a cell is the lower part of the one above: merged with it, or of the same printed line."""
    if number == 0:
        return False
    duty = duties[number]
    return name in duty.merged or (name in OF_THE_LINE and _same_line(duties, number) and not _text(duty, name))


def _cells(duties: Sequence[Duty], number: int, begins: dict[str, int]) -> Sequence[Cell]:
    """The cells that begin in this row. Without a 工作類別 the work takes both columns."""
    has_group = bool(_text(duties[begins["group"]], "group"))
    cells = []
    for name in CELLS:
        if begins[name] == number and (name != "group" or has_group):
            columns = 2 if name == "work" and not has_group else 1
            cells.append(Cell(name, _text(duties[number], name), _span(duties, number, name), columns))
    return cells


def _span(duties: Sequence[Duty], number: int, name: str) -> int:
    last = number + 1
    while last < len(duties) and _continues(duties, last, name):
        last += 1
    return last - number
