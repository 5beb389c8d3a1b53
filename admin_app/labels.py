"""What a row is called by (`__str__`), and reading it with the row that names it: one statement, and no more of it than is said.

A student in a form is a class, a seat and a name; that the form shows these costs no decryption of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty, joinedload, load_only

from models.base import Entity
from models.classes import Course, SchoolClass, Teaching
from models.people import Appointment, Student

SAID: dict[type[Entity], tuple[Any, ...]] = {
    Student: (Student.name, Student.student_no, Student.seat_no, Student.division, Student.school_class_id, Student.school_class),
    SchoolClass: (SchoolClass.name, SchoolClass.division),
    Course: (Course.name, Course.code),
    Teaching: (Teaching.semester_id, Teaching.division, Teaching.school_class, Teaching.course),
    Appointment: (Appointment.staff, Appointment.student, Appointment.guardian),
}
"""The columns and related rows a label is put together from, with what a record copies from the row it names. Of a model that names
no column here, and of every model not named, the whole row is read. What else is asked for is read when it is asked for."""


@cache
def said_with(model: type[Entity]) -> tuple[Any, ...]:
    """Loader options: a row of `model` with all that its own label says."""
    columns = [each for each in SAID.get(model, ()) if not isinstance(each.property, RelationshipProperty)]
    related = [each for each in SAID.get(model, ()) if isinstance(each.property, RelationshipProperty)]
    return (*([load_only(*columns)] if columns else []), *map(_joined, related))


def named_by(model: type[Entity], keys: Iterable[str]) -> list[Any]:
    """Loader options: a row of `model` together with the labels of the rows it names under `keys`, where a key names one row."""
    relations = inspect(model).relationships
    return [_joined(getattr(model, key)) for key in dict.fromkeys(keys) if key in relations and not relations[key].uselist]


def _joined(related: Any) -> Any:
    return joinedload(related).options(*said_with(related.property.mapper.class_))
