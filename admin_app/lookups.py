"""Which related rows a person may pick while recording: names and class seats of those within reach, and no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from admin_app.actor import Actor
from admin_app.labels import said_with
from admin_app.scopes import reach
from models.base import Entity
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, Enrolment, SchoolClass, Teaching
from models.containing import contains
from models.grams import GRAMMED, holding
from models.people import Appointment, Guardian, Staff, Student
from models.records.club import Club
from models.records.club_membership import ClubMembership
from models.regulation import Edition
from models.vocabulary import Act, Scope

LIMIT = 20
SEARCHED: dict[type[Entity], tuple[Any, ...]] = {
    Student: (Student.name, Student.student_no),
    Staff: (Staff.name, Staff.code),
    Guardian: (Guardian.name, Guardian.code),
    SchoolClass: (SchoolClass.name,),
    Department: (Department.name,),
    Course: (Course.name, Course.code),
    Club: (Club.name,),
    Appointment: (Appointment.post,),
    SchoolYear: (SchoolYear.year,),
    Edition: (Edition.code, Edition.title),
}
SHARED = (Staff, Semester, SchoolYear)
"""Names everybody who records may pick from, whatever the division: a day teacher may teach in 進修部."""


def pickable(
    actor: Actor, model: type[Entity], act: Act, related: type[Entity], *, semester_id: int | None = None
) -> ColumnElement[bool]:
    """Rows of `related` that may be named in a row of `model` which the person records by `act` in a semester."""
    semester: Any = getattr(related, "semester_id", None)
    same_term = true() if semester is None or semester_id is None else semester == semester_id
    return and_(same_term, _within(actor, model, act, related))


def _within(actor: Actor, model: type[Entity], act: Act, related: type[Entity]) -> ColumnElement[bool]:
    held = [each for subject in model.lenses() for each in actor.held(act, subject)]
    if not held:
        return false()
    if related in SHARED:
        return true()
    if related is Teaching and any(each.grant.scope is Scope.own for each in held):
        return Teaching.id.in_(select(Enrolment.teaching_id).where(Enrolment.student_id == actor.student_id))
    if related is Club and any(each.grant.scope is Scope.own for each in held):
        return Club.id.in_(select(ClubMembership.club_id).where(ClubMembership.student_id == actor.student_id))
    return or_(false(), *(reach(actor, each, related) for each in held))


def lookup(related: type[Entity], allowed: ColumnElement[bool], text: str) -> Select[Entity]:
    """At most `LIMIT` rows whose name or code holds every word typed; a class name finds its students."""
    conditions = [_matches(related, word) for word in text.split()]
    stmt = select(related).options(*said_with(related)).where(allowed, and_(true(), *conditions))
    return stmt.order_by(*_order(related)).limit(LIMIT)


def _matches(related: type[Entity], word: str) -> ColumnElement[bool]:
    found = [_holds(related, column, word) for column in SEARCHED.get(related, ())]
    if related in (Student, Teaching):
        found.append(related.school_class_id.in_(select(SchoolClass.id).where(_holds(SchoolClass, SchoolClass.name, word))))
    if related is Teaching:
        found.append(Teaching.course_id.in_(select(Course.id).where(_holds(Course, Course.name, word))))
    return or_(false(), *found) if found else true()


def _holds(model: type[Entity], column: Any, word: str) -> ColumnElement[bool]:
    """Whether the column holds the word; where it has grams, these lead to the few rows that may."""
    if column.key not in GRAMMED.get(model.__tablename__, ()):
        return contains(column, word)
    return and_(model.id.in_(holding(model.__tablename__, column.key, word)), contains(column, word))


def _order(related: type[Entity]) -> tuple[Any, ...]:
    if related is Student:
        return (Student.school_class_id, Student.seat_no, Student.id)
    return (*(SEARCHED.get(related, ())[:1]), related.id)
