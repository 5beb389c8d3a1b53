"""What the table and the duty table expect of one request: allowed, forbidden, hidden, or no such method."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tests.access.personas import ACCOUNTS, ANONYMOUS, GRADUATE, STUDENTS
from tests.access.table import Row, row_for
from tests.permissions.school import School

OBJECTS = ("own", "same_class", "other_class", "other_division", "deleted", "absent")

REVEALERS = {(persona, "student") for persona in ("unit_clerk", "evening_clerk")}
"""註冊組 and 進修部幹事 read 學籍資料 in full (R26, R27), nobody else anything. Other screens have nothing to reveal."""


class Answer(enum.Enum):
    """How a request must end."""

    allowed = "allowed"
    sign_in = "sign in first"
    forbidden = "forbidden"
    hidden = "hidden"
    no_method = "no such method"


@dataclass(frozen=True)
class Asked:
    """One request of the matrix. `number`: the id it names, when it names one."""

    persona: str
    route: str
    method: str
    screen: str = ""
    object: str = ""
    number: int = 0


def expected(place: School, asked: Asked, *, can: frozenset[str]) -> Answer:
    """`can`: what the screen can do at all (create, edit, delete)."""
    row = row_for(asked.route, asked.method)
    if row is None:
        return Answer.no_method
    if row.who == "everybody":
        return Answer.allowed
    if row.who == "waiting":
        return Answer.sign_in
    if asked.persona in (ANONYMOUS, GRADUATE):
        return Answer.sign_in
    if row.of_a_grid:
        return _of_grid(place, row, asked, can)
    return Answer.allowed if _named(row, asked.persona) else Answer.forbidden


def _named(row: Row, persona: str) -> bool:
    match row.who:
        case "signed_in":
            return True
        case "staff":
            return persona not in STUDENTS
        case "nobody":
            return False
    return persona in row.who.split()


def _of_grid(place: School, row: Row, asked: Asked, can: frozenset[str]) -> Answer:
    username, screen = ACCOUNTS[asked.persona], asked.screen
    writes = any(place.lines(place.person(username), screen, writing=True))
    if not place.opens(username, screen):
        return Answer.forbidden
    match row.who:
        case "nobody":
            return Answer.hidden
        case "writers":
            return Answer.allowed if writes else Answer.forbidden
        case "creators":
            return Answer.forbidden if not writes else Answer.allowed if "create" in can else Answer.hidden
        case "readers" if not row.object:
            return Answer.allowed
    return _of_row(place, row, asked, can)


def _of_row(place: School, row: Row, asked: Asked, can: frozenset[str]) -> Answer:
    username = ACCOUNTS[asked.persona]
    if asked.number not in place.expected(username, asked.screen):
        return Answer.hidden
    if row.who == "readers":
        return Answer.allowed
    if row.who == "revealers":
        return Answer.allowed if (asked.persona, asked.screen) in REVEALERS else Answer.forbidden
    if row.who.removesuffix("ors").removesuffix("ers") not in {verb.removesuffix("e") for verb in can}:
        return Answer.hidden
    return Answer.allowed if asked.number in place.kept_by(username, asked.screen) else Answer.forbidden
