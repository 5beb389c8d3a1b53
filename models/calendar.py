"""學年度, 學期 and the windows that lock. Every date says where it comes from: a letter's 文號 or a decision."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Entity, field, link, sentence
from models.vocabulary import Act, Division, SemesterTerm, Subject, WindowKind

if TYPE_CHECKING:
    from models.classes import SchoolClass


class SchoolYear(Entity):
    """A 學年度 in ROC years: 115 runs from August 2026 to July 2027."""

    __tablename__ = "school_year"
    __zh__ = "學年度"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("year",)
    __table_args__ = (sentence("year BETWEEN 100 AND 199", "is_a_roc_year"),)

    year: Mapped[int] = field("學年度", Integer, unique=True, example="115")

    def __str__(self) -> str:
        return f"{self.year} 學年度"


class Semester(Entity):
    """One 學期. Records may be entered from 開學 until it is closed; afterwards it is read-only."""

    __tablename__ = "semester"
    __zh__ = "學期"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("school_year", "term")
    __table_args__ = (
        UniqueConstraint("school_year_id", "term"),
        sentence("ends_on > starts_on", "ends_after_it_starts"),
        sentence("closed_on IS NULL OR closed_on >= starts_on", "closes_after_it_starts"),
    )

    school_year_id: Mapped[int] = field("學年度", ForeignKey("school_year.id"), index=True)
    term: Mapped[SemesterTerm] = field("學期")
    starts_on: Mapped[dt.date] = field("開學日", Date, index=True, group="學期起迄")
    starts_source: Mapped[str] = field("開學日依據", String(120), default="", help="來文文號或會議決議", group="學期起迄")
    ends_on: Mapped[dt.date] = field("休業式", Date, group="學期起迄")
    ends_source: Mapped[str] = field("休業式依據", String(120), default="", help="來文文號或會議決議", group="學期起迄")
    national_due_on: Mapped[dt.date | None] = field("國教署規定上傳期限", Date, help="未收到來文前可留白", group="國教署期限")
    national_due_source: Mapped[str] = field(
        "上傳期限文號", String(120), default="", group="國教署期限", help="未收到來文時留白", example="臺教國署高字第 1150001234 號"
    )
    closed_on: Mapped[dt.date | None] = field("關閉日", Date, help="關閉後各項紀錄只能查閱", group="關閉")
    edition_id: Mapped[int | None] = field("依據版本", ForeignKey("edition.id"), help="開設學期時蓋印的補充規定版本", group="關閉")

    school_year: Mapped[SchoolYear] = link("學年度", lazy="joined", innerjoin=True)

    def __str__(self) -> str:
        return f"{self.school_year.year} 學年度{self.term.zh}"

    @property
    def code(self) -> str:
        """`1151`: the form files and rosters use."""
        return f"{self.school_year.year}{1 if self.term is SemesterTerm.first else 2}"


class Window(Entity):
    """When students may upload, teachers certify, students select and confirm. Only windows lock; timings never do."""

    __tablename__ = "calendar_window"
    __zh__ = "作業時段"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("semester", "kind", "division", "grade", "school_class")
    __table_args__ = (
        sentence("closes_at > opens_at", "closes_after_it_opens"),
        sentence("grade IS NULL OR grade BETWEEN 1 AND 3", "grade_is_one_to_three"),
        Index(None, "semester_id", "kind", "division", "grade"),
    )

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    kind: Mapped[WindowKind] = field("作業")
    division: Mapped[Division | None] = field("部別", help="留白表示兩部相同")
    grade: Mapped[int | None] = field("年級", Integer, help="留白表示各年級相同", example="3")
    school_class_id: Mapped[int | None] = field(
        "班級", ForeignKey("school_class.id"), index=True, help="只為一個班另訂時填寫，例如錯開截止日；留白表示不分班"
    )
    opens_at: Mapped[dt.datetime] = field("開始", DateTime)
    closes_at: Mapped[dt.datetime] = field("截止", DateTime)
    source: Mapped[str] = field("依據", String(120), default="", help="來文文號或會議決議；留白顯示「尚未經工作小組議決」")

    semester: Mapped[Semester] = link("學期")
    school_class: Mapped[SchoolClass | None] = link("班級")

    @property
    def whose(self) -> str:
        """Whom it is for, in words."""
        part = self.division.zh if self.division else ""
        return (
            f"{part}{self.school_class.name}" if self.school_class else f"{part}{f'{self.grade} 年級' if self.grade else '各年級'}"
        )

    def __str__(self) -> str:
        return f"{self.kind.zh}（{self.whose}）"
