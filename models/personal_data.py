"""個人資料: requests under the 個資法 and by when they are due; how long each kind is kept, and what was cleared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Entity, field, link, sentence
from models.people import Account, Guardian, Staff, Student
from models.vocabulary import Act, Division, Subject, Term

AT_MOST_ONE_PERSON = (
    "(CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN student_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN guardian_id IS NULL THEN 0 ELSE 1 END) <= 1"
)


class PersonalRight(Term):
    """What somebody may ask for: 個資法 §3, §10, §11."""

    inspect = "查閱"
    copy = "複製"
    correct = "更正"
    stop = "停止利用"
    erase = "刪除"

    @property
    def days(self) -> int:
        """Days to answer in, and by as many they may be extended: 15 for 查閱 and 複製, else 30 (個資法 §13)."""
        return 15 if self in (PersonalRight.inspect, PersonalRight.copy) else 30


class RequestOutcome(Term):
    """How a request ended."""

    granted = "准許"
    partly = "部分准許"
    refused = "駁回"
    withdrawn = "申請人撤回"


class PersonalRequest(Entity):
    """One request under the 個資法, from the day it was received to the day it was answered."""

    __tablename__ = "personal_request"
    __zh__ = "個資申請"
    __subject__ = Subject.personal_data
    __write_act__ = Act.disclose
    __natural_key__ = ("applicant", "right", "received_on", "student", "staff", "guardian")
    __table_args__ = (
        sentence(AT_MOST_ONE_PERSON, "is_about_at_most_one_person"),
        sentence("(answered_on IS NULL) = (outcome IS NULL)", "an_answer_has_its_day_and_outcome"),
        sentence("answered_on IS NULL OR answered_on >= received_on", "is_answered_after_it_came"),
        sentence("extended_on IS NULL OR extension_reason <> ''", "an_extension_says_why"),
        sentence("outcome IS NULL OR outcome NOT IN ('refused', 'partly') OR reason <> ''", "a_refusal_says_why"),
        Index(None, "division", "answered_on", "due_on"),
    )

    applicant: Mapped[str] = field("申請人", String(60), help="本人，或法定代理人、受託人姓名", example="詹文彬")
    right: Mapped[PersonalRight] = field("申請事項", example="查閱")
    division: Mapped[Division] = field("部別", default=Division.day, example="日校")
    student_id: Mapped[int | None] = field("學生", ForeignKey("student.id"), index=True, group="資料當事人")
    guardian_id: Mapped[int | None] = field("家長", ForeignKey("guardian.id"), index=True, group="資料當事人")
    staff_id: Mapped[int | None] = field("教職員", ForeignKey("staff.id"), index=True, group="資料當事人")
    received_on: Mapped[dt.date] = field("收件日", Date, index=True, group="期限", example="1151120")
    extended_on: Mapped[dt.date | None] = field(
        "延長通知日", Date, group="期限", help="個資法 §13：得延長一次，須以書面通知申請人並說明原因"
    )
    extension_reason: Mapped[str] = field(
        "延長原因", String(200), default="", group="期限", help="延長時必填", example="資料量大，須逐筆查對"
    )
    due_on: Mapped[dt.date] = field("法定期限", Date, index=True, group="期限", help="由收件日與申請事項算出")
    answered_on: Mapped[dt.date | None] = field("答覆日", Date, group="答覆")
    outcome: Mapped[RequestOutcome | None] = field("結果", group="答覆")
    answered_by: Mapped[str] = field("答覆人", String(60), default="", group="答覆", example="林佳均")
    reason: Mapped[str] = field("理由", Text, default="", group="答覆", help="駁回或部分准許時必填，例如個資法 §10 但書")

    student: Mapped[Student | None] = link("學生")
    guardian: Mapped[Guardian | None] = link("家長")
    staff: Mapped[Staff | None] = link("教職員")

    @property
    def person(self) -> Student | Guardian | Staff | None:
        return self.student or self.guardian or self.staff

    def __str__(self) -> str:
        return f"{self.applicant}申請{self.right.zh}"


@event.listens_for(PersonalRequest, "before_insert")
@event.listens_for(PersonalRequest, "before_update")
def count_the_days(mapper: Any, connection: Any, row: PersonalRequest) -> None:
    """The day an answer is due by law follows from the others; nobody types it."""
    times = 2 if row.extended_on else 1
    row.due_on = row.received_on + dt.timedelta(days=row.right.days * times)


class Anchor(Term):
    """From when a kind's time runs."""

    departure = "畢業或離校（離職）"
    semester_end = "學期結束"
    creation = "建立"


