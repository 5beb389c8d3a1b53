"""Whom a request may be about, and who may answer it: only somebody who may see the person's own row anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_app import lookups
from admin_app.actor import Actor
from admin_app.labels import said_with
from admin_app.policy import Verdict, may, require, visible
from models.people import Account, Guardian, Staff, Student
from models.vocabulary import Act, Division, Subject

Person = Student | Staff | Guardian
PEOPLE: Mapping[str, type[Person]] = {"student": Student, "staff": Staff, "guardian": Guardian}
ZH = {"student": "學生", "staff": "教職員", "guardian": "家長"}
MOST_FOUND = 50


def discloser(by: Actor, division: Division | None = None) -> Verdict:
    """The row that lets the person answer requests; `Denied` for anybody else."""
    return require(may(by, Act.disclose, Subject.personal_data, division))


def find(session: Session, by: Actor, kind: str, number: int) -> Person | None:
    """The person, if this one may answer for them: of the own division, and of those the own posts may see."""
    model = PEOPLE.get(kind)
    if model is None:
        return None
    found: Person | None = session.scalar(select(model).where(model.id == number, *_reach(by, model)))  # type: ignore[assignment]
    return found


def search(session: Session, by: Actor, text: str) -> list[tuple[str, Person]]:
    """(kind, person) whose name or number holds every word typed."""
    words = text.split()
    if not words:
        return []
    return [(kind, row) for kind, model in PEOPLE.items() for row in _matching(session, by, model, words)]


def kind_of(person: Person) -> str:
    return next(kind for kind, model in PEOPLE.items() if isinstance(person, model))


def whose(person: Person) -> tuple[str, int]:
    """The person's kind and number, by which rows refer to them."""
    return person.__tablename__, person.id


def account_of(session: Session, person: Person) -> Account | None:
    """The account the person signs in with."""
    return session.scalar(select(Account).where(getattr(Account, f"{kind_of(person)}_id") == person.id))


def _reach(by: Actor, model: type[Person]) -> list[Any]:
    divisions = {held.grant.division for held in by.held(Act.disclose, Subject.personal_data)}
    sides = list(Division) if None in divisions else [each for each in divisions if each]
    return [visible(by, model), model.division.in_(sides)]


def _matching(session: Session, by: Actor, model: type[Person], words: Sequence[str]) -> Sequence[Person]:
    columns = lookups.SEARCHED[model]
    matching = [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words]
    stmt = select(model).options(*said_with(model)).where(*matching, *_reach(by, model))
    found: Sequence[Any] = session.scalars(stmt.order_by(columns[0], model.id).limit(MOST_FOUND)).all()
    return found
