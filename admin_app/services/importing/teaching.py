"""配課表, with the class's students enrolled where the whole class takes the course; and 修課名單 for those who chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, companions, resolvers_of
from admin_app.services.importing.kind import Draft, Extra, Kind
from admin_app.services.importing.readers import chosen
from admin_app.services.importing.school import School
from models.classes import Course, Enrolment, SchoolClass, Teaching
from models.people import Staff
from models.values.course_code import CourseCode
from models.vocabulary import Division, EnrolmentStatus

WHOLE_CLASS = "0"
"""開課方式 原班級. In every other one students choose, so a class's list would be wrong."""
SHOWN = 10


def kind() -> Kind:
    side = Column("division", "部別", "division", read=chosen(tuple(Division)), example="日校", help="班級名稱兩部相同時必填")
    columns = (side, *columns_of(Teaching))
    return Kind(
        name="teaching",
        model=Teaching,
        columns=(*columns, *companions(columns)),
        resolvers=tuple(resolvers_of(Teaching)),
        review=review,
        extras=enrolments,
    )


def enrolment_kind() -> Kind:
    columns = tuple(columns_of(Enrolment))
    return Kind("enrolments", Enrolment, (*columns, *companions(columns)), resolvers=tuple(resolvers_of(Enrolment)))


def review(drafts: Sequence[Draft], school: School) -> None:
    """A class that had another teacher keeps that 配課 too, until a person ends it."""
    taught = _taught(drafts)
    for draft in drafts:
        group, course = draft.values.get("school_class"), draft.values.get("course")
        if group is None or course is None or "semester" not in draft.values:
            continue
        for other in school.teachings.get((draft.values["semester"].id, course.code), []):
            if other.school_class is group and other.staff not in taught[group, course]:
                message = f"：{group.name} {course.name} 原由 {other.staff.name} 任教，原配課仍保留，請確認是否刪除"
                draft.warn("staff.code", message)


def _taught(drafts: Sequence[Draft]) -> dict[tuple[SchoolClass, Course], set[Staff]]:
    found: dict[tuple[SchoolClass, Course], set[Staff]] = defaultdict(set)
    for draft in drafts:
        if {"school_class", "course", "staff"} <= set(draft.values):
            found[draft.values["school_class"], draft.values["course"]].add(draft.values["staff"])
    return found


def enrolments(drafts: Sequence[Draft], school: School) -> list[Extra]:
    """The students 在學 of each class, for the courses a whole class takes and they are not enrolled in yet."""
    whole = [draft for draft in drafts if _takes_whole_class(draft)]
    _say_who_chooses(drafts, school)
    of_class = school.enrolled(draft.values["school_class"] for draft in whole)
    has = _enrolled(whole, school)
    return [
        Extra(Enrolment, {"student": student, "teaching": draft})
        for draft in whole
        for student in of_class.get(draft.values["school_class"].id, [])
        if student.status is EnrolmentStatus.enrolled and (draft.entity is None or (student.id, draft.entity.id) not in has)
    ]


def _takes_whole_class(draft: Draft) -> bool:
    return CourseCode.parse(draft.values["course"].code).opening == WHOLE_CLASS


def _enrolled(drafts: Sequence[Draft], school: School) -> set[tuple[int, int]]:
    semesters = {draft.values["semester"].id for draft in drafts}
    stmt = select(Enrolment.student_id, Enrolment.teaching_id).where(Enrolment.semester_id.in_(semesters))
    return {(student, teaching) for student, teaching in school.session.execute(stmt)}


def _say_who_chooses(drafts: Sequence[Draft], school: School) -> None:
    chosen_by = sorted({draft.values["course"].name for draft in drafts if not _takes_whole_class(draft)})
    count = sum(1 for draft in drafts if not _takes_whole_class(draft))
    if count:
        school.notes.append(
            f"{count} 筆配課不是原班級開課（{'、'.join(chosen_by[:SHOWN])}{' 等' if len(chosen_by) > SHOWN else ''}），"
            "修課學生由選課決定，未產生修課名單，請另外匯入修課名單"
        )
