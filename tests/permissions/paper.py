"""The paper, as typed by hand in `tests/oracle`: which post may read or write which screen, and how far it reaches.

Nothing here asks the policy. A line is one row of those files for one screen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.vocabulary import Division

FOLDER = Path(__file__).parents[1] / "oracle"
BOTH = None


@dataclass(frozen=True)
class PostOnPaper:
    """A post, the side of the wall it stands on (None: both), how far it reaches, and the posts its holder also holds."""

    code: str
    division: Division | None
    reach: str
    also: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """`post` may read (or also write) `screen` in `division`. `field` limits 競賽參與紀錄 to one 領域.

    `narrower`: this line reaches less than the post does.
    """

    post: str
    division: Division | None
    screen: str
    writes: bool
    basis: str
    field: str = ""
    narrower: str = ""

    @property
    def reach(self) -> str:
        return self.narrower or posts()[self.post].reach


def rows(name: str) -> list[dict[str, str]]:
    """A file of the paper, row by row."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def division(text: str) -> Division | None:
    return Division[text] if text else BOTH


@cache
def posts() -> dict[str, PostOnPaper]:
    return {
        row["post"]: PostOnPaper(row["post"], division(row["division"]), row["reach"], tuple(row["also"].split()))
        for row in rows("posts")
    }


def with_also(post: str) -> set[str]:
    """`post` and every post held with it."""
    return {post}.union(*(with_also(other) for other in posts()[post].also))


@cache
def lines() -> tuple[Line, ...]:
    """Every line of the paper: duties that write, relations that write, and those that only read."""
    return (*duties(), *_relations("keepers", writes=True), *_relations("readers", writes=False))


def duties() -> tuple[Line, ...]:
    """What the two duty tables themselves give: who records or confirms on which screen."""
    return tuple(Line(row["post"], division(row["division"]), row["screen"], True, row["duty"]) for row in rows("screens"))


def _relations(name: str, *, writes: bool) -> Iterator[Line]:
    groups = {row["group"]: row["screens"].split() for row in rows("screen_groups")}
    for row in rows(name):
        for group in row["groups"].split():
            for named in groups.get(group, [group]):
                screen, _, field = named.partition(":")
                yield Line(row["post"], division(row["division"]), screen, writes, row["basis"], field, row.get("reach") or "")


@cache
def heads() -> dict[str, str]:
    """Which post heads each unit."""
    return {row["unit"]: row["head"] for row in rows("units")}


def screens() -> list[str]:
    """Every screen the paper speaks of."""
    return sorted({line.screen for line in lines()})


def lines_of(post: str, screen: str, *, writing: bool = False) -> list[Line]:
    """What the paper gives exactly this post on a screen; whoever may write may also read."""
    return [line for line in lines() if line.post == post and line.screen == screen and (line.writes or not writing)]


@cache
def owner_words(duty: str) -> str:
    """The first unit printed for a duty row; an empty cell belongs to the one above."""
    printed = ""
    for name in ("duties_day", "duties_evening"):
        for row in rows(name):
            printed = row["owner"] or printed
            if row["code"] == duty:
                return printed.replace("/", " ").split()[0]
    raise KeyError(duty)
