"""修課成績: 學期成績 of the 日校 (學分) and the 進修部 (節數, with 學年成績), as the score rosters have them (五-(二)-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.classes import Course
from models.people import Student
from models.records.base import StudentRecord
from models.records.rules import is_a_score, is_not_negative
from models.vocabulary import Subject

TERM = "學期成績"
MAKEUP = "補考"
YEAR = "學年成績（進修部）"


class Grade(StudentRecord):
    """A student's result in a course this semester. Scores are never rounded; the pass mark is the student's own."""

    __tablename__ = "grade"
    __zh__ = "修課成績"
    __subject__ = Subject.grade
    __natural_key__ = ("student", "semester", "course")

    course_id: Mapped[int] = field("課程代碼", ForeignKey("course.id"), example="114030402V2130101020001")
    course_grade: Mapped[int] = field("開課年級", Integer, example="1", help="課程計畫開在幾年級")
    credits: Mapped[Decimal | None] = field("修課學分", Numeric(4, 1), help="日校填學分", example="3", measure="sum")
    periods: Mapped[Decimal | None] = field("修課節數", Numeric(4, 1), help="進修部填節數", measure="sum")
    score: Mapped[Decimal | None] = field("學期學業成績", Numeric(5, 2), example="78.5", group=TERM, measure="mean")
    pass_mark: Mapped[int] = field("及格標準", Integer, default=60, help="留白時帶入學生的及格標準", group=TERM, local=True)
    passed: Mapped[str] = field("成績及格", String(2), default="", codes="pass_flag", example="1", group=TERM)
    counted: Mapped[str] = field(
        "是否採計學分", String(2), default="", codes="credit_counted", help="進修部為是否採計學時", example="1", group=TERM
    )
    description: Mapped[str] = field(
        "質性文字描述",
        String(300),
        default="",
        group=TERM,
        help="任課教師對學習表現的文字描述，沒有時留白",
        example="能獨立完成車床操作。",
    )
    makeup_score: Mapped[Decimal | None] = field(
        "補考成績", Numeric(5, 2), group=MAKEUP, measure="mean", help="未補考時留白", example="60"
    )
    makeup_passed: Mapped[str] = field("補考及格", String(2), default="", codes="pass_flag", group=MAKEUP)
    year_score: Mapped[Decimal | None] = field(
        "學年學業成績", Numeric(5, 2), group=YEAR, measure="mean", help="進修部填學年成績", example="72.5"
    )
    year_passed: Mapped[str] = field("學年及格", String(2), default="", codes="pass_flag", group=YEAR)

    course: Mapped[Course] = link("課程")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("student_id", "semester_id", "course_id"),
            Index(None, "course_id", "semester_id"),
            sentence("course_grade BETWEEN 1 AND 3", "course_grade_is_one_to_three"),
            sentence("pass_mark BETWEEN 0 AND 100", "pass_mark_is_a_score"),
            *(is_not_negative(column) for column in ("credits", "periods")),
            *(is_a_score(column) for column in ("score", "makeup_score", "year_score")),
        )

    @validates("student")
    def _keep_division(self, key: str, value: Student) -> Student:
        if self.pass_mark is None:
            self.pass_mark = value.pass_mark
        return super()._keep_division(key, value)

    @validates("pass_mark")
    def _own_pass_mark(self, key: str, value: int | None) -> int | None:
        return self.student.pass_mark if value is None and self.student else value

    def __str__(self) -> str:
        return f"{self.student.name} {self.course.name}"
