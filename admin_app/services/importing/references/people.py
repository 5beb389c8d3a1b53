"""Students and staff a row names."""

from __future__ import annotations

import re
import unicodedata

from admin_app.services.importing.kind import Draft, Resolver
from admin_app.services.importing.school import School
from models.people import Staff, Student
from models.values.identity import mask, normalise_id_number
from models.values.text import lost_characters, quote, tidy

_SEPARATORS = re.compile(r"[、,，;；|\s]+")


def student(attr: str) -> Resolver:
    """By 學號 or 身分證號; when the file also has the name, it must be the same person's."""

    def resolve(draft: Draft, school: School) -> None:
        found = [
            each
            for each in (_student_by_number(draft, school, f"{attr}.no"), _student_by_id(draft, school, f"{attr}.id"))
            if each is not None
        ]
        if attr in draft.failed or not found:
            return
        if found[-1] is not found[0]:
            draft.fail(f"{attr}.no", "與身分證號不是同一位學生，請確認後更正")
            return
        draft.values[attr] = found[0]
        name = draft.text(f"{attr}.name")
        if name and not same_name(name, found[0].name):
            draft.fail(f"{attr}.name", f"{quote(name)}與學號 {found[0].student_no} 的學生姓名不符，請確認學號", name)

    return resolve


def _student_by_number(draft: Draft, school: School, name: str) -> Student | None:
    number = tidy(draft.text(name)).upper()
    if not number:
        return None
    if number not in school.students:
        draft.fail(name, f"{quote(number)}不在學籍資料內，請更正，或先匯入學生名冊", number)
    return school.students.get(number)


def _student_by_id(draft: Draft, school: School, name: str) -> Student | None:
    number = normalise_id_number(draft.text(name))
    if not number:
        return None
    found = school.student_of(number)
    if found is None:
        draft.fail(name, f"『{mask(number)}』不在學籍資料內，請更正，或先匯入學生名冊", number)
    return found


def students(attr: str) -> Resolver:
    """Several students in one cell, by 學號."""

    def resolve(draft: Draft, school: School) -> None:
        numbers = [tidy(each).upper() for each in _SEPARATORS.split(draft.text(attr)) if each.strip()]
        unknown = [number for number in numbers if number not in school.students]
        if unknown:
            draft.fail(attr, f"有 {len(unknown)} 個學號不在學籍資料內：{'、'.join(unknown[:5])}，請更正", unknown[0])
        elif numbers:
            draft.values[attr] = [school.students[number] for number in dict.fromkeys(numbers)]

    return resolve


def staff(attr: str) -> Resolver:
    """By 教師代碼, or by name where only one person has it."""

    def resolve(draft: Draft, school: School) -> None:
        code, name = tidy(draft.text(f"{attr}.code")), tidy(draft.text(f"{attr}.name"))
        found = school.staff.get(code.casefold()) or _staff_named(draft, school, f"{attr}.code", code)
        if not code and name:
            found = _staff_named(draft, school, f"{attr}.name", name)
        if found is None:
            return
        draft.values[attr] = found
        if code and name and not same_name(name, found.name):
            draft.warn(f"{attr}.name", f"{quote(name)}與教師代碼 {found.code} 的姓名『{found.name}』不同，以教師代碼為準", name)

    return resolve


def _staff_named(draft: Draft, school: School, column: str, name: str) -> Staff | None:
    if not name:
        return None
    found = school.staff_named.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        codes = "、".join(each.code for each in found)
        draft.fail(column, f"{quote(name)}有 {len(found)} 位（{codes}），請改填教師代碼", name)
    else:
        draft.fail(column, f"{quote(name)}不在教職員名冊內，請更正，或先匯入教職員", name)
    return None


def same_name(written: str, known: str) -> bool:
    """Whether two spellings can be one name: a character lost on the way fits any."""
    one, other = (unicodedata.normalize("NFKC", tidy(each)).replace(" ", "") for each in (written, known))
    return len(one) == len(other) and all(
        a == b or lost_characters(a) or lost_characters(b) for a, b in zip(one, other, strict=True)
    )
