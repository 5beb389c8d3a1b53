"""Finding what a row names: a student by 學號, a class by its name, a teacher by 教師代碼, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from admin_app.services.importing.columns import Column
from admin_app.services.importing.kind import Resolver
from admin_app.services.importing.references.courses import club, code_list, course, course_named, teaching
from admin_app.services.importing.references.people import same_name, staff, student, students
from admin_app.services.importing.references.places import department, division, school_class, school_year, semester
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, SchoolClass, Teaching
from models.codes import CodeList
from models.people import Staff, Student
from models.records.club import Club

__all__ = [
    "COURSE",
    "RESOLVERS",
    "columns_for",
    "course_named",
    "department",
    "division",
    "same_name",
    "school_class",
    "school_year",
    "staff",
    "student",
    "students",
]

COURSE = "114030402V2130101020001"
WRITTEN_AS: Mapping[type[Any], tuple[str, str]] = {
    SchoolYear: ("115", "民國年；留白為檔案的學年度"),
    SchoolClass: ("機一甲", "班級名稱"),
    Department: ("機械科", "科別名稱"),
    Club: ("機器人研究社", "社團名稱"),
    CodeList: ("競賽等級", "代碼表的名稱"),
}
"""Example and form of a reference that is written as one name."""

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
        code = replace(
            main,
            name=f"{attr}.code",
            example=main.example or "T001",
            form="教師代碼；姓名不重複時可填姓名",
            headings=(f"{main.zh}代碼", "教師代碼", "教師編號", "教師代號"),
        )
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
            part("staff", "教師代碼", fills="", example="T001", help="多位教師授課時填寫", headings=("教師姓名", "任課教師")),
        )
    example, form = WRITTEN_AS.get(target, ("", "名稱"))
    return (replace(main, example=main.example or example, form=form, required=main.required and target is not SchoolYear),)
