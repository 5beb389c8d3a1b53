"""Every post of the edition with who holds it: a school-wide post once, a class's post for each class, a 科's for each 科."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app.rulebook import PostRule, Rulebook
from admin_app.services.posts.timeline import Span, overlaps, vacancies
from models.calendar import SchoolYear
from models.classes import Department, SchoolClass
from models.people import Appointment
from models.values.roc import BEFORE_ROC, FIRST_MONTH_OF_SCHOOL_YEAR, school_year_of
from models.vocabulary import Division, Scope, Track

BORN_TO = (Scope.own, Scope.children, Scope.taught)
"""Posts nobody is appointed to."""
OF_A_CLASS = (Scope.homeroom, Scope.counselled, Scope.assigned_class)


@dataclass
class Seat:
    """One place to be filled: a post, for one class or one 科 where the post is bound to it."""

    post: PostRule
    place: str = ""
    school_class_id: int | None = None
    department_id: int | None = None
    appointments: list[Appointment] = field(default_factory=list)
    through: tuple[str, ...] = ()
    """Posts that are held today and bring this one with them."""

    @property
    def zh(self) -> str:
        return f"{self.post.zh}{f'（{self.place}）' if self.place else ''}"

    def spans(self) -> list[Span]:
        return [Span(each.began_on, each.ended_on) for each in self.appointments]

    def on(self, day: dt.date) -> list[Appointment]:
        """Who holds it on a day."""
        return [each for each in self.appointments if Span(each.began_on, each.ended_on).holds(day)]

    def later(self, day: dt.date) -> list[Appointment]:
        """Who is to hold it after a day: what is prepared."""
        return [each for each in self.appointments if each.began_on > day]

    def open_days(self, window: Span) -> list[Span]:
        """Days nobody holds it; none where several may, or where another post brings it."""
        return [] if self.post.many or self.through else vacancies(self.spans(), window)

    def shared_days(self, window: Span) -> list[Span]:
        """Days more than one holds it, where one should."""
        return [] if self.post.many else overlaps(self.spans(), window)


def school_year_span(on: dt.date) -> Span:
    """The school year a day falls in: 8/1 to 7/31."""
    west = school_year_of(on) + BEFORE_ROC
    return Span(dt.date(west, FIRST_MONTH_OF_SCHOOL_YEAR, 1), dt.date(west + 1, FIRST_MONTH_OF_SCHOOL_YEAR - 1, 31))


def seats(session: Session, rulebook: Rulebook, divisions: Sequence[Division], *, on: dt.date) -> list[Seat]:
    """Every seat of these divisions in the school year of a day, in the edition's order; four statements."""
    made = list(_empty(session, rulebook, divisions, on))
    places = {(seat.post.code, seat.school_class_id, seat.department_id): seat for seat in made}
    for row in session.scalars(_appointments(rulebook, divisions, school_year_span(on))):
        key = (row.post, row.school_class_id, row.department_id)
        if key not in places and row.post in rulebook.posts:
            places[key] = _odd(rulebook.posts[row.post], row)
            made.append(places[key])
        if key in places:
            places[key].appointments.append(row)
    _held_with_others(rulebook, made, on)
    return [seat for seat in made if not _only_with_others(rulebook, seat)]


def _empty(session: Session, rulebook: Rulebook, divisions: Sequence[Division], on: dt.date) -> Iterator[Seat]:
    classes = session.scalars(
        select(SchoolClass)
        .join(SchoolClass.school_year)
        .where(SchoolYear.year == school_year_of(on), SchoolClass.division.in_(divisions))
        .order_by(SchoolClass.grade, SchoolClass.id)
    ).all()
    departments = session.scalars(
        select(Department).where(Department.division.in_(divisions), Department.track == Track.vocational).order_by(Department.id)
    ).all()
    for post in rulebook.posts.values():
        if post.scope in BORN_TO or post.division not in (None, *divisions):
            continue
        if post.scope in OF_A_CLASS:
            yield from (
                Seat(post, each.name, each.id) for each in classes if not post.many and post.division in (None, each.division)
            )
        elif post.scope is Scope.department:
            yield from (Seat(post, each.name, None, each.id) for each in departments if post.division in (None, each.division))
        else:
            yield Seat(post)


def _appointments(rulebook: Rulebook, divisions: Sequence[Division], year: Span) -> Select[Appointment]:
    """What holds in the year or later. A post on both sides of the wall is one post: who holds it there counts here."""
    both = [post.code for post in rulebook.posts.values() if post.division is None]
    loaded = (Appointment.staff, Appointment.student, Appointment.guardian, Appointment.school_class, Appointment.department)
    return (
        select(Appointment)
        .options(*(joinedload(each) for each in loaded))
        .where(or_(Appointment.division.in_(divisions), Appointment.post.in_(both)))
        .where(or_(Appointment.ended_on.is_(None), Appointment.ended_on >= year.began))
        .order_by(Appointment.began_on, Appointment.id)
    )


def _odd(post: PostRule, row: Appointment) -> Seat:
    """An appointment where the edition expects none: a class of another year, a class named for a school-wide post."""
    place = row.school_class or row.department
    return Seat(post, place.name if place is not None else "", row.school_class_id, row.department_id)


def _held_with_others(rulebook: Rulebook, made: Iterable[Seat], on: dt.date) -> None:
    held = {seat.post.code for seat in made if seat.on(on)}
    for seat in made:
        seat.through = tuple(
            rulebook.zh(post) for post in held if post != seat.post.code and seat.post.code in rulebook.with_implied(post)
        )


def _only_with_others(rulebook: Rulebook, seat: Seat) -> bool:
    """A post nobody is appointed to by itself because another always brings it."""
    brought = any(seat.post.code in post.also for post in rulebook.posts.values())
    return brought and not seat.appointments
