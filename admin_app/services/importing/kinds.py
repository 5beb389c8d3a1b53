"""Everything that can be imported: the files a school brings, and every record kind as its model declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from admin_app.services.importing import appointments, guardians, staff, students, teaching
from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, declared
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.readers import course_code
from admin_app.services.importing.school import School
from models import catalogue
from models.base import Entity
from models.classes import Course, Department, SchoolClass
from models.codes import Code
from models.records.consultation import ConsultationStudent
from models.values.course_code import CourseCode
from models.vocabulary import Act, Division, Subject

PLATFORM_HEADER = ("課程代碼", "科目名稱", "授課學期學分", "原課程代碼", "原科目名稱")
"""The columns of the 課程計畫平臺's file, which has no header."""
EVENING_PLAN = "C"
READ_FROM_CODE = ("division", "entry_year", "category", "attribute")
PARTS = frozenset({ConsultationStudent})
"""Rows that come with another kind: who took part stands in the consultation's own row."""


class UnknownKindError(ValueError):
    """No such kind; the message lists those there are."""


def _courses() -> Kind:
    columns = tuple(_course(column) for column in columns_of(Course, without=READ_FROM_CODE))
    return Kind(name="courses", model=Course, columns=columns, resolvers=(_side,), header=PLATFORM_HEADER)


def _side(draft: Draft, school: School) -> None:
    """The 課程代碼 says which division's plan the course stands in."""
    if "code" in draft.values:
        evening = CourseCode.parse(draft.values["code"]).course_type == EVENING_PLAN
        draft.about["division"] = Division.evening if evening else Division.day


def _course(column: Column) -> Column:
    return replace(column, read=course_code) if column.attr in ("code", "former_code") else column


def _all() -> dict[str, Kind]:
    special = (
        students.kind(),
        staff.kind(),
        _courses(),
        teaching.kind(),
        teaching.enrolment_kind(),
        guardians.kind(),
        appointments.kind(),
        declared(SchoolClass, "classes"),
        declared(Department, "departments"),
        declared(Code, "codes"),
    )
    records = (declared(model) for model in catalogue.RECORDS if model not in PARTS)
    return {kind.name: kind for kind in (*special, *records)}


KINDS: Mapping[str, Kind] = _all()
"""By name: `students`, `staff` …, and the record kinds by their table's name."""
_BY_MODEL: Mapping[type[Entity], Kind] = {kind.model: kind for kind in KINDS.values()}
_BY_TABLE: Mapping[str, Kind] = {kind.model.__tablename__: kind for kind in KINDS.values()}


def find_kind(wanted: str | type[Entity] | Kind) -> Kind:
    """A kind by its name, its table's name (also in the plural) or its model. Raises UnknownKindError."""
    if isinstance(wanted, Kind):
        return wanted
    if not isinstance(wanted, str):
        found = _BY_MODEL.get(wanted)
    else:
        name = wanted.strip().replace("-", "_")
        found = KINDS.get(name) or _BY_TABLE.get(name) or KINDS.get(name.removesuffix("s"))
    if found is None:
        raise UnknownKindError(f"沒有「{wanted}」這一種匯入。可用的有：{'、'.join(sorted(KINDS))}")
    return found


def required(kind: str | type[Entity] | Kind) -> tuple[Act, Subject]:
    """What the policy must allow before this kind may be imported."""
    model = find_kind(kind).model
    return model.__write_act__, model.__subject__
