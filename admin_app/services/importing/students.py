"""學生名冊. Its classes and 科別 are proposed where a class's name reads as 科簡稱＋年級＋班序 and fits the 科別."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, companions
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.readers import id_number
from admin_app.services.importing.reading import plain_code
from admin_app.services.importing.school import School
from models.classes import Department, SchoolClass
from models.people import Student
from models.values.class_name import EVENING, ClassName
from models.values.text import lost_characters, quote, tidy
from models.vocabulary import Division, EnrolmentStatus, Track

GENERAL = "普通科"
CLASS = Column(
    "class_name", "班級", "school_class", required=True, example="機一甲", form="科簡稱、年級、班序", help="不在學者可留白"
)
DEPARTMENT = Column("department_name", "科別", "", example="機械科", help="用來核對班級；新班級須有科別才能建立")


def kind() -> Kind:
    columns = tuple(_refined(column) for column in columns_of(Student, without=("school_class", "id_number_index")))
    return Kind(
        name="students",
        model=Student,
        columns=(*columns[:5], CLASS, DEPARTMENT, *columns[5:], *companions((*columns, CLASS, DEPARTMENT))),
        resolvers=(_place,),
        uniques=(("id_number",),),
        review=review,
    )


def _refined(column: Column) -> Column:
    match column.attr:
        case "id_number":
            return replace(column, read=id_number, secret=True, form="10 碼，英文字母大寫", help="身分證或居留證統一證號")
        case "student_no":
            return replace(column, read=lambda text, book: _number(text))
    return column


def _number(text: str) -> str:
    number = plain_code(text)
    if len(number) > 12 or not number.isalnum():
        raise ValueError(f"{quote(text)}不是學號，應為 12 碼以內的數字或英文字母，請更正")
    return number


def _place(draft: Draft, school: School) -> None:
    """The class and the division: 進修部 when the row, the class's name or the file says so."""
    name = tidy(draft.text("class_name"))
    division = draft.values.get("division") or _division(name, school)
    if name.startswith(EVENING) and division is Division.day:
        draft.fail("class_name", f"{quote(name)}屬於進修部，與部別『日校』不符，請更正", name)
    elif name:
        draft.values["division"] = division or Division.day
        _put_in_class(draft, school, draft.values["division"], name)
    elif draft.values.get("status", EnrolmentStatus.enrolled) is not EnrolmentStatus.enrolled:
        draft.about["school_class"] = None
        draft.values |= {"division": division} if division else {}


def _division(name: str, school: School) -> Division | None:
    """Where the row itself is silent: the class's name, else the file, else the one class of that name."""
    if name.startswith(EVENING):
        return Division.evening
    known = school.classes(school.year, name)
    return school.period.division or (known[0].division if len(known) == 1 else None)


def _put_in_class(draft: Draft, school: School, division: Division, name: str) -> None:
    found = next(iter(school.classes(school.year, name, division)), None) or school.new_classes.get((division, name))
    department = tidy(draft.text("department_name"))
    if found is None:
        found = _new_class(draft, school, division, name, department)
    elif department and found.department.name != department:
        draft.fail("class_name", f"{quote(name)}屬於{found.department.name}，與科別『{department}』不符，請更正", name)
        return
    if found is not None:
        draft.values["school_class"] = found


def _new_class(draft: Draft, school: School, division: Division, name: str, department: str) -> SchoolClass | None:
    """A class the roster proposes. It is kept unsaved, and only added when a good row needs it."""
    try:
        parsed = ClassName.parse(name)
    except ValueError as error:
        draft.fail("class_name", f"{error}。請更正，或先建立這個班級", name)
        return None
    if not department:
        draft.fail("department_name", f"未填，{quote(name)}是新班級，須有科別才能建立，請補上")
        draft.failed.add("school_class")
        return None
    if not parsed.fits(department):
        draft.fail("class_name", f"{quote(name)}與科別『{department}』不符，請更正", name)
        return None
    home = _department(school, division, department, parsed.short)
    found = SchoolClass(school_year=school.year, division=division, department=home, name=name, grade=parsed.grade)
    school.new_classes[division, name] = found
    return found


def _department(school: School, division: Division, name: str, short: str) -> Department:
    known = school.departments.get((division, name)) or school.new_departments.get((division, name))
    if known is not None:
        return known
    code = _department_code(school, name)
    found = Department(
        division=division,
        name=name,
        short=short,
        track=Track.general if name == GENERAL else Track.vocational,
        code=code,
        group_code=_group_code(school, code),
    )
    school.new_departments[division, name] = found
    return found


def _department_code(school: School, name: str) -> str:
    """The code of the national list that has this very name (普通科 stands there as 普通班); blank when none has."""
    by_name = {zh: value for value, zh in school.book.lists.get("department_code", {}).items()}
    return by_name.get(name) or (by_name.get("普通班", "") if name == GENERAL else "")


def _group_code(school: School, department_code: str) -> str:
    """The 群別 under which every course of the 科 stands; blank when no course says so, or not all the same."""
    groups = {code[10:12] for code in school.courses if code[12:15] == department_code}
    return groups.pop() if len(groups) == 1 else ""


def review(drafts: Sequence[Draft], school: School) -> None:
    """What the school's own students say about the rows."""
    for draft in drafts:
        number = draft.values.get("student_no", "")
        owner = school.number_of(draft.values["id_number"]) if "id_number" in draft.values else None
        if owner is not None and number and owner != number:
            draft.fail("id_number", f"已屬於學號 {owner} 的學生，請確認學號與身分證號後更正", draft.values["id_number"])
        if draft.values.get("born_on") and draft.values["born_on"] > school.on:
            draft.fail("born_on", "晚於今天，請更正")
        keep_mended_name(draft, getattr(school.students.get(number), "name", ""))


def keep_mended_name(draft: Draft, known: str) -> None:
    """A name with lost characters is imported and said; it never replaces one that has been mended since."""
    name = draft.values.get("name", "")
    if not lost_characters(name):
        return
    if known and not lost_characters(known) and len(known) == len(name):
        del draft.values["name"]
        draft.warn("name", f"{quote(name)}可能缺字，保留系統裡的『{known}』", name)
    else:
        draft.warn("name", f"{quote(name)}可能缺字，已照樣匯入，請與學生確認後補正", name)
