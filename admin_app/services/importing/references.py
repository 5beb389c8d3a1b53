"""Finding what a row names: a student by 學號, a class by its name, a teacher by 教師代碼, and so on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from admin_app.services.importing.columns import Column
from admin_app.services.importing.kind import Draft, Resolver
from admin_app.services.importing.period import semester_text
from admin_app.services.importing.readers import course_code, whole
from admin_app.services.importing.school import School
from admin_app.services.tabular import TableError
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, SchoolClass, Teaching
from models.codes import CodeList
from models.people import Staff, Student
from models.records.club import Club
from models.values.identity import mask, normalise_id_number
from models.values.text import lost_characters, quote, tidy
from models.vocabulary import Division

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
    number = tidy(draft.text(name))
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
        numbers = [tidy(each) for each in _SEPARATORS.split(draft.text(attr)) if each.strip()]
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


def semester(attr: str) -> Resolver:
    """By 學期代碼, or 學年度 and 學期; the chosen semester where the row says nothing."""

    def resolve(draft: Draft, school: School) -> None:
        code, year, term = (draft.text(f"{attr}.{part}") for part in ("code", "year", "term"))
        try:
            draft.values[attr] = _semester(school, code or term, year)
        except (ValueError, TableError) as error:
            draft.fail(f"{attr}.code" if code else f"{attr}.term", f"：{error}" if isinstance(error, TableError) else str(error))

    return resolve


def _semester(school: School, text: str, year_text: str) -> Semester:
    if not text and not year_text:
        return school.semester
    year, term = semester_text(text) if text else (None, school.semester.term)
    own_year = whole(year_text) if year_text else None
    return school.find_semester(own_year or year or school.year.year, term)


def school_year(attr: str) -> Resolver:
    """By its number; the year of the file where the row says nothing."""

    def resolve(draft: Draft, school: School) -> None:
        text = draft.text(attr)
        try:
            number = whole(text) if text else None
        except ValueError as error:
            draft.fail(attr, str(error), text)
            return
        if number is None or number == school.year.year:
            draft.values[attr] = school.year
        elif number in school.years:
            draft.values[attr] = school.years[number]
        else:
            draft.fail(attr, f"{quote(text)}尚未建立，請先開設學年度", text)

    return resolve


def school_class(attr: str) -> Resolver:
    """By name, in the school year of the row's semester; its 部別 decides between two of the same name."""

    def resolve(draft: Draft, school: School) -> None:
        name = tidy(draft.text(attr))
        if not name:
            return
        year = draft.values["semester"].school_year if draft.values.get("semester") else school.year
        found = school.classes(year, name, draft.values.get("division")) or school.classes(year, name)
        if len(found) > 1:
            draft.fail(attr, f"{quote(name)}在日校與進修部都有，請填部別", name)
        elif not found:
            draft.fail(attr, f"{quote(name)}不是 {year.year} 學年度的班級，請更正，或先匯入學生名冊", name)
        elif draft.values.get("division") not in (None, found[0].division):
            draft.fail(attr, f"{quote(name)}屬於{found[0].division.zh}，與部別『{draft.values['division'].zh}』不符，請更正", name)
        else:
            draft.values[attr] = found[0]

    return resolve


def division(draft: Draft, school: School) -> None:
    """A class has its division; without one it is the file's, and the 日校 where nothing says otherwise."""
    placed = draft.values.get("school_class")
    if placed is not None:
        draft.values["division"] = placed.division
    elif "division" not in draft.failed:
        draft.values.setdefault("division", school.period.division or Division.day)


def department(attr: str) -> Resolver:
    """By name, in the row's division."""

    def resolve(draft: Draft, school: School) -> None:
        name = tidy(draft.text(attr))
        if not name:
            return
        found = school.departments.get((draft.values.get("division", Division.day), name))
        if found is None:
            draft.fail(attr, f"{quote(name)}不是這一部的科別，請更正，或先匯入學生名冊", name)
        else:
            draft.values[attr] = found

    return resolve


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
            draft.fail(f"{attr}.code", f"{quote(found.code)}有 {len(fitting)} 筆配課（{choices}），請加填班級與教師代碼", found.code)
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


RESOLVERS: Mapping[type[Any], Callable[[str], Resolver]] = {
    SchoolYear: school_year,
    Semester: semester,
    Student: student,
    SchoolClass: school_class,
    Department: department,
    Staff: staff,
    Course: course,
    Club: club,
    Teaching: teaching,
    CodeList: code_list,
}
"""In this order: a class is looked for in the semester's year, a club in the student's division."""


def columns_for(attr: str, target: type[Any], main: Column, *, own: frozenset[str]) -> tuple[Column, ...]:
    """The columns a reference may be written in. `main` has its label and example; `own` are labels the model uses itself."""

    def part(name: str, zh: str, **more: Any) -> Column:
        return Column(f"{attr}.{name}", zh, more.pop("fills", attr), **more)

    if target is Student:
        return (
            part("no", "學號", required=main.required, example="11510001", form="學號"),
            part("id", "身分證號", secret=True, sensitive=True, in_template=False),
            part("name", "姓名", fills="", example="詹子君", help="供核對，與學號不符的列不匯入"),
        )
    if target is Staff:
        code = part("code", main.zh, required=main.required, example=main.example or "T001", help=main.help,
                    form="教師代碼；姓名不重複時可填姓名", headings=(f"{main.zh}代碼", "教師代碼", "教師編號", "教師代號"))  # fmt: skip
        return (code, part("name", f"{main.zh}姓名", in_template=False, headings=("教師姓名",)))
    if target is Course:
        code = part("code", "課程代碼", required=main.required, example=main.example or COURSE, form="23 碼課程代碼")
        return (code, *(() if "科目名稱" in own else (part("name", "科目名稱", fills="", example="機械製造", help="供核對"),)))
    if target is Semester:
        code = part("code", "學期代碼", example="1151", form="學年度加學期", help="留白為匯入時的學期")
        by_parts = (part("year", "學年度", in_template=False), part("term", "學期", in_template=False))
        return (code, *(() if "學年度" in own else by_parts))
    if target is Teaching:
        return (
            part("code", "課程代碼", required=main.required, example=COURSE, form="23 碼課程代碼"),
            part("class", "班級", fills="", example="機一甲", help="留白為學生的班級"),
            part("staff", "教師代碼", fills="", example="T001", help="同一班由多位教師授課時填寫", headings=("教師姓名", "任課教師")),
        )
    return (main,)


COURSE = "114030402V2130101020001"


def same_name(written: str, known: str) -> bool:
    """Whether two spellings can be one name: a character lost on the way fits any."""
    one, other = (unicodedata.normalize("NFKC", tidy(each)).replace(" ", "") for each in (written, known))
    return len(one) == len(other) and all(
        a == b or lost_characters(a) or lost_characters(b) for a, b in zip(one, other, strict=True)
    )