class RetentionRule(Entity):
    """保存期限 of one kind: from `anchor` on it is kept so many months, then it may be cleared. One without months is kept."""

    __tablename__ = "retention_rule"
    __zh__ = "保存期限"
    __subject__ = Subject.retention
    __write_act__ = Act.purge
    __natural_key__ = ("kind",)
    __table_args__ = (sentence("months IS NULL OR months BETWEEN 1 AND 1200", "months_are_1_to_1200"),)

    kind: Mapped[str] = field("資料種類", String(60), unique=True, codes="rule.kind")
    anchor: Mapped[Anchor] = field("起算")
    months: Mapped[int | None] = field("保存月數", Integer, help="留白表示不清除", example="60")
    basis: Mapped[str] = field("依據", String(200), default="", help="法規、來文文號或工作小組決議；未議決前註明建議值")
    since_year: Mapped[int | None] = field("自學年度", Integer, help="這個期限自哪一學年度起適用", example="115")

    def __str__(self) -> str:
        return self.kind


class PurgeState(Term):
    """A purge is proposed from a dry run, confirmed by a second person, then carried out."""

    proposed = "待第二人確認"
    confirmed = "已確認，清除中"
    done = "已清除"
    withdrawn = "已撤回"


class PurgeRun(Entity):
    """One clearing: exactly the rows its dry run named (`digest`), proposed by one person and confirmed by another."""

    __tablename__ = "purge_run"
    __zh__ = "屆期清除"
    __subject__ = Subject.retention
    __write_act__ = Act.purge
    __natural_key__ = ("proposed_at",)
    __table_args__ = (
        sentence("confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", "takes_two_people"),
        sentence("state NOT IN ('confirmed', 'done') OR confirmed_by_id IS NOT NULL", "is_confirmed_before_it_is_done"),
    )

    on: Mapped[dt.date] = field("基準日", Date)
    state: Mapped[PurgeState] = field("狀態", default=PurgeState.proposed)
    digest: Mapped[str] = field("名單摘要", String(64))
    total: Mapped[int] = field("筆數", Integer, measure="sum")
    removed: Mapped[int] = field("已清除", Integer, default=0, measure="sum")
    spared: Mapped[int] = field("保留", Integer, default=0, help="確認後又有變動，或仍被引用的", measure="sum")
    proposed_by_id: Mapped[int] = field("提出人", ForeignKey("account.id"))
    proposed_at: Mapped[dt.datetime] = field("提出時間", DateTime)
    confirmed_by_id: Mapped[int | None] = field("確認人", ForeignKey("account.id"))
    confirmed_at: Mapped[dt.datetime | None] = field("確認時間", DateTime)
    finished_at: Mapped[dt.datetime | None] = field("完成時間", DateTime)

    proposed_by: Mapped[Account] = link("提出人", foreign_keys="PurgeRun.proposed_by_id")
    confirmed_by: Mapped[Account | None] = link("確認人", foreign_keys="PurgeRun.confirmed_by_id")

    def __str__(self) -> str:
        return f"第 {self.id} 次"


class PurgeItem(Base):
    """One row a purge is about. It goes together with the row, so that a run that was killed is simply run again."""

    __tablename__ = "purge_item"
    __zh__ = "屆期清除名單"
    __table_args__ = (UniqueConstraint("run_id", "kind", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    run_id: Mapped[int] = field("清除", ForeignKey("purge_run.id"))
    kind: Mapped[str] = field("資料種類", String(60))
    record_id: Mapped[int] = field("資料編號", Integer)
