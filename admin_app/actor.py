"""The person who acts: their posts on a day, and what those posts let them do under the edition in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Text, and_, bindparam, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from admin_app.rulebook import Grant, Rulebook
from models.calendar import Semester
from models.classes import Teaching
from models.people import Account, Appointment, Delegation, Staff
from models.substitution import Substitution
from models.vocabulary import Act, Division, Scope, Subject

CERTIFYING = frozenset({Subject.outcome.name})
"""What a 任課代理 hands over: the work to be certified, not grades or class lists."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One post held today. `stands_in_for` names the person whose post it is when held as 代理人; `only` limits it to subjects.

    A 任課代理 also says whose courses they are (`absent_id`), and which one when it is not all of them (`teaching_id`).
    """

    post: str
    school_class_id: int | None = None
    department_id: int | None = None
    stands_in_for: str = ""
    only: frozenset[str] = frozenset()
    absent_id: int | None = None
    teaching_id: int | None = None

    @property
    def reach(self) -> tuple[int | None, ...]:
        """What the post's reach depends on."""
        return (self.school_class_id, self.department_id, self.absent_id, self.teaching_id)


@dataclass(frozen=True, slots=True)
class Held:
    """A grant together with the holding that gives it."""

    grant: Grant
    holding: Holding


@dataclass(frozen=True)
class Actor:
    """Everything the policy needs to know of a person. Never ambient: verbs take it as `by`."""

    account_id: int | None
    name: str
    division: Division | None
    rulebook: Rulebook
    holdings: tuple[Holding, ...] = ()
    staff_id: int | None = None
    student_id: int | None = None
    guardian_id: int | None = None

    def held(self, act: Act, subject: Subject) -> list[Held]:
        """What lets this person perform `act` on `subject`; permissions of several posts add up."""
        return [Held(grant, holding) for holding, post in self._posts(subject) for grant in self.rulebook.find(post, act, subject)]

    def held_at_all(self, subject: Subject) -> list[Held]:
        """What connects this person with `subject`: whoever may act on it may also see it."""
        return [Held(grant, holding) for holding, post in self._posts(subject) for grant in self.rulebook.about(post, subject)]

    def grants(self) -> Iterator[Grant]:
        """Every grant of every post held."""
        posts = {post for holding in self.holdings for post in self.rulebook.with_implied(holding.post)}
        return (grant for grant in self.rulebook.grants if grant.holder in posts)

    def _posts(self, subject: Subject) -> Iterator[tuple[Holding, str]]:
        for holding in self.holdings:
            if not holding.only or subject.name in holding.only:
                for post in self.rulebook.with_implied(holding.post):
                    yield holding, post

    @property
    def posts_zh(self) -> str:
        """The posts' names as one phrase; 「未任職務」 when there are none."""
        names = [self.rulebook.zh(post) for holding in self.holdings for post in self.rulebook.with_implied(holding.post)]
        return "、".join(dict.fromkeys(names)) or "未任職務者"


def load_actor(session: Session, account: Account, rulebook: Rulebook, *, on: dt.date) -> Actor:
    """The actor behind `account` on a day: one statement whatever the number of posts."""
    return Actor(
        account_id=account.id,
        name=account.person.name,
        division=account.division,
        rulebook=rulebook,
        holdings=tuple(_holdings(session, account, rulebook, on)),
        staff_id=account.staff_id,
        student_id=account.student_id,
        guardian_id=account.guardian_id,
    )


