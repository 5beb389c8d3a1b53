"""What each scope word means in SQL: the one place where a person's relation to a row is spelled out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

from admin_app.actor import Actor, Held
from models.base import Entity
from models.classes import Course, Enrolment, SchoolClass, Teaching
from models.people import Guardianship, Student
from models.records.learning_outcome import LearningOutcome
from models.substitution import Substitution
from models.vocabulary import Division, Scope


def reach(actor: Actor, held: Held, model: type[Entity], *, every: bool = False) -> ColumnElement[bool]:
    """Which rows of `model` this grant reaches. `every`: all students a row names must be within reach, not just one of them."""
    return and_(_wall(held.grant.division, model), _relation(actor, held, model, every))


def _wall(division: Division | None, model: Any) -> ColumnElement[bool]:
    """The wall between 日校 and 進修部. A model without a division of its own stands on its student's side, or (學期 …) on both."""
    if division is None:
        return true()
    if not hasattr(model, "division"):
        side = select(Student.id).where(Student.division == division)
        return model.student_id.in_(side) if hasattr(model, "student_id") else true()
    nullable = model.__table__.c.division.nullable
    return or_(model.division == division, model.division.is_(None)) if nullable else model.division == division


def _relation(actor: Actor, held: Held, model: type[Entity], every: bool) -> ColumnElement[bool]:
    scope = held.grant.scope
    if scope is Scope.division:
        return true()
    if scope is Scope.taught:
        return _taught(actor, held, model)
    if scope is Scope.unit:
        return _of_unit(actor, held, model)
    if model is SchoolClass:
        return SchoolClass.id.in_(_classes(held))
    if hasattr(model, "school_class_id") and not issubclass(model, Student) and not hasattr(model, "student_id"):
        return _of_class(held, model)
    return _about_students(model, _students(actor, held), every)


def _students(actor: Actor, held: Held) -> Select[int]:
    """Ids of the students within reach."""
    found = select(Student.id)
    match held.grant.scope:
        case Scope.own:
            return found.where(Student.id == actor.student_id)
        case Scope.children:
            return select(Guardianship.student_id).where(Guardianship.guardian_id == actor.guardian_id)
        case Scope.department:
            return found.where(Student.school_class_id.in_(_classes(held)))
        case Scope.homeroom | Scope.counselled | Scope.assigned_class:
            return found.where(Student.school_class_id.in_(_own_classes(actor, held)))
    return found.where(false())


def _own_classes(actor: Actor, held: Held) -> list[int | None]:
    """Classes of the same post add up, so that a talk with students of both of one's classes is one's own."""
    mine = held.holding
    return [each.school_class_id for each in actor.holdings if (each.post, each.only) == (mine.post, mine.only)]


def _classes(held: Held) -> Select[int]:
    classes = select(SchoolClass.id)
    if held.grant.scope is Scope.department:
        return classes.where(SchoolClass.department_id == held.holding.department_id)
    return classes.where(SchoolClass.id == held.holding.school_class_id)


def _of_class(held: Held, model: Any) -> ColumnElement[bool]:
    if held.grant.scope in (Scope.own, Scope.children):
        return false()
    column: ColumnElement[bool] = model.school_class_id.in_(_classes(held))
    return column


def _of_unit(actor: Actor, held: Held, model: Any) -> ColumnElement[bool]:
    """Rows of the units the post heads, as the edition says who heads what."""
    if not hasattr(model, "unit"):
        return false()
    column: ColumnElement[bool] = model.unit.in_(actor.rulebook.headed_by(held.grant.holder))
    return column


def _about_students(model: Any, students: Select[int], every: bool) -> ColumnElement[bool]:
    """Rows about those students; a model says itself how it names students when it is not by `student_id`."""
    if hasattr(model, "among"):
        return model.among(students, every=every)  # type: ignore[no-any-return]
    if issubclass(model, Student):
        return Student.id.in_(students)
    if hasattr(model, "student_id"):
        return model.student_id.in_(students)  # type: ignore[no-any-return]
    return false()


def _taught(actor: Actor, held: Held, model: Any) -> ColumnElement[bool]:
    theirs = _their_courses(actor, held)
    if model is Teaching:
        return theirs
    if model is Substitution:
        return Substitution.staff_id == actor.staff_id
    if model is Course:
        return Course.id.in_(select(Teaching.course_id).where(theirs))
    if model is LearningOutcome:
        return LearningOutcome.teaching_id.in_(together(theirs))
    if hasattr(model, "teaching_id"):
        return model.teaching_id.in_(select(Teaching.id).where(theirs))  # type: ignore[no-any-return]
    learns = exists().where(Enrolment.teaching_id == Teaching.id, theirs)
    if model is Student:
        return learns.where(Enrolment.student_id == Student.id)
    if hasattr(model, "course_id") and hasattr(model, "student_id"):
        return learns.where(
            Enrolment.student_id == model.student_id,
            Enrolment.semester_id == model.semester_id,
            Teaching.course_id == model.course_id,
        )
    return false()


def _their_courses(actor: Actor, held: Held) -> ColumnElement[bool]:
    """One's own courses; those of the absent teacher, or one of them, for a 任課代理."""
    found: ColumnElement[bool] = Teaching.staff_id == (held.holding.absent_id or actor.staff_id)
    return found if held.holding.teaching_id is None else and_(found, Teaching.id == held.holding.teaching_id)


def together(theirs: ColumnElement[bool]) -> Any:
    """Ids of these 配課 and of those taught with them: the same course, in the semester, to the very same students (協同教學).

    A class split in groups has two 配課 of one course too; its groups share no student, so that each teacher has their own.
    """
    colleague, seat, shared = aliased(Teaching), aliased(Enrolment), aliased(Enrolment)
    with_me = (
        select(colleague.id)
        .join(seat, seat.teaching_id == colleague.id)
        .join(shared, shared.student_id == seat.student_id)
        .join(Teaching, Teaching.id == shared.teaching_id)
        .where(theirs, colleague.course_id == Teaching.course_id, colleague.semester_id == Teaching.semester_id)
        .where(colleague.id != Teaching.id)
    )
    return union_all(select(Teaching.id).where(theirs), with_me)
