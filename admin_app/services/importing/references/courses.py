"""Courses, 配課, clubs and code lists a row names."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.services.importing.kind import Draft, Resolver
from admin_app.services.importing.readers import course_code
from admin_app.services.importing.school import School
from models.classes import Course, Teaching
from models.values.text import quote, tidy


def course(attr: str) -> Resolver:
    """By 課程代碼; a 科目名稱 that differs is said."""

    def resolve(draft: Draft, school: School) -> None:
        found = course_named(draft, school, f"{attr}.code")
        if found is None:
            return
        draft.values[attr] = found
        name = tidy(draft.text(f"{attr}.name"))
        if name and name != found.name:
            draft.warn(f"{attr}.name", f"{quote(name)}與課程計畫的『{found.name}』不同，以課程代碼為準", name)

    return resolve


def course_named(draft: Draft, school: School, column: str) -> Course | None:
    """The course whose 課程代碼 stands in a column."""
    text = draft.text(column)
    if not text:
        return None
    try:
        code = str(course_code(text, school.book))
    except ValueError as error:
        draft.fail(column, str(error), text)
        return None
    if code not in school.courses:
        draft.fail(column, f"{quote(code)}不在課程計畫內，請更正，或先匯入課程", text)
    return school.courses.get(code)


def club(attr: str) -> Resolver:
    """By name, in the row's semester and the student's division."""

    def resolve(draft: Draft, school: School) -> None:
        name, term = tidy(draft.text(attr)), draft.values.get("semester")
        if not name or term is None:
            return
        found = school.clubs.get((term.id, name), [])
        who = draft.values.get("student")
        found = [each for each in found if who is None or each.division is who.division]
        if len(found) == 1:
            draft.values[attr] = found[0]
        else:
            draft.fail(attr, f"{quote(name)}不是這學期的社團，請更正，或先匯入社團", name)

    return resolve


def teaching(attr: str) -> Resolver:
    """By 課程代碼, and by class and teacher where several teach it; a student's own class comes first."""

    def resolve(draft: Draft, school: School) -> None:
        found, term = course_named(draft, school, f"{attr}.code"), draft.values.get("semester")
        if found is None or term is None:
            return
        every = school.teachings.get((term.id, found.code), [])
        fitting = _narrowed(draft, every, attr)
        if len(fitting) == 1:
            draft.values[attr] = fitting[0]
        elif fitting:
            choices = "、".join(f"{each.school_class.name} {each.staff.name}" for each in fitting[:5])
            many = f"有 {len(fitting)} 筆配課（{choices}），請加填班級與教師代碼"
            draft.fail(f"{attr}.code", f"{quote(found.code)}{many}", found.code)
        else:
            draft.fail(f"{attr}.code", f"{quote(found.code)}這學期沒有相符的配課，請更正，或先匯入配課", found.code)

    return resolve


def _narrowed(draft: Draft, every: Sequence[Teaching], attr: str) -> list[Teaching]:
    class_name, teacher = tidy(draft.text(f"{attr}.class")), tidy(draft.text(f"{attr}.staff")).casefold()
    found = [each for each in every if not class_name or each.school_class.name == class_name]
    found = [each for each in found if not teacher or teacher in (each.staff.code.casefold(), each.staff.name.casefold())]
    who = draft.values.get("student")
    own = [each for each in found if who is not None and each.school_class_id == who.school_class_id]
    return own or found


def code_list(attr: str) -> Resolver:
    """By its code or its name."""

    def resolve(draft: Draft, school: School) -> None:
        name = tidy(draft.text(attr))
        if name in school.code_lists:
            draft.values[attr] = school.code_lists[name]
        elif name:
            draft.fail(attr, f"{quote(name)}不存在，請填代碼表的名稱，例如 競賽等級", name)

    return resolve
