"""訓練、研習與說明 (六): 學生訓練, 選課輔導, 教師專業研習 and 親師說明, each with who came and what was used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, String, Text, Time
from sqlalchemy.orm import Mapped, declared_attr, validates

from models.base import field, link
from models.classes import SchoolClass
from models.records.base import SemesterRecord
from models.records.rules import closes_after_it_opens, is_not_negative, only_once
from models.values.roc import format_roc
from models.vocabulary import Act, Division, Subject

MEETING = "日期與地點"
TURNOUT = "對象與出席"


class Training(SemesterRecord):
    """One event held, with its turnout. With a class it belongs to that class's division."""

    __abstract__ = True
    __write_act__ = Act.train
    __natural_key__ = ("semester", "division", "topic", "held_on", "began_at", "school_class")

    topic: Mapped[str] = field("主題", String(80), index=True, example="學習歷程檔案建置與登錄", group=MEETING)
    held_on: Mapped[dt.date] = field("日期", Date, index=True, example="1151014", group=MEETING)
    began_at: Mapped[dt.time] = field("開始時間", Time, example="13:10", group=MEETING)
    ended_at: Mapped[dt.time | None] = field("結束時間", Time, example="15:00", group=MEETING)
    place: Mapped[str] = field("地點", String(60), example="電腦教室一", group=MEETING)
    speaker: Mapped[str] = field("講師", String(60), default="", example="林佳均", group=MEETING)
    school_class_id: Mapped[int | None] = field(
        "班級", ForeignKey("school_class.id"), index=True, help="以班級為單位辦理時填寫", example="機一甲", group=TURNOUT
    )
    audience: Mapped[str] = field("對象", String(60), default="", example="一年級學生", group=TURNOUT)
    invited: Mapped[int | None] = field("應到人數", Integer, example="36", group=TURNOUT, measure="sum")
    attended: Mapped[int | None] = field("實到人數", Integer, example="35", group=TURNOUT, measure="sum")
    materials: Mapped[str] = field("教材", String(200), default="", example="平臺操作手冊", group=TURNOUT)
    remark: Mapped[str] = field(
        "備註", Text, default="", group=TURNOUT, help="未到人員的補訓等，沒有時留白", example="3 人請假，另擇期補訓"
    )

    @declared_attr
    @classmethod
    def school_class(cls) -> Mapped[SchoolClass | None]:
        return link("班級")  # type: ignore[no-any-return]

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            only_once(cls.__tablename__, "semester_id", "division", "topic", "held_on", "began_at", "school_class_id"),
            closes_after_it_opens(),
            is_not_negative("invited"),
            is_not_negative("attended"),
        )

    @validates("school_class")
    def _of_its_division(self, key: str, value: SchoolClass | None) -> SchoolClass | None:
        if value is not None:
            self.division = value.division
        return value

    @validates("division")
    def _division_of_its_class(self, key: str, value: Division) -> Division:
        return self.school_class.division if self.school_class else value

    def __str__(self) -> str:
        return f"{format_roc(self.held_on)} {self.topic}"


class StudentTraining(Training):
    """教導學習歷程檔案建置與登錄, in 彈性學習 or 團體活動時間 or a class in 資訊科技."""

    __tablename__ = "student_training"
    __zh__ = "學生訓練"
    __subject__ = Subject.student_training


class CourseGuidance(Training):
    """選課輔導 before students choose."""

    __tablename__ = "course_guidance"
    __zh__ = "選課輔導"
    __subject__ = Subject.course_guidance


class TeacherWorkshop(Training):
    """課程諮詢與檔案建置相關之教師專業研習."""

    __tablename__ = "teacher_workshop"
    __zh__ = "教師專業研習"
    __subject__ = Subject.teacher_workshop


class ParentBriefing(Training):
    """家長「檔案建置與使用」之親師說明."""

    __tablename__ = "parent_briefing"
    __zh__ = "親師說明"
    __subject__ = Subject.parent_briefing
    __write_act__ = Act.brief
