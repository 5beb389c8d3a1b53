"""The school as an import needs it: who and what a file may name, each kind read in one statement and only when asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from admin_app.services.codes import CodeBook, load_codes
from admin_app.services.importing.period import Period
from admin_app.services.tabular import TableError
from admin_app.terms import Terms, load_terms
from models.base import Encrypted
from models.calendar import SchoolYear, Semester
from models.classes import Course, Department, SchoolClass, Teaching
from models.codes import CodeList
from models.people import Guardian, Staff, Student
from models.records.club import Club
from models.regulation import Post, Title
from models.values.roc import BEFORE_ROC, FIRST_MONTH_OF_SCHOOL_YEAR, school_year_of
from models.vault import vault
from models.vocabulary import Division, SemesterTerm

EVENING_UNIT = "進修部"
ENCRYPTED = tuple(column.key for column in Student.__table__.columns if isinstance(column.type, Encrypted))
"""Not read where only a name is asked for: each costs a decryption."""


class School:
    """Rows by what files call them. Rows a file makes necessary (a class, a 科, a 學年度) are kept here once, unsaved."""

    def __init__(
        self, session: Session, *, on: dt.date, period: Period, semester_id: int | None = None, code_lists: Iterable[str] = ()
    ) -> None:
        self.session = session
        self.on = on
        self.period = period
        self._semester_id = semester_id
        self._code_lists = code_lists
        self.notes: list[str] = []
        """What is to be said about the file as a whole."""
        self.new_classes: dict[tuple[Division, str], SchoolClass] = {}
        self.new_departments: dict[tuple[Division, str], Department] = {}

    @cached_property
    def terms(self) -> Terms:
        return load_terms(self.session, on=self.on)

    @cached_property
    def semesters(self) -> dict[tuple[int, SemesterTerm], Semester]:
        return {(each.school_year.year, each.term): each for each in self.session.scalars(select(Semester))}

    @cached_property
    def semester(self) -> Semester:
        """The one chosen, else the one the file names, else the current one."""
        if self._semester_id is not None:
            return self.session.get_one(Semester, self._semester_id)
        if self.period.year and self.period.term:
            return self.find_semester(self.period.year, self.period.term)
        current = self.terms.current(self.on)
        if current is None:
            raise TableError("還沒有任何學期，請先開設學期再匯入。")
        return self.session.get_one(Semester, current.id)

    def find_semester(self, year: int, term: SemesterTerm) -> Semester:
        found = self.semesters.get((year, term))
        if found is None:
            raise TableError(f"還沒有 {year} 學年度{term.zh}，請先開設學期再匯入。")
        return found

    @cached_property
    def year(self) -> SchoolYear:
        """The 學年度 the file is about; a new one, unsaved, when the school has none yet."""
        if self._semester_id is not None:
            return self.semester.school_year
        current = self.terms.current(self.on)
        wanted = self.period.year or (current.year if current else school_year_of(self.on))
        return self.years.get(wanted) or SchoolYear(year=wanted)

    @cached_property
    def years(self) -> dict[int, SchoolYear]:
        return {each.year: each for each in self.session.scalars(select(SchoolYear))}

    @property
    def year_begins(self) -> dt.date:
        return dt.date(self.year.year + BEFORE_ROC, FIRST_MONTH_OF_SCHOOL_YEAR, 1)

    @property
    def year_ends(self) -> dt.date:
        return dt.date(self.year.year + BEFORE_ROC + 1, FIRST_MONTH_OF_SCHOOL_YEAR, 1) - dt.timedelta(days=1)

    @cached_property
    def book(self) -> CodeBook:
        """The code lists the file's columns use, as of its 學年度."""
        return load_codes(self.session, self._code_lists, year=self.year.year)

    @cached_property
    def students(self) -> dict[str, Student]:
        """By 學號, with their class; without the encrypted columns."""
        light = (*(defer(getattr(Student, key)) for key in ENCRYPTED), joinedload(Student.school_class))
        return {each.student_no: each for each in self.session.scalars(select(Student).options(*light))}

    @cached_property
    def student_numbers(self) -> dict[str, str]:
        """學號 by the blind index of the 身分證號."""
        return {index: number for number, index in self.session.execute(select(Student.student_no, Student.id_number_index))}

    def number_of(self, id_number: str) -> str | None:
        """The 學號 of whose 身分證號 it is, by whichever data key it was indexed."""
        return next((self.student_numbers[each] for each in vault().indexes(id_number) if each in self.student_numbers), None)

    def student_of(self, id_number: str) -> Student | None:
        number = self.number_of(id_number)
        return self.students.get(number) if number else None

    @cached_property
    def staff(self) -> dict[str, Staff]:
        return {each.code.casefold(): each for each in self.session.scalars(select(Staff).order_by(Staff.id))}

    @cached_property
    def staff_named(self) -> Mapping[str, list[Staff]]:
        return _grouped((each.name, each) for each in self.staff.values())

    @cached_property
    def guardians(self) -> dict[str, Guardian]:
        return {each.code: each for each in self.session.scalars(select(Guardian))}

    @cached_property
    def courses(self) -> dict[str, Course]:
        return {each.code: each for each in self.session.scalars(select(Course))}

    @cached_property
    def departments(self) -> dict[tuple[Division, str], Department]:
        return {(each.division, each.name): each for each in self.session.scalars(select(Department).order_by(Department.id))}

    @cached_property
    def _classes(self) -> Mapping[tuple[int, str], list[SchoolClass]]:
        every = self.session.scalars(select(SchoolClass).options(joinedload(SchoolClass.department)).order_by(SchoolClass.id))
        return _grouped(((each.school_year_id, each.name), each) for each in every)

    def classes(self, year: SchoolYear, name: str, division: Division | None = None) -> list[SchoolClass]:
        """Classes of a year with a name, of one division when it is known."""
        found = self._classes.get((year.id, name), []) if year.id else []
        return [each for each in found if division in (None, each.division)]

    @cached_property
    def clubs(self) -> Mapping[tuple[int, str], list[Club]]:
        return _grouped(((each.semester_id, each.name), each) for each in self.session.scalars(select(Club)))

    @cached_property
    def teachings(self) -> Mapping[tuple[int, str], list[Teaching]]:
        """By semester and 課程代碼, with class and teacher."""
        whole = (joinedload(Teaching.course), joinedload(Teaching.school_class), joinedload(Teaching.staff))
        every = self.session.scalars(select(Teaching).options(*whole).order_by(Teaching.id))
        return _grouped(((each.semester_id, each.course.code), each) for each in every)

    @cached_property
    def code_lists(self) -> dict[str, CodeList]:
        every = list(self.session.scalars(select(CodeList)))
        return {name: each for each in every for name in (each.zh, each.code)}

    @cached_property
    def posts(self) -> dict[str, Post]:
        """The posts of the edition in force, by code."""
        return {each.code: each for each in self.session.scalars(select(Post).where(Post.edition_id == self._edition_id))}

    @cached_property
    def titles(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Posts by unit and 職務, as the edition in force reads a staff file."""
        rows = self.session.scalars(select(Title).where(Title.edition_id == self._edition_id))
        return {(each.unit, each.title): each.posts for each in rows}

    def posts_for(self, title: str, unit: str) -> tuple[str, ...] | None:
        """The unit's own line first, then the one for any unit; None when the edition has neither.

        Files that name the 組 or nothing as the unit still find a 職務 that means one thing only. 進修部 must have its own line:
        a 教學組長 there is not the 日校's.
        """
        found = self.titles.get((unit, title), self.titles.get(("", title)))
        meanings = {posts for (_, each), posts in self.titles.items() if each == title}
        alone = next(iter(meanings)) if len(meanings) == 1 and not unit.startswith(EVENING_UNIT) else None
        return alone if found is None else found

    @cached_property
    def _edition_id(self) -> int | None:
        return self.terms.edition_id(self.on)

    def enrolled(self, classes: Iterable[SchoolClass]) -> Mapping[int, list[Student]]:
        """Students by class id, in order of seat."""
        wanted = {each.id for each in classes}
        of_class = [each for each in self.students.values() if each.school_class_id in wanted]
        return _grouped((each.school_class_id or 0, each) for each in sorted(of_class, key=lambda each: each.seat_no or 0))


K = TypeVar("K")
V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, list[V]]:
    found: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
