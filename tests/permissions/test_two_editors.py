"""Two colleagues of the same post edit the same row: exactly one wins, and nothing the other typed is lost.

500 random pairs over six entities, alternately one after the other and at the very same moment; `make test` runs a fixed sample.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app import clock
from models.event import Event
from models.people import Account, Appointment, Staff
from tests.conftest import SchoolClient, sample
from tests.permissions.acts import record, stored
from tests.permissions.cases import KEEPERS
from tests.permissions.conftest import enter
from tests.permissions.pages import Pairs, changed, conflict_form, form_of
from tests.permissions.school import School

FIELDS = {
    "club_office": {"title": "title", "brief": "text"},
    "grade": {"score": "score", "description": "text"},
    "consultation": {"place": "text", "topic": "text", "content": "text"},
    "sports_winner": {"contest_name": "text", "remark": "text"},
    "appointment": {"basis": "text"},
    "service_learning": {"name": "text", "brief": "text"},
}
"""Six entities, and what two people might type into them."""
COLLEAGUE = "colleague_of_{}"
PAIRS = 500
SAMPLED = 36
WORDS = (
    "整理",
    "校慶",
    "社長",
    "一年級",
    "修正後",
    "〇三",
    "「引號」",
    "A&B",
    "<b>",
    "堃",
    "第二次",
    "，",
    "100%",
    "機械製圖",
)

Clients = Callable[[str], SchoolClient]


@dataclass(frozen=True)
class Pair:
    """Two people about to type: what each writes where, and whether they press the button at the same moment."""

    number: int
    screen: str
    mine: dict[str, str]
    theirs: dict[str, str]
    together: bool


def pairs() -> list[Pair]:
    """All of them, always the same: the seed is fixed."""
    chance = random.Random(115)
    screens = list(FIELDS)
    return [
        Pair(number, screen, _typed(chance, screen), _typed(chance, screen), chance.random() < 0.5)
        for number, screen in ((number, screens[number % len(screens)]) for number in range(PAIRS))
    ]


def _typed(chance: random.Random, screen: str) -> dict[str, str]:
    fields = FIELDS[screen]
    some = chance.sample(sorted(fields), chance.randint(1, len(fields)))
    return {name: _text(chance, fields[name]) for name in some}


def _text(chance: random.Random, kind: str) -> str:
    if kind == "score":
        return f"{chance.randint(0, 99)}.{chance.randint(1, 9)}"
    text = "".join(chance.choices(WORDS, k=chance.randint(1, 6))).strip()
    return f"{text}{chance.randint(1000, 9999)}"


@pytest.fixture(scope="module")
def colleague_of(app: Flask, place: School) -> Callable[[str], SchoolClient]:
    """A second person who holds the same post for the same class, in a browser of their own."""
    known: dict[str, SchoolClient] = {}

    def client(post: str) -> SchoolClient:
        if post not in known:
            _appoint(place, post)
            known[post] = enter(app, COLLEAGUE.format(post))
        return known[post]

    return client


def _appoint(place: School, post: str) -> None:
    with place.session() as session:
        first = session.scalars(select(Account).where(Account.username == post)).one()
        held = session.scalars(select(Appointment).where(Appointment.staff_id == first.staff_id, Appointment.post == post)).first()
        staff = Staff(code=f"C{first.id}", name="羅婉婷", division=first.division)
        session.add(staff)
        session.add(Account(username=COLLEAGUE.format(post), staff=staff, division=first.division, demo=True))
        session.add(
            Appointment(
                post=post,
                staff=staff,
                division=first.division,
                began_on=clock.today(),
                school_class_id=held.school_class_id if held else None,
                department_id=held.department_id if held else None,
            )
        )
    place.forget()


def name_pair(pair: Pair) -> str:
    return f"{pair.number}-{pair.screen}-{'together' if pair.together else 'one_by_one'}"


@pytest.mark.parametrize("pair", sample(pairs(), SAMPLED), ids=name_pair)
def test_exactly_one_wins_and_nothing_typed_is_lost(
    pair: Pair, place: School, client_for: Clients, colleague_of: Callable[[str], SchoolClient], app: Flask
) -> None:
    first, second, row = _at_the_same_desk(pair, place, client_for, colleague_of, app)
    url = f"/admin/{pair.screen}/edit/?id={row}"
    forms = (changed(form_of(first.get(url).text), **pair.mine), changed(form_of(second.get(url).text), **pair.theirs))
    answers = _send((first, second), url, forms, together=pair.together)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    winner = 0 if answers[0].status_code == 302 else 1
    assert _holds(place, pair.screen, row, (pair.mine, pair.theirs)[winner])
    assert updates(place, pair.screen, row) == 1

    lost, browser = (pair.theirs, pair.mine)[winner], (second, first)[winner]
    page = conflict_form(answers[1 - winner].text)
    assert {name: dict(page)[name] for name in lost} == lost
    assert browser.post(url, data=page).status_code == 302
    assert _holds(place, pair.screen, row, lost)
    assert updates(place, pair.screen, row) == 2


def _at_the_same_desk(
    pair: Pair, place: School, client_for: Clients, colleague_of: Callable[[str], SchoolClient], app: Flask
) -> tuple[SchoolClient, SchoolClient, int]:
    """Two browsers that may both write a fresh row. A student has no colleague: the second browser is their phone."""
    line = KEEPERS[pair.screen]
    first = client_for(line.post)
    row = record(place, first, line.post, pair.screen, line.division)
    alone = place.person(line.post).student is not None
    return first, enter(app, line.post) if alone else colleague_of(line.post), row


def _send(clients: tuple[SchoolClient, SchoolClient], url: str, forms: tuple[Pairs, Pairs], *, together: bool) -> list[Any]:
    if not together:
        return [client.post(url, data=form) for client, form in zip(clients, forms, strict=True)]
    gate = threading.Barrier(2)

    def press(client: SchoolClient, form: Pairs) -> Any:
        gate.wait()
        return client.post(url, data=form)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, clients, forms))


def _holds(place: School, screen: str, row: int, typed: dict[str, str]) -> bool:
    now = stored(place, screen, row) or {}
    return {name: _as_typed(now[name]) for name in typed} == typed


def _as_typed(value: Any) -> str:
    return value if isinstance(value, str) else f"{float(value):g}"


def updates(place: School, screen: str, row: int) -> int:
    """How many changes of the row were recorded."""
    with place.session() as session:
        found = select(func.count(Event.id)).where(Event.kind == screen, Event.record_id == row, Event.verb == "update")
        return session.scalar(found) or 0
