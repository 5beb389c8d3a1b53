"""延期: one student's own last moment for something, later than everybody's, with the reason and who granted it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from models.base import Entity, field, link
from models.calendar import Semester
from models.people import Staff, Student
from models.records.rules import at_least_one
from models.vocabulary import Act, Division, Subject, WindowKind


class Extension(Entity):
    """A student may do something in a semester until later than the window says. Nobody else's window moves."""

    __tablename__ = "extension"
    __zh__ = "延期"
    __subject__ = Subject.extension
    __write_act__ = Act.extend
    __natural_key__ = ("student", "semester", "kind")
    __table_args__ = (
        UniqueConstraint("student_id", "semester_id", "kind"),
        at_least_one("reason"),
        Index(None, "division", "semester_id"),
    )

    semester_id: Mapped[int] = field("學期", ForeignKey("semester.id"))
    division: Mapped[Division] = field("部別")
    student_id: Mapped[int] = field("學生", ForeignKey("student.id"))
    kind: Mapped[WindowKind] = field("作業", help="延長哪一項作業的截止時間", example="學生上傳")
    until: Mapped[dt.datetime] = field("延長至", DateTime, help="學生可以辦理到這個時間")
    reason: Mapped[str] = field("延期事由", String(200), help="必填，例如住院、平臺故障", example="住院，附診斷證明")
    approved_by_id: Mapped[int | None] = field("核予人", ForeignKey("staff.id"), help="由系統填入")
    approved_at: Mapped[dt.datetime | None] = field("核予時間", DateTime, help="由系統填入")

    semester: Mapped[Semester] = link("學期")
    student: Mapped[Student] = link("學生")
    approved_by: Mapped[Staff | None] = link("核予人")

    @validates("student")
    def _keep_division(self, key: str, value: Student) -> Student:
        self.division = value.division
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.kind.zh}延期"
