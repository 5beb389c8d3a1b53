"""課程學習成果 (五-(三)): a student's work in a course, and where it stands. Only verbs move the state (`models.workflow`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    String,
    UniqueConstraint,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, validates

from models.base import field, link, sentence
from models.classes import Course, Enrolment, Teaching
from models.people import Staff
from models.records.base import StudentRecord
from models.records.rules import BRIEF_LENGTH, at_least_one, fits
from models.vocabulary import EnrolmentStatus, Subject, Term

CERTIFICATION, DOUBT = "認證", "認證疑義"
LONGEST_REASON = 200


class OutcomeState(Term):
    """Where an outcome stands between its student, the course teacher and the national database."""

    draft = "草稿"
    sent = "送出認證"
    certified = "認證通過"
    returned = "退回"
    selected = "勾選"
    submitted = "總提交"
    received = "收訖"
    confirmed = "確認"
    questioned = "問題回報"


STILL_THE_STUDENTS = (OutcomeState.draft, OutcomeState.returned)
"""The states in which the student may still change what the work is."""
VOUCHED = "'certified', 'selected', 'submitted', 'received', 'confirmed', 'questioned'"
"""The states a work only reaches by certification, as the database writes them."""


class OutcomeKind(Term):
    """What kind of work it is (五-(三): 含實作作品或書面報告等)."""

    artwork = "實作作品"
    report = "書面報告"
    other = "其他"


class LearningOutcome(StudentRecord):
    """A piece of work of one student in one course."""

    __tablename__ = "learning_outcome"
    __zh__ = "課程學習成果"
    __subject__ = Subject.outcome
    __natural_key__ = ("student", "teaching", "name")

    teaching_id: Mapped[int] = field("課程", ForeignKey("teaching.id"), index=True, help="本學期修習且有核計學分的課程")
    name: Mapped[str] = field("成果名稱", String(80), example="手動車床操作報告")
    brief: Mapped[str] = field(
        "成果簡述",
        String(BRIEF_LENGTH),
        help=f"必填，最多 {BRIEF_LENGTH} 字",
        example="以車床完成階級桿，並說明加工順序與量測結果。",
    )
    kind: Mapped[OutcomeKind] = field("成果類型", default=OutcomeKind.report, example="書面報告")
    practical: Mapped[bool] = field(
        "專題實作及實習科目", Boolean, default=False, help="專題實作或實習科目的學習成果請勾選，四技二專甄選採計", example="否"
    )
    previous_id: Mapped[int | None] = field("前一版", ForeignKey("learning_outcome.id"), index=True, local=True)
    state: Mapped[OutcomeState] = field("認證狀態", default=OutcomeState.draft, group=CERTIFICATION)
    sent_at: Mapped[dt.datetime | None] = field("送審時間", DateTime, group=CERTIFICATION)
    certified_at: Mapped[dt.datetime | None] = field("認證時間", DateTime, group=CERTIFICATION)
    certified_by_id: Mapped[int | None] = field("認證教師", ForeignKey("staff.id"), index=True, group=CERTIFICATION)
    certified_for: Mapped[str] = field(
        "代理認證", String(60), default="", help="由代理人認證時，原任課教師的姓名", group=CERTIFICATION
    )
    certified_digest: Mapped[str] = field("認證之檔案摘要", String(64), default="", local=True, group=CERTIFICATION)
    certification_note: Mapped[str] = field(
        "認證說明", String(LONGEST_REASON), default="", help="退回時必填原因", group=CERTIFICATION
    )
    doubt: Mapped[str] = field("疑義", String(LONGEST_REASON), default="", help="學生對退回的疑義，由教務處處理", group=DOUBT)
    doubted_at: Mapped[dt.datetime | None] = field("疑義提出時間", DateTime, index=True, group=DOUBT)
    doubt_answer: Mapped[str] = field("疑義答覆", String(LONGEST_REASON), default="", group=DOUBT)
    doubt_answered_at: Mapped[dt.datetime | None] = field("疑義答覆時間", DateTime, group=DOUBT)
    question: Mapped[str] = field("問題回報內容", String(LONGEST_REASON), default="", help="學生對收訖明細的問題")

    teaching: Mapped[Teaching] = link("課程")
    certified_by: Mapped[Staff | None] = link("認證教師")
    previous: Mapped[LearningOutcome | None] = link("前一版", remote_side="LearningOutcome.id")

    @classmethod
    def lenses(cls) -> dict[Subject, Callable[[], ColumnElement[bool]] | None]:
        return {Subject.outcome: None, Subject.unstaffed_outcome: unstaffed}

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("student_id", "teaching_id", "name"),
            at_least_one("brief"),
            fits("brief", BRIEF_LENGTH),
            sentence("state = 'draft' OR sent_at IS NOT NULL", "what_left_the_draft_was_sent"),
            sentence(
                f"state NOT IN ({VOUCHED}) OR (certified_at IS NOT NULL AND certified_by_id IS NOT NULL)",
                "a_certified_outcome_names_its_certifier",
            ),
            sentence("state <> 'returned' OR certification_note <> ''", "a_returned_outcome_says_why"),
            sentence("(doubt = '') = (doubted_at IS NULL)", "a_doubt_says_what_and_when"),
            sentence("(doubt_answer = '') = (doubt_answered_at IS NULL)", "a_doubts_answer_says_what_and_when"),
            sentence("state <> 'questioned' OR question <> ''", "a_question_says_what"),
        )

    @property
    def frozen(self) -> str:
        """Why nothing may happen to it: its student is not at school. It stands where it stood when they are back (復學)."""
        status = self.student.status
        return "" if status is EnrolmentStatus.enrolled else f"這位學生目前{status.zh}，成果暫停辦理；復學後照原來的狀態繼續。"

    @validates("teaching")
    def _same_semester(self, key: str, value: Teaching) -> Teaching:
        self.semester = value.semester
        return value

    def __str__(self) -> str:
        return f"{self.student.name} {self.name}"


def unstaffed() -> ColumnElement[bool]:
    """Outcomes of a course whose teacher has left the school; nobody teaches it with them."""
    left = select(Teaching.id).join(Staff, Staff.id == Teaching.staff_id).where(Staff.left_on.is_not(None))
    return LearningOutcome.teaching_id.in_(left)


NOT_THEIRS = "只能選這位學生本學期修習、且有核計學分（進修部：學時）的課程；彈性學習、團體活動等不採計的課程不能登錄學習成果。"


def counts_credit() -> ColumnElement[bool]:
    """Courses with credit (進修部: 學時). 團體活動 and 彈性學習 count none, except 充實/補強 with credit (科目屬性 D)."""
    none_by_kind = Course.category.in_(("8", "9")) & (Course.attribute != "D")
    nothing_given = Teaching.credits.is_not(None) & (Teaching.credits <= 0)
    return ~none_by_kind & (Course.attribute != "C") & ~nothing_given


def open_courses(student_id: Any) -> Any:
    """Ids of the student's own 配課 an outcome may hang on."""
    return (
        select(Enrolment.teaching_id)
        .join(Teaching, Teaching.id == Enrolment.teaching_id)
        .join(Course, Course.id == Teaching.course_id)
        .where(Enrolment.student_id == student_id, counts_credit())
    )


@event.listens_for(LearningOutcome, "before_insert")
@event.listens_for(LearningOutcome, "before_update")
def hangs_on_an_own_course(mapper: Any, connection: Connection, row: LearningOutcome) -> None:
    """Whatever wrote it, form, file or script: an outcome is of a course its student takes and that counts."""
    changed = inspect(row).attrs
    if not (changed.teaching_id.history.has_changes() or changed.student_id.history.has_changes()):
        return
    own = open_courses(row.student_id).where(Enrolment.teaching_id == row.teaching_id)
    if connection.scalar(own.limit(1)) is None:
        raise ValueError(NOT_THEIRS)
