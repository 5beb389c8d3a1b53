"""備份與還原: the restore points there are, the drills that opened one, and the incidents the school had to report."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Entity, Words, field, link, sentence
from models.people import Account
from models.values.roc import format_roc
from models.vocabulary import Act, Subject, Term

Bytes = BigInteger()
"""More than 2 GB of a school's files in one figure."""


class Backup(Base):
    """還原點: a backup that was written and read again. The folder it lies in is the truth; this row is how old it is.

    `taken_at` is the moment whose data it holds, `gone_at` when it was found missing or damaged: from then on it protects nothing.
    """

    __tablename__ = "backup"
    __zh__ = "還原點"
    __table_args__ = (sentence("verified_at >= taken_at", "is_verified_after_it_was_taken"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    name: Mapped[str] = field("代號", String(40), unique=True)
    place: Mapped[str] = field("備份位置", String(300))
    taken_at: Mapped[dt.datetime] = field("資料時間", DateTime, index=True)
    verified_at: Mapped[dt.datetime] = field("驗證時間", DateTime, index=True)
    database_bytes: Mapped[int] = field("資料庫大小", Bytes)
    files: Mapped[int] = field("檔案數", Integer)
    file_bytes: Mapped[int] = field("檔案大小", Bytes)
    digest: Mapped[str] = field("清單摘要", String(64))
    same_disk: Mapped[bool] = field("與資料同一顆磁碟", Boolean, default=False)
    gone_at: Mapped[dt.datetime | None] = field("不能再用的時間", DateTime)
    problem: Mapped[str] = field("原因", String(300), default="")


class RestoreDrill(Entity):
    """還原演練: the newest backup restored into an empty place, verified, counted by class, and signed by a person.

    It is the evidence of the rows of the duty table named in `duties`. `report` is JSON: what was counted, before and after.
    """

    __tablename__ = "restore_drill"
    __zh__ = "還原演練"
    __subject__ = Subject.platform
    __write_act__ = Act.manage
    __natural_key__ = ("begun_at",)
    __table_args__ = (
        sentence("(signed_at IS NULL) = (signed_by_id IS NULL)", "a_signature_has_its_person_and_time"),
        sentence("signed_at IS NULL OR finished_at IS NOT NULL", "is_signed_after_it_ended"),
    )

    begun_at: Mapped[dt.datetime] = field("開始時間", DateTime, index=True)
    finished_at: Mapped[dt.datetime | None] = field("結束時間", DateTime)
    backup: Mapped[str] = field("還原點", String(40), default="")
    taken_at: Mapped[dt.datetime | None] = field("備份的資料時間", DateTime)
    passed: Mapped[bool] = field("通過", Boolean, default=False)
    problem: Mapped[str] = field("未通過原因", Text, default="")
    report: Mapped[str] = field("核對結果", Text, default="{}")
    digest: Mapped[str] = field("核對結果摘要", String(64), default="")
    duties: Mapped[tuple[str, ...]] = field("佐證的職掌列", Words, default=())
    requested_by_id: Mapped[int | None] = field("申請人", ForeignKey("account.id"))
    signed_by_id: Mapped[int | None] = field("簽署人", ForeignKey("account.id"))
    signed_post: Mapped[str] = field("簽署職務", String(60), default="", codes="rule.post")
    signed_at: Mapped[dt.datetime | None] = field("簽署時間", DateTime)
    remark: Mapped[str] = field("簽署說明", String(300), default="")

    requested_by: Mapped[Account | None] = link("申請人", foreign_keys="RestoreDrill.requested_by_id")
    signed_by: Mapped[Account | None] = link("簽署人", foreign_keys="RestoreDrill.signed_by_id")

    def __str__(self) -> str:
        return f"還原演練 {format_roc(self.begun_at.date())} {self.begun_at:%H:%M}"


class IncidentKind(Term):
    """What kind of incident it is; it says whose data may be affected."""

    loss = "資料遺失或毀損"
    leak = "資料外洩或遭不當查閱"
    tampering = "資料遭竄改"
    outage = "系統無法使用"
    other = "其他"


class Incident(Entity):
    """資安事件: known at, reported within the hour, what happened, whom it touched (found from the database), what was done."""

    __tablename__ = "incident"
    __zh__ = "資安事件"
    __subject__ = Subject.platform
    __write_act__ = Act.manage
    __natural_key__ = ("known_at", "title")
    __table_args__ = (
        sentence("ended_at >= began_at", "ends_after_it_began"),
        sentence("reported_at IS NULL OR reported_at >= known_at", "is_reported_after_it_is_known"),
        sentence("reported_at IS NULL OR report_no <> ''", "a_report_has_its_number"),
        sentence("closed_at IS NULL OR (reported_at IS NOT NULL AND measures <> '')", "closes_with_a_report_and_measures"),
    )

    title: Mapped[str] = field("事件", String(80), example="機房斷電後檔案主機無法掛載")
    kind: Mapped[IncidentKind] = field("類別")
    known_at: Mapped[dt.datetime] = field("知悉時間", DateTime, index=True, help="自這一刻起一小時內須完成通報")
    began_at: Mapped[dt.datetime] = field("影響起", DateTime, help="不確定時從寬填寫；受影響的人由這段時間算出")
    ended_at: Mapped[dt.datetime] = field("影響迄", DateTime)
    what: Mapped[str] = field("事件經過", Text)
    reported_at: Mapped[dt.datetime | None] = field("通報時間", DateTime)
    report_no: Mapped[str] = field("通報單編號", String(60), default="", help="主管機關通報平臺給的編號")
    measures: Mapped[str] = field("處置與改善措施", Text, default="")
    told_at: Mapped[dt.datetime | None] = field("通知當事人時間", DateTime, help="個資法 §12：查明後以適當方式通知當事人")
    closed_at: Mapped[dt.datetime | None] = field("結案時間", DateTime)

    def __str__(self) -> str:
        return self.title
