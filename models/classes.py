"""科別, 班級, 課程, 配課 and 修課名單."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Integer, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import Entity, field, link, sentence
from models.calendar import SchoolYear, Semester
from models.values.course_code import CourseCode
from models.vocabulary import Division, Subject, Track

if TYPE_CHECKING:
    from models.people import Staff, Student


class Department(Entity):
    """科別 of one division."""

    __tablename__ = "department"
    __zh__ = "科別"
    __subject__ = Subject.class_list
    __natural_key__ = ("division", "name")
    __table_args__ = (UniqueConstraint("division", "name"),)

    division: Mapped[Division] = field("部別", example="日校")
    name: Mapped[str] = field("科別", String(40), example="機械科")
    short: Mapped[str] = field("科簡稱", String(4), default="", example="機")
    track: Mapped[Track] = field("普科或職科", default=Track.vocational, example="職科")
    code: Mapped[str] = field("科別代碼", String(6), default="", codes="department_code", example="301")
    group_code: Mapped[str] = field("群別代碼", String(4), default="", codes="course_group", example="21")

    def __str__(self) -> str:
        return f"{self.name}（{self.division.zh}）"


class SchoolClass(Entity):
    """A class in one school year."""

    __tablename__ = "school_class"
    __zh__ = "班級"
    __subject__ = Subject.class_list
    __natural_key__ = ("school_year", "division", "name")
    __table_args__ = (
        UniqueConstraint("school_year_id", "division", "name"),
        sentence("grade BETWEEN 1 AND 3", "grade_is_one_to_three"),
    )

    school_year_id: Mapped[int] = field("學年度", ForeignKey("school_year.id"))
    division: Mapped[Division] = field("部別", index=True, example="日校")
    department_id: Mapped[int] = field("科別", ForeignKey("department.id"), index=True)
    name: Mapped[str] = field("班級", String(20), index=True, example="機一甲")
    grade: Mapped[int] = field("年級", Integer, example="1")

    school_year: Mapped[SchoolYear] = link("學年度")
    department: Mapped[Department] = link("科別")

    def __str__(self) -> str:
        return self.name


class Course(Entity):
    """A course of the approved 課程計畫, known by its 23-character 課程代碼."""

    __tablename__ = "course"
    __zh__ = "課程"
    __subject__ = Subject.course_plan
    __natural_key__ = ("code",)
    __table_args__ = (sentence("length(code) = 23", "code_has_23_characters"),)

    code: Mapped[str] = field("課程代碼", String(23), unique=True, example="114030402V2130101020001")
    name: Mapped[str] = field("科目名稱", String(80), index=True, example="機械製造")
    credits: Mapped[str] = field("授課學期學分", String(6), default="", help="一上至三下各一碼", example="222222")
    division: Mapped[Division] = field("部別", default=Division.day, index=True, example="日校")
    entry_year: Mapped[int] = field("適用入學年度", Integer, default=0, index=True)
    category: Mapped[str] = field("課程類別", String(1), default="", codes="course_category", index=True)
    attribute: Mapped[str] = field("科目屬性", String(1), default="", codes="course_attribute")
    former_code: Mapped[str] = field(
        "原課程代碼", String(23), default="", help="課程代碼改過時填寫改前的 23 碼", example="111030402V2130101020001"
    )
    former_name: Mapped[str] = field("原科目名稱", String(80), default="", help="科目改名時填寫原名", example="機械基礎實習")

    @validates("code")
    def _read_code(self, key: str, value: str) -> str:
        parsed = CourseCode.parse(value)
        self.entry_year, self.category, self.attribute = parsed.entry_year, parsed.category, parsed.attribute
        self.division = Division.evening if parsed.course_type == "C" else Division.day
        return str(parsed)

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class Teaching(Entity):
    """配課: who teaches which course to which class this semester."""

    __tablename__ = "teaching"
    __zh__ = "配課"
    __subject__ = Subject.course_plan
    __natural_key__ = ("semester", "school_class", "course", "staff")
    __table_args__ = (
        UniqueConstraint("semester_id", "school_class_id", "course_id", "staff_id"),
        Index(None, "staff_id", "semester_id"),
        Index(None, "division", "semester_id"),
    )

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    division: Mapped[Division] = field("部別", example="日校")
    school_class_id: Mapped[int] = field("班級", ForeignKey("school_class.id"), index=True)
    course_id: Mapped[int] = field("課程", ForeignKey("course.id"), index=True)
    staff_id: Mapped[int] = field("任課教師", ForeignKey("staff.id"))
    credits: Mapped[Decimal | None] = field("學分（節數）", Numeric(4, 1), example="2", measure="sum")

    semester: Mapped[Semester] = link("學期")
    school_class: Mapped[SchoolClass] = link("班級")
    course: Mapped[Course] = link("課程")
    staff: Mapped[Staff] = link("任課教師")

    @validates("school_class")
    def _same_division(self, key: str, value: SchoolClass) -> SchoolClass:
        self.division = value.division
        return value

    def __str__(self) -> str:
        return f"{self.school_class.name} {self.course.name}"


class Enrolment(Entity):
    """修課名單: a student takes a course with a teacher this semester."""

    __tablename__ = "enrolment"
    __zh__ = "修課名單"
    __subject__ = Subject.course_plan
    __natural_key__ = ("student", "teaching")
    __table_args__ = (
        UniqueConstraint("student_id", "teaching_id"),
        Index(None, "division", "semester_id"),
    )

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    division: Mapped[Division] = field("部別")
    student_id: Mapped[int] = field("學生", ForeignKey("student.id"))
    teaching_id: Mapped[int] = field("配課", ForeignKey("teaching.id"), index=True)

    semester: Mapped[Semester] = link("學期")
    student: Mapped[Student] = link("學生")
    teaching: Mapped[Teaching] = link("配課")

    @validates("teaching")
    def _same_semester(self, key: str, value: Teaching) -> Teaching:
        self.division, self.semester = value.division, value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.teaching.course.name}"
