"""The reviewed table `tests/oracle/routes.csv`: who may use which route by which method.

`who`: everybody · signed_in · staff · nobody · names of personas · waiting (whoever is in the middle of signing in: no persona
is) · or, on a grid, what the duty table says of the screen:
readers, writers, creators, editors, deleters, revealers. `object` says what the route's id names. `sent` = denied: where it would
be allowed the request is not sent, because it would do the deed; those are tested one by one elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask

from tests.permissions import paper

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
GRID = "/admin/<screen>/"
GAP = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    route: str
    methods: tuple[str, ...]
    who: str
    object: str
    sent: str

    @property
    def of_a_grid(self) -> bool:
        return self.route.startswith(GRID)

    def address(self, screen: str, gaps: dict[str, str]) -> str:
        """The route with its gaps filled."""
        return GAP.sub(lambda gap: gaps.get(gap[1], "1"), self.route.replace("<screen>", screen))


@cache
def rows() -> tuple[Row, ...]:
    return tuple(
        Row(row["route"], tuple(row["methods"].split()), row["who"], row["object"], row["sent"]) for row in paper.rows("routes")
    )


def row_for(route: str, method: str) -> Row | None:
    """The row that speaks of this method; HEAD goes with GET. None: the method is not answered at all."""
    named = "GET" if method == "HEAD" else method
    return next((row for row in rows() if row.route == route and named in row.methods), None)


def known_routes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.route for row in rows()))


def routes_of(app: Flask) -> Iterator[tuple[str, frozenset[str]]]:
    """Every route of the application and its methods, a grid's with `<screen>` for its name."""
    screens: dict[str, Any] = app.extensions["screens"]
    for rule in app.url_map.iter_rules():
        parts = rule.rule.split("/")
        if len(parts) > 2 and parts[1] == "admin" and parts[2] in screens:
            parts[2] = "<screen>"
        yield "/".join(parts), frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