def _holdings(session: Session, account: Account, rulebook: Rulebook, on: dt.date) -> Iterator[Holding]:
    if account.student_id:
        yield from _born_to(rulebook, Scope.own, account.division)
    if account.guardian_id:
        yield from _born_to(rulebook, Scope.children, None)
    whose = next(column for column in ("staff_id", "student_id", "guardian_id") if getattr(account, column))
    session.flush()
    rows = session.connection().execute(_posts_of(whose), {"person": getattr(account, whose), "on": on})
    for kind, post, division, school_class_id, department_id, only, instead_of, absent_id, teaching_id in rows:
        if kind == "teaching":
            yield from _born_to(rulebook, Scope.taught, Division[division])
        elif kind == "substitute":
            for born in _born_to(rulebook, Scope.taught, Division[division]):
                yield Holding(born.post, None, None, instead_of, CERTIFYING, absent_id, teaching_id)
        elif _on_its_side(rulebook, post, Division[division]):
            subjects = frozenset(only.split("|")) if only else frozenset[str]()
            yield Holding(post, school_class_id, department_id, instead_of or "", subjects)


def _on_its_side(rulebook: Rulebook, post: str, division: Division) -> bool:
    """Who keeps the accounts of one side of the wall appoints to posts of that side: another's gives nothing."""
    return post not in rulebook.posts or rulebook.posts[post].division in (None, division)


def _born_to(rulebook: Rulebook, scope: Scope, division: Division | None) -> Iterator[Holding]:
    """Posts nobody is appointed to: a student is a student, and whoever teaches is a 任課教師."""
    for post in rulebook.posts.values():
        if post.scope is scope and (division is None or post.division in (None, division)):
            yield Holding(post.code)


@cache
def _posts_of(whose: str) -> Any:
    """The statement for the posts of `person` `on` a day, put together once: every request asks. `whose`: the person's column."""
    on, person, nothing = bindparam("on", type_=Date), bindparam("person", type_=Integer), null()
    active = and_(Appointment.began_on <= on, or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on))
    own = select(
        literal("appointment").label("kind"),
        Appointment.post.label("post"),
        cast(Appointment.division, Text).label("division"),
        Appointment.school_class_id,
        Appointment.department_id,
        cast(nothing, Text).label("only"),
        cast(nothing, Text).label("instead_of"),
        cast(nothing, Integer).label("absent_id"),
        cast(nothing, Integer).label("teaching_id"),
    ).where(getattr(Appointment, whose) == person, active)
    if whose != "staff_id":
        return own
    absent = aliased(Staff)
    lent = (
        select(
            literal("delegation"),
            Appointment.post,
            cast(Appointment.division, Text),
            Appointment.school_class_id,
            Appointment.department_id,
            cast(Delegation.subjects, Text),
            absent.name,
            cast(nothing, Integer),
            cast(nothing, Integer),
        )
        .join(Delegation.appointment)
        .outerjoin(absent, absent.id == Appointment.staff_id)
        .where(Delegation.delegate_id == person, Delegation.revoked_on.is_(None), active)
        .where(Delegation.began_on <= on, Delegation.ended_on >= on)
    )
    taught = (
        select(
            literal("teaching"),
            literal(""),
            cast(Teaching.division, Text),
            cast(nothing, Appointment.school_class_id.type),
            cast(nothing, Appointment.department_id.type),
            cast(nothing, Text),
            cast(nothing, Text),
            cast(nothing, Integer),
            cast(nothing, Integer),
        )
        .join(Semester, Semester.id == Teaching.semester_id)
        .where(Teaching.staff_id == person, Semester.closed_on.is_(None))
        .distinct()
    )
    return union_all(own, lent, taught, _substitutes(on, person))


def _substitutes(on: Any, person: Any) -> Any:
    """The courses `person` certifies for teachers who are away `on` a day."""
    nothing = null()
    return (
        select(
            literal("substitute"),
            literal(""),
            cast(Substitution.division, Text),
            cast(nothing, Appointment.school_class_id.type),
            cast(nothing, Appointment.department_id.type),
            cast(nothing, Text),
            Staff.name,
            Substitution.staff_id,
            Substitution.teaching_id,
        )
        .join(Staff, Staff.id == Substitution.staff_id)
        .where(Substitution.substitute_id == person, Substitution.began_on <= on, Substitution.ended_on >= on)
    )
