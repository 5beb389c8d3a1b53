"""For every screen: who keeps it, one of their rows, and one they may not even see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.base import Entity
from tests.permissions import paper
from tests.permissions.acts import last_id, record
from tests.permissions.forms import FORMS
from tests.permissions.school import MODELS, School

SIGNS_IN_OTHERWISE = {"principal": "convener", "counseling_director": "executive_secretary"}
"""校長 has the account `convener`, 輔導主任 `executive_secretary`."""
PERSONAS = [post for post in paper.posts() if post not in SIGNS_IN_OTHERWISE]
SCREENS = paper.screens()
WRITTEN = [screen for screen in SCREENS if screen in FORMS]
"""Screens on which somebody may record something."""
KEEPERS = {
    screen: next(line for line in paper.lines() if line.writes and line.screen == screen and line.post in PERSONAS)
    for screen in WRITTEN
}


def reader_of(screen: str) -> str | None:
    """Somebody who may read a screen and write nothing there."""
    readers = (line.post for line in paper.lines() if line.screen == screen and line.post in PERSONAS)
    return next((post for post in readers if not paper.lines_of(post, screen, writing=True)), None)


READERS = {screen: post for screen in SCREENS if (post := reader_of(screen))}
"""Every screen but those of accounts, which only their keepers open."""


def opener(screen: str) -> str:
    """Somebody who opens a screen: its keeper, else whoever reads there."""
    if screen in KEEPERS:
        return KEEPERS[screen].post
    return READERS.get(screen) or next(line.post for line in paper.lines() if line.screen == screen and line.post in PERSONAS)


WITHOUT_FORM = {"consultation_student", "access_review", "access_review_line", "mail"}
"""Screens whose rows are made elsewhere: nobody has a form for a new one."""

SHARED = {"staff", "school_year", "semester", "code_list", "edition"}
"""Names anybody who records may pick from."""


def related_screen(screen: str, picker: str) -> str:
    """The screen a picker of a form takes its rows from."""
    model: Any = MODELS[screen]
    related: type[Entity] = getattr(model, picker).property.mapper.class_
    return str(related.__tablename__)


@dataclass(frozen=True)
class Scene:
    """A screen as one of its keepers meets it."""

    screen: str
    username: str
    client: Any
    mine: int
    hidden: int


def scene(place: School, client_for: Any, screen: str) -> Scene:
    """A fresh row of the keeper's, and a row out of the keeper's sight (where there is none: an id nothing has)."""
    line = KEEPERS[screen]
    client = client_for(line.post)
    mine = record(place, client, line.post, screen, line.division)
    seen = place.expected(line.post, screen)
    hidden = next((row.id for row in place.rows(screen) if row.id not in seen), last_id(place, screen) + 1000)
    return Scene(screen, line.post, client, mine, hidden)
