"""次學年職務: this year's appointments copied as next year's, each row changed, left out or filled, all in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import judge, require
from admin_app.services.posts.handover import CannotHandOver, Person, holder, is_held_by
from admin_app.services.posts.seats import OF_A_CLASS, Seat, school_year_span, seats
from admin_app.services.posts.timeline import DAY, Span
from models.calendar import SchoolYear
from models.classes import SchoolClass
from models.people import Appointment, Guardian, Staff, Student
from models.values.class_name import ClassName
from models.values.roc import school_year_of
from models.vocabulary import Act, Division

LAST_GRADE = 3


@dataclass(frozen=True)
class Row:
    """One seat next year: who holds it now, who already has it next year, and whom the copy would propose."""

    key: str
    seat: Seat
    now: Appointment | None
    ready: Appointment | None
    lasting: bool
    """This year's appointment has no end: it goes on by itself."""

    @property
    def proposed(self) -> Person | None:
        """This year's holder, where they are still there."""
        person = (self.now.staff or self.now.student or self.now.guardian) if self.now else None
        return None if isinstance(person, Staff) and person.left_on is not None else person

    @property
    def division(self) -> Division | None:
        return self.seat.post.division or (self.now.division if self.now else None)


def next_span(on: dt.date) -> Span:
    """8/1 to 7/31 of the coming school year."""
    return school_year_span(school_year_span(on).last() + DAY)


def rows(session: Session, by: Actor, divisions: Sequence[Division], *, on: dt.date) -> list[Row]:
    """Every seat of the coming year. A class goes up with its tutor: 機一甲's is proposed for 機二甲, where that class is known."""
    coming = next_span(on)
    classes = _next_classes(session, divisions, coming)
    found, covered = list[Row](), set[tuple[str, int | None, int | None]]()
    for seat in seats(session, by.rulebook, divisions, on=on):
        for moved, now in _moved(seat, classes, on):
            key = (moved.post.code, moved.school_class_id, moved.department_id)
            if moved.school_class_id is not None or key not in covered or now is not None:
                covered.add(key)
                found.append(_row(moved, now, coming, len(found)))
    return found


def _next_classes(session: Session, divisions: Sequence[Division], coming: Span) -> Mapping[tuple[Division, str], SchoolClass]:
    stmt = (
        select(SchoolClass)
        .join(SchoolClass.school_year)
        .where(SchoolYear.year == school_year_of(coming.began), SchoolClass.division.in_(divisions))
    )
    return {(each.division, each.name): each for each in session.scalars(stmt)}


def _moved(
    seat: Seat, classes: Mapping[tuple[Division, str], SchoolClass], on: dt.date
) -> Iterator[tuple[Seat, Appointment | None]]:
    """The same seat next year, once for each of today's holders (once without, when there is none)."""
    target: Seat | None = seat
    if seat.post.scope in OF_A_CLASS:
        target = _of_next_class(seat, classes)
    if target is None:
        return
    holders: list[Appointment | None] = [*seat.on(on)]
    for now in holders or [None]:
        yield target, now


def _of_next_class(seat: Seat, classes: Mapping[tuple[Division, str], SchoolClass]) -> Seat | None:
    try:
        name = ClassName.parse(seat.place)
    except ValueError:
        return None
    if name.grade == LAST_GRADE:
        return None
    up = str(ClassName(name.division, name.short, name.grade + 1, name.section))
    found = classes.get((name.division, up))
    return Seat(seat.post, up, found.id, None, seat.appointments) if found is not None else None


def _row(seat: Seat, now: Appointment | None, coming: Span, number: int) -> Row:
    key = f"{seat.post.code}.{seat.school_class_id or 0}.{seat.department_id or 0}.{now.id if now else 0}"
    ready = [
        each
        for each in seat.appointments
        if each.began_on >= coming.began
        and (each.school_class_id, each.department_id) == (seat.school_class_id, seat.department_id)
    ]
    mine = next((each for each in ready if now is None or _same_person(each, now)), ready[0] if ready else None)
    lasting = (
        now is not None and (now.ended_on is None or now.ended_on >= coming.began) and now.school_class_id == seat.school_class_id
    )
    return Row(key, seat, now, mine, lasting)


def _same_person(one: Appointment, other: Appointment) -> bool:
    return (one.staff_id, one.student_id, one.guardian_id) == (other.staff_id, other.student_id, other.guardian_id)


def prepare(
    session: Session,
    chosen: Iterable[tuple[Row, Person]],
    *,
    basis: str,
    by: Actor,
    division: Division,
    on: dt.date,
) -> list[Appointment]:
    """Write next year's appointments, all or none. Whoever goes on without an end is left as they are."""
    coming = next_span(on)
    year = session.scalar(select(SchoolYear).where(SchoolYear.year == school_year_of(coming.began)))
    made = [
        appointment
        for row, person in chosen
        if (appointment := _prepared(session, row, person, coming, basis, division, by)) is not None
    ]
    for appointment in made:
        appointment.school_year = year
    session.add_all(made)
    session.flush()
    for appointment in made:
        require(judge(session, by, Act.manage, appointment))
    audit.track(session, "prepare_year", "appointment", note=f"{school_year_of(coming.began)} 學年度", count=len(made))
    return made


def _prepared(
    session: Session, row: Row, person: Person, coming: Span, basis: str, division: Division, by: Actor
) -> Appointment | None:
    if row.ready is not None:
        return None
    if isinstance(person, Staff) and person.left_on is not None and person.left_on < coming.began:
        raise CannotHandOver(f"{person.name}在次學年開始前已離職，{row.seat.zh}請改選別人。")
    ending = row.now if row.lasting else None
    if ending is not None and is_held_by(ending, person):
        return None
    names = {Staff: "staff", Student: "student", Guardian: "guardian"}
    made = Appointment(
        post=row.seat.post.code,
        division=row.division or division,
        school_class_id=row.seat.school_class_id,
        department_id=row.seat.department_id,
        began_on=coming.began,
        ended_on=coming.ended,
        basis=basis,
        succeeds=ending.id if ending else None,
        succeeded_until=ending.ended_on if ending else None,
        **{names[type(person)]: person},
    )
    if ending is not None:
        require(judge(session, by, Act.manage, ending))
        ending.ended_on = coming.began - DAY
    return made


def prepared(session: Session, divisions: Sequence[Division], *, on: dt.date) -> list[Appointment]:
    """Appointments that have not begun."""
    from_now = select(Appointment).where(Appointment.division.in_(divisions), Appointment.began_on > on)
    return list(session.scalars(from_now.order_by(Appointment.began_on, Appointment.id)))


def classes_known(session: Session, divisions: Sequence[Division], *, on: dt.date) -> bool:
    """Whether next year's classes have been entered: without them the posts bound to a class cannot be prepared."""
    return bool(_next_classes(session, divisions, next_span(on)))


__all__ = ["Row", "classes_known", "holder", "next_span", "prepare", "prepared", "rows"]
