"""The 學期, 學年度, 班級, 部別 and 科別 of a row."""

from __future__ import annotations

from admin_app.services.importing.kind import Draft, Resolver
from admin_app.services.importing.period import semester_text
from admin_app.services.importing.readers import whole
from admin_app.services.importing.school import School
from admin_app.services.tabular import TableError
from models.calendar import Semester
from models.values.text import quote, tidy
from models.vocabulary import Division


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
