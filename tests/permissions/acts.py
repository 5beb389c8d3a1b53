"""What a person does over HTTP in the permission tests: record something, try to change a row, look at what is stored."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select

from models.vocabulary import Division
from tests.permissions.desk import Desk
from tests.permissions.forms import body_for
from tests.permissions.school import MODELS, School


def stored(place: School, screen: str, number: int) -> dict[str, Any] | None:
    """Every column of a row as the database holds it; None when there is no such row."""
    table = MODELS[screen].__table__
    with place.session() as session:
        row = session.execute(select(table).where(table.c.id == number)).mappings().one_or_none()
        return dict(row) if row else None


def last_id(place: School, screen: str) -> int:
    with place.session() as session:
        return session.scalar(select(func.max(MODELS[screen].id))) or 0


def count(place: School, screen: str) -> int:
    with place.session() as session:
        return session.scalar(select(func.count(MODELS[screen].id))) or 0


def desk_of(place: School, username: str, screen: str, division: Division | None) -> Desk:
    person = place.person(username)
    return Desk(place, person, screen, division or person.division)


def record(place: School, client: Any, username: str, screen: str, division: Division | None = None) -> int:
    """A new row, recorded over HTTP by somebody who may; its id."""
    desk = desk_of(place, username, screen, division)
    desk.clear()
    body = body_for(desk)
    before = last_id(place, screen)
    answer = client.post(f"/admin/{screen}/new/", data=body)
    assert answer.status_code == 302, f"{username} {screen}: {problems(answer.text)}"
    place.forget()
    made = last_id(place, screen)
    assert made > before
    return made


def problems(html: str) -> str:
    """What a page says is wrong, in one line."""
    shown = re.findall(r'class="(?:error-summary|note note-warning|panel error-card)".*?</(?:div|section)>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", " ".join(shown) or html[-2000:]).split())
